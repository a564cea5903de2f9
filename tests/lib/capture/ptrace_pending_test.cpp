#include "lib/capture/ptrace_pending.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

constexpr bool kUser = true;
constexpr bool kKernel = false;

TEST(PendingSamples, AStopTakesTheSampleOfItsThreadOnce) {
  PendingSamples pending;
  EXPECT_EQ(pending.add(10, 11, 100, kUser), 0U);
  EXPECT_EQ(pending.add(10, 12, 105, kUser), 0U);
  EXPECT_TRUE(pending.awaits(11));
  const auto awaited = pending.take(11);
  ASSERT_TRUE(awaited);
  EXPECT_EQ(awaited->pid, 10);
  EXPECT_EQ(awaited->first_time_ns, 100U);
  EXPECT_EQ(awaited->samples, 1U);
  EXPECT_FALSE(pending.awaits(11));
  EXPECT_FALSE(pending.take(11));
  EXPECT_TRUE(pending.awaits(12));
}

TEST(PendingSamples, SamplesOfOneStayInTheKernelShareAnImage) {
  PendingSamples pending;
  pending.add(1, 1, 100, kUser);
  pending.add(1, 1, 110, kKernel);
  pending.add(1, 1, 120, kKernel);
  const auto awaited = pending.take(1);
  ASSERT_TRUE(awaited);
  EXPECT_EQ(awaited->first_time_ns, 100U);
  EXPECT_EQ(awaited->last_time_ns, 120U);
  EXPECT_EQ(awaited->samples, 3U);
}

TEST(PendingSamples, AUserSampleEndsTheWaitOfThoseBefore) {
  PendingSamples pending;
  EXPECT_EQ(pending.add(1, 1, 100, kUser), 0U);
  EXPECT_EQ(pending.add(1, 1, 110, kKernel), 0U);
  EXPECT_EQ(pending.add(1, 1, 200, kUser), 2U);
  const auto awaited = pending.take(1);
  ASSERT_TRUE(awaited);
  EXPECT_EQ(awaited->first_time_ns, 200U);
  EXPECT_EQ(awaited->samples, 1U);
}

TEST(PendingSamples, ASecondStopForSharedSamplesIsARepeatOnce) {
  PendingSamples pending;
  pending.add(1, 1, 100, kUser);
  pending.add(1, 1, 110, kKernel);
  EXPECT_FALSE(pending.take_repeat(1));
  ASSERT_TRUE(pending.take(1));
  EXPECT_TRUE(pending.take_repeat(1));
  EXPECT_FALSE(pending.take_repeat(1));
}

TEST(PendingSamples, AStopAfterASingleSampleIsNoRepeat) {
  PendingSamples pending;
  pending.add(1, 1, 100, kUser);
  ASSERT_TRUE(pending.take(1));
  EXPECT_FALSE(pending.take_repeat(1));
}

TEST(PendingSamples, WhatIsLeftAtTheEndIsCounted) {
  PendingSamples pending;
  pending.add(1, 1, 100, kUser);
  pending.add(1, 2, 100, kUser);
  pending.add(1, 2, 110, kKernel);
  EXPECT_EQ(pending.drop_all(), 3U);
  EXPECT_EQ(pending.drop_all(), 0U);
}

}  // namespace
}  // namespace simdprof
