#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "lib/abi/perf_event.h"
#include "lib/capture/pmu.h"
#include "lib/model/aux_trace.h"

namespace simdprof {

/// perf's largest: a record is at most 64 KiB long.
inline constexpr std::size_t kMaxAuxSampleBytes = 60 << 10U;

/// What writes the AUX area of a PMU, by the PMU's name; unknown for one that this program has no decoder for.
AuxTraceType find_aux_type(std::string_view pmu);

/// What a machine without the PMU lacks, for the names of find_aux_type(); else empty.
std::string_view aux_pmu_missing(std::string_view pmu);

/// Terms that an event of the PMU has before its own, as the perf tool has them: time stamps that a decoder needs. Only
/// what this machine's PMU offers.
std::vector<PmuTerm> default_aux_terms(const EventSystem& system, std::string_view pmu);

/// Period of an AUX event that is given none: Arm SPE takes an operation every so many, all others need just not 0.
std::uint64_t default_aux_period(const EventSystem& system, std::string_view pmu);

/// CPUs of the PMU; empty: all.
std::vector<std::int32_t> load_pmu_cpus(const EventSystem& system, std::string_view pmu);

/// PMUs of this machine that are known to have an AUX area, sorted.
std::vector<std::string> list_aux_pmus(const EventSystem& system);

/// Tries to map an AUX area, as small as can be.
/// @return whether the PMU has one. The kernel says EOPNOTSUPP for a PMU without; any other refusal is about this area
bool probe_aux_area(const abi::EventAttr& attr, Pid pid, std::int32_t cpu);

}  // namespace simdprof
