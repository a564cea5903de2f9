#pragma once

#include "lib/model/aux_trace.h"

namespace simdprof {

/// Ticks of a trace's clock in the recording's; AuxPlace::kNoAuxTime where the conversion was not recorded.
/// Source: uapi linux/perf_event.h, comment on cap_user_time_zero.
inline std::uint64_t aux_time_ns(const AuxClock& clock, std::uint64_t ticks) {
  if (clock.mult == 0 || clock.shift > 63) return AuxPlace::kNoAuxTime;
  const std::uint64_t whole = ticks >> clock.shift;
  const std::uint64_t part = ticks & ((std::uint64_t{1} << clock.shift) - 1);
  return clock.zero + whole * clock.mult + ((part * clock.mult) >> clock.shift);
}

}  // namespace simdprof
