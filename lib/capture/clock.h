#pragma once

#include <cstdint>

namespace simdprof {

/// Time of clock `clockid` (CLOCK_MONOTONIC, ...), the clock of the recording's records.
std::uint64_t clock_now_ns(std::int32_t clockid);

}  // namespace simdprof
