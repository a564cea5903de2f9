#include "lib/capture/snapshot_point.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/capture/attr_build.h"
#include "lib/capture/cpu_list.h"
#include "lib/capture/record_time.h"
#include "tests/lib/capture/fake_sink.h"

namespace simdprof {
namespace {

[[gnu::noinline]] void called() { asm volatile("" ::: "memory"); }

// A clock in user mode, and a breakpoint on execution whose address comes later.
CapturePlan plan_with_point() {
  EventRequest clock;
  clock.attr.type = 1;
  clock.attr.config = 1;
  clock.attr.flags = (1U << 5) | (1U << 6);
  clock.name = "task-clock:u";
  EventRequest point = clock;
  point.attr.type = 5;
  point.attr.config = 0;
  point.attr.bp_type = 4;
  point.attr.config2_or_bp_len = sizeof(long);
  point.attr.sample_period_or_freq = 1;
  point.has_period = true;
  point.name = "called";
  point.role = EventRole::snapshot_point;
  std::vector<std::string> notes;
  CapturePlan plan;
  plan.events = build_event_plans({clock, point}, SamplingOptions{}, KernelLimits{}, notes);
  plan.ring_pages = 8;
  return plan;
}

TEST(SnapshotPoint, EveryCallIsAHit) {
  const CapturePlan plan = plan_with_point();
  const std::vector<Tid> tasks{static_cast<Tid>(::syscall(SYS_gettid))};
  auto rings = RingSet::open(plan, tasks, load_online_cpus(), false);
  if (!rings) GTEST_SKIP() << rings.error().fact;
  for (const auto& ring : rings->rings()) EXPECT_EQ(ring.members.size(), 1U) << "the point is not opened yet";
  test::FakeSink sink;
  const auto address = static_cast<VirtAddr>(reinterpret_cast<std::uintptr_t>(&called));
  auto point = SnapshotPoint::open(plan, 1, address, rings->rings(), sink);
  if (!point) GTEST_SKIP() << point.error().fact;
  rings->enable();
  for (int i = 0; i < 3; ++i) called();
  rings->disable();
  std::size_t hits = 0;
  for (auto& ring : rings->rings()) {
    ASSERT_TRUE(ring.ring.drain([&](std::span<const std::byte> record) {
      if (point->is_hit(record)) ++hits;
    }));
  }
  EXPECT_EQ(hits, 3U);
  EXPECT_EQ(sink.records(0x53440002).size(), rings->rings().size());  // an id a CPU
  EXPECT_EQ(sink.records(0x53440003).size(), 1U);                     // where it is
}

TEST(SnapshotPoint, OtherRecordsAreNoHits) {
  const CapturePlan plan = plan_with_point();
  test::FakeSink sink;
  const auto point = SnapshotPoint::open(plan, 1, 0x1000, {}, sink);
  ASSERT_TRUE(point);
  EXPECT_FALSE(point->is_hit(test::Fields().u64(42).u64(1).record(9, 2)));
  EXPECT_FALSE(point->is_hit(test::Fields().u64(42).record(11, 0)));
  EXPECT_FALSE(point->is_hit({}));
}

}  // namespace
}  // namespace simdprof
