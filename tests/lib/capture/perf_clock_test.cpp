#include "lib/capture/perf_clock.h"

#include <gtest/gtest.h>

#include <ctime>

namespace simdprof {
namespace {

TEST(PerfClock, TicksAreConvertedWithoutLosingBits) {
  EXPECT_EQ(convert_ticks({10, 1024, 5, true}, 1000), 1005U);
  // 3 GHz: a third of a ns a tick, in units of 2^-31
  const TimeConversion time{31, 715827883, 0, true};
  EXPECT_EQ(convert_ticks(time, 3000000000), 1000000000U);
  EXPECT_NEAR(static_cast<double>(convert_ticks(time, std::uint64_t{3} << 60U)), 1.152921504606847e18, 1e9);
  EXPECT_EQ(convert_ticks({31, 715827883, 0 - std::uint64_t{1000000000}, true}, 6000000000), 1000000000U);
}

TEST(PerfClock, RunsAtTheSpeedOfTime) {
  const auto clock = PerfClock::open();
  if (!clock) GTEST_SKIP() << clock.error().fact;
  const std::uint64_t start = clock->now_ns();
  const timespec pause{0, 50000000};
  ::nanosleep(&pause, nullptr);
  const std::uint64_t took = clock->now_ns() - start;
  EXPECT_GE(took, 49000000U);
  EXPECT_LT(took, 5000000000U);
}

}  // namespace
}  // namespace simdprof
