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

}  // namespace
}  // namespace simdprof
