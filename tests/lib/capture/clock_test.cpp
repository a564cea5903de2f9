#include "lib/capture/clock.h"

#include <gtest/gtest.h>

#include <ctime>

namespace simdprof {
namespace {

TEST(Clock, LiesBetweenTwoReadingsOfTheSystem) {
  const auto read = [] {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1000000000U + static_cast<std::uint64_t>(now.tv_nsec);
  };
  const std::uint64_t before = read();
  const std::uint64_t now = clock_now_ns(CLOCK_MONOTONIC);
  const std::uint64_t after = read();
  EXPECT_LE(before, now);
  EXPECT_LE(now, after);
}

TEST(ClockReference, IsNow) {
  const std::uint64_t before = clock_now_ns(CLOCK_MONOTONIC);
  const abi::ClockReference reference = take_clock_reference(CLOCK_MONOTONIC);
  EXPECT_EQ(reference.clockid, static_cast<std::uint32_t>(CLOCK_MONOTONIC));
  EXPECT_LE(before, reference.clock_ns);
  EXPECT_LE(reference.clock_ns, clock_now_ns(CLOCK_MONOTONIC));
  const std::uint64_t wall = clock_now_ns(CLOCK_REALTIME);
  constexpr std::uint64_t kMinute = 60'000'000'000;
  EXPECT_LT(wall - reference.wall_ns + kMinute, 2 * kMinute);
}

}  // namespace
}  // namespace simdprof
