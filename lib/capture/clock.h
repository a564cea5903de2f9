#pragma once

#include <cstdint>

#include "lib/abi/clock_reference.h"

namespace simdprof {

/// Time of clock `clockid` (CLOCK_MONOTONIC, ...), the clock of the recording's records.
std::uint64_t clock_now_ns(std::int32_t clockid);

/// That clock and the calendar's, now.
abi::ClockReference take_clock_reference(std::int32_t clockid);

}  // namespace simdprof
