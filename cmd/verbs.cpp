#include "cmd/verbs.h"

#include <array>

#include "cmd/doctor.h"
#include "cmd/record.h"
#ifndef SIMDPROF_RECORDER_ONLY
#include "cmd/dump.h"
#include "cmd/dump_aux.h"
#include "cmd/dump_regs.h"
#include "cmd/export.h"
#include "cmd/import.h"
#include "cmd/info.h"
#include "cmd/repair.h"
#include "cmd/report.h"
#include "cmd/script.h"
#include "cmd/version.h"
#endif

namespace simdprof::cmd {

std::span<const Verb> verbs() {
  static constexpr std::array kVerbs = {
      Verb{"record", "record samples with registers of a command, processes or CPUs", record_verb},
#ifndef SIMDPROF_RECORDER_ONLY
      Verb{"report", "show where the time is, and the SIMD state there", report_verb},
      Verb{"script", "show the samples, one after another", script_verb},
      Verb{"dump-regs", "show the registers, sample by sample", dump_regs_verb},
      Verb{"dump-aux", "show what AUX traces say, and what is missing of them", dump_aux_verb},
      Verb{"export", "write a recording as a perf.data", export_verb},
      Verb{"import", "write a perf.data as a recording of simdprof", import_verb},
      Verb{"info", "show what a recording is and holds", info_verb},
      Verb{"dump", "show what one stage of decoding gives, record by record", dump_verb},
#endif
      Verb{"doctor", "show which register sources work here, and what to change for the others", doctor_verb},
#ifndef SIMDPROF_RECORDER_ONLY
      Verb{"repair", "write a finished recording of what is whole in a damaged one", repair_verb},
      Verb{"version", "show the version; -v: and what is built in", version_verb},
#endif
  };
  return kVerbs;
}

}  // namespace simdprof::cmd
