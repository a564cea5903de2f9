#include "cmd/verbs.h"

#include <array>

#include "cmd/record.h"
#include "cmd/version.h"

namespace simdprof::cmd {

std::span<const Verb> verbs() {
  static constexpr std::array kVerbs = {
      Verb{"record", "record samples with registers of a command, processes or CPUs", record_verb},
      Verb{"version", "show the version; -v: and what is built in", version_verb},
  };
  return kVerbs;
}

}  // namespace simdprof::cmd
