#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace simdprof {

/// Parses "0-3,5" to ascending CPU numbers without repeats.
/// @return usage when the text is no list, or a number is above 65535
Result<std::vector<std::int32_t>> parse_cpu_list(std::string_view text);

/// CPUs that are online; {0} when the system does not tell.
std::vector<std::int32_t> load_online_cpus();

}  // namespace simdprof
