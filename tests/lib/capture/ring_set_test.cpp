#include "lib/capture/ring_set.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

#include "lib/capture/attr_build.h"
#include "lib/capture/cpu_list.h"
#include "lib/capture/record_time.h"

namespace simdprof {
namespace {

// Two software events of user mode, which an ordinary user may open at the usual paranoid level.
CapturePlan plan_of_two() {
  EventRequest clock;
  clock.attr.type = 1;
  clock.attr.config = 1;
  clock.attr.flags = (1U << 5) | (1U << 6);
  clock.name = "task-clock:u";
  EventRequest faults = clock;
  faults.attr.config = 2;
  std::vector<std::string> notes;
  CapturePlan plan;
  plan.events = build_event_plans({clock, faults}, SamplingOptions{}, KernelLimits{}, notes);
  plan.ring_pages = 8;
  return plan;
}

bool denied(const Result<RingSet>& rings) { return !rings && rings.error().code == Errc::permission; }

TEST(RingSet, EventsOfACpuShareOneRing) {
  const std::vector<Tid> tasks{::getpid()};
  const auto cpus = load_online_cpus();
  auto rings = RingSet::open(plan_of_two(), tasks, cpus, false);
  if (denied(rings)) GTEST_SKIP() << rings.error().fact;
  ASSERT_TRUE(rings) << rings.error().fact;
  EXPECT_EQ(rings->rings().size(), cpus.size());
  for (const auto& ring : rings->rings()) {
    ASSERT_EQ(ring.members.size(), 2U);
    EXPECT_EQ(ring.members[0].event, 0U);
    EXPECT_EQ(ring.members[1].event, 1U);
    EXPECT_NE(ring.members[0].id, ring.members[1].id);
    EXPECT_NE(ring.members[0].id, 0U);
  }
  EXPECT_FALSE(rings->all_tasks_ended());
}

TEST(RingSet, SamplesComeWhileTheEventsAreEnabled) {
  const std::vector<Tid> tasks{::getpid()};
  auto rings = RingSet::open(plan_of_two(), tasks, load_online_cpus(), false);
  if (denied(rings)) GTEST_SKIP() << rings.error().fact;
  ASSERT_TRUE(rings) << rings.error().fact;
  rings->enable();
  const auto start = ::clock();
  while (::clock() - start < CLOCKS_PER_SEC / 5) {
  }
  rings->disable();
  std::size_t samples = 0;
  std::uint64_t last_ns = 0;
  for (auto& ring : rings->rings()) {
    ASSERT_TRUE(ring.ring.drain([&](std::span<const std::byte> record) {
      if (record_type(record) != 9) return;
      ++samples;
      last_ns = record_time_ns(record);
    }));
    EXPECT_EQ(rings->load_lost(ring), 0U);
  }
  EXPECT_GE(samples, 10U);
  EXPECT_NE(last_ns, kNoTime);
}

TEST(RingSet, ATaskThatEndsIsSeen) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const std::vector<Tid> tasks{child};
  auto rings = RingSet::open(plan_of_two(), tasks, load_online_cpus(), false);
  const bool open = rings.has_value();
  const bool ended_before = open && rings->all_tasks_ended();
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  if (denied(rings)) GTEST_SKIP() << rings.error().fact;
  ASSERT_TRUE(open);
  EXPECT_FALSE(ended_before);
  EXPECT_TRUE(rings->all_tasks_ended());
}

TEST(RingSet, NobodyIsNotFound) {
  const std::vector<Tid> tasks{0x7ffffff0};
  const auto rings = RingSet::open(plan_of_two(), tasks, load_online_cpus(), false);
  if (denied(rings)) GTEST_SKIP() << rings.error().fact;
  ASSERT_FALSE(rings);
  EXPECT_EQ(rings.error().code, Errc::not_found);
}

TEST(RingSet, GroupsFollowTheirLeader) {
  CapturePlan plan = plan_of_two();
  plan.events[0].group = plan.events[1].group = 0;
  const std::vector<Tid> tasks{::getpid()};
  auto rings = RingSet::open(plan, tasks, load_online_cpus(), false);
  if (denied(rings)) GTEST_SKIP() << rings.error().fact;
  ASSERT_TRUE(rings) << rings.error().fact;
  EXPECT_FALSE(rings->rings()[0].members[0].group_follower);
  EXPECT_TRUE(rings->rings()[0].members[1].group_follower);
}

}  // namespace
}  // namespace simdprof
