#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/capture/plan.h"
#include "lib/capture/pmu.h"

namespace simdprof {

/// Number of tracepoint `subsystem:name`, from the first tracefs that is mounted.
///
/// @return permission or not_found, with what to do: mount tracefs, read it as root, or that there is no such
/// tracepoint
Result<std::uint64_t> load_tracepoint_id(const EventSystem& system, std::string_view subsystem, std::string_view name);

/// Names, as "sched:sched_switch", of all tracepoints that two patterns fit, sorted. `*` stands for any text, `?` for
/// any character.
///
/// @return usage for what is no pattern; else as load_tracepoint_id() where none fits
Result<std::vector<std::string>> find_tracepoints(const EventSystem& system, std::string_view subsystem,
                                                  std::string_view name);

/// TRACEPOINT_INFO records: the formats of all tracepoints among `events`, which say what the raw bytes of their
/// samples mean, and the texts that these may name by their kernel addresses. What cannot be read is left out: the
/// samples are good without it.
std::vector<std::vector<std::byte>> load_tracepoint_infos(const EventSystem& system,
                                                          const std::vector<EventPlan>& events);

}  // namespace simdprof
