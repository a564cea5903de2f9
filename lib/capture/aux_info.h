#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lib/capture/control_page.h"
#include "lib/capture/plan.h"
#include "lib/capture/pmu.h"
#include "lib/model/aux_trace.h"

namespace simdprof {

/// What a recorder knows about an event with an AUX area.
struct AuxEventFacts {
  const EventPlan& event;
  abi::TimeConversion time;
  bool snapshot = false;
  bool per_cpu = true;             ///< the areas belong to CPUs, not threads
  std::vector<std::int32_t> cpus;  ///< CPUs that are recorded, ascending
};

/// The words that a decoder needs, in perf's layout for the kind of trace. A trace of an unknown kind has the PMU's
/// number, 1 for a snapshot, 1 for areas of CPUs.
/// Source: perf's util/intel-pt.h, intel-bts.h, arm-spe.h (version 2), cs-etm.h (version 1), hisi-ptt.h.
AuxTraceInfo make_aux_info(const EventSystem& system, const AuxEventFacts& facts);

/// Facts for people and decoders beside the words: "aux_pmu", the PMU's caps as "aux_caps", its terms as "aux_format",
/// "cpuid", "cpuid_tsc" (leaves 0x15 and 0x16), abi::kTimeConversionFact. Those that are known.
std::map<std::string, std::string> collect_aux_facts(const EventSystem& system, const AuxEventFacts& facts);

/// "GenuineIntel,6,94,3": vendor, family, model, stepping, as perf has them; empty on other machines than x86.
std::string load_cpuid_name();

}  // namespace simdprof
