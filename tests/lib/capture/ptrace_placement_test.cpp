#include "lib/capture/ptrace_placement.h"

#include <gtest/gtest.h>

#include <thread>

namespace simdprof {
namespace {

int count_allowed() {
  cpu_set_t set;
  ::sched_getaffinity(0, sizeof(set), &set);
  return CPU_COUNT(&set);
}

class Placement : public testing::Test {
 protected:
  void SetUp() override {
    if (count_allowed() < 2) GTEST_SKIP() << "one CPU";
  }
};

TEST_F(Placement, FollowsTheOneCpuOfManyStopsAndGoesBackAtTheEnd) {
  const int before = count_allowed();
  const int cpu = ::sched_getcpu();
  {
    TracerPlacement placement;
    for (int i = 0; i < 100; ++i) placement.stopped_on(cpu);
    EXPECT_EQ(count_allowed(), 1);
    EXPECT_EQ(::sched_getcpu(), cpu);
  }
  EXPECT_EQ(count_allowed(), before);
}

TEST_F(Placement, StaysFreeWhenStopsComeFromSeveralCpus) {
  const int before = count_allowed();
  TracerPlacement placement;
  for (int i = 0; i < 400; ++i) placement.stopped_on(i % 2);
  EXPECT_EQ(count_allowed(), before);
}

TEST_F(Placement, IsFreeAgainWhenTheTargetSpreads) {
  const int before = count_allowed();
  TracerPlacement placement;
  for (int i = 0; i < 100; ++i) placement.stopped_on(0);
  for (int i = 0; i < 400; ++i) placement.stopped_on(i % 2);
  EXPECT_EQ(count_allowed(), before);
}

TEST_F(Placement, AnUnknownOrForbiddenCpuChangesNothing) {
  const int before = count_allowed();
  TracerPlacement placement;
  for (int i = 0; i < 100; ++i) placement.stopped_on(-1);
  for (int i = 0; i < 100; ++i) placement.stopped_on(1023);
  for (int i = 0; i < 100; ++i) placement.stopped_on(70000);
  EXPECT_EQ(count_allowed(), before);
}

}  // namespace
}  // namespace simdprof
