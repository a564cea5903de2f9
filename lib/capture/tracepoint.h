#pragma once

#include <cstdint>
#include <string_view>

#include "lib/base/result.h"
#include "lib/capture/pmu.h"

namespace simdprof {

/// Number of tracepoint `subsystem:name`, from the first tracefs that is mounted.
///
/// @return permission or not_found, with what to do: mount tracefs, read it as root, or that there is no such
/// tracepoint
Result<std::uint64_t> load_tracepoint_id(const EventSystem& system, std::string_view subsystem, std::string_view name);

}  // namespace simdprof
