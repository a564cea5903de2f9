#include "lib/capture/clock.h"

#include <ctime>

namespace simdprof {

std::uint64_t clock_now_ns(std::int32_t clockid) {
  timespec now{};
  ::clock_gettime(clockid, &now);
  constexpr std::uint64_t kNsPerSecond = 1000000000;
  return static_cast<std::uint64_t>(now.tv_sec) * kNsPerSecond + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace simdprof
