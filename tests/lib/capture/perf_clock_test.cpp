#include "lib/capture/perf_clock.h"

#include <gtest/gtest.h>

#include <ctime>

namespace simdprof {
namespace {

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
