#include "lib/capture/clock.h"

#include <ctime>

namespace simdprof {

std::uint64_t clock_now_ns(std::int32_t clockid) {
  timespec now{};
  ::clock_gettime(clockid, &now);
  constexpr std::uint64_t kNsPerSecond = 1000000000;
  return static_cast<std::uint64_t>(now.tv_sec) * kNsPerSecond + static_cast<std::uint64_t>(now.tv_nsec);
}

// The one in the middle of two readings of the other: what lies between two calls is not in the difference.
abi::ClockReference take_clock_reference(std::int32_t clockid) {
  const std::uint64_t before_ns = clock_now_ns(clockid);
  const std::uint64_t wall_ns = clock_now_ns(CLOCK_REALTIME);
  const std::uint64_t after_ns = clock_now_ns(clockid);
  return {static_cast<std::uint32_t>(clockid), before_ns + (after_ns - before_ns) / 2, wall_ns};
}

}  // namespace simdprof
