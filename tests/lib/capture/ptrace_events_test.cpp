#include "lib/capture/ptrace_events.h"

#include "tests/lib/capture/ptrace_recording.h"
#include "tests/lib/capture/ptrace_tracee.h"

namespace simdprof {
namespace {

class TracedEventsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::can_trace()) GTEST_SKIP() << "no sigtrap events or no ptrace here";
  }
};

TEST_F(TracedEventsTest, MakesOneRingACpuAndNamesEveryEvent) {
  const CapturePlan plan = test::make_plan();
  const test::Tracee tracee(test::spin);
  TracedEvents events(plan, true);
  ASSERT_TRUE(events.open_task_event(tracee.pid()));
  const std::size_t cpus = events.rings().size();
  EXPECT_GE(cpus, 1U);
  const auto set = events.open_samples(tracee.pid(), false);
  ASSERT_TRUE(set);
  EXPECT_EQ((*set)->fds.size(), cpus);
  const auto opened = events.take_opened();
  ASSERT_EQ(opened.size(), 2 * cpus);
  EXPECT_EQ(opened.front().event, 1U);  // the task event follows those of the plan
  EXPECT_EQ(opened.back().event, 0U);
  EXPECT_EQ(opened.back().tid, tracee.pid());
  EXPECT_TRUE(events.makes_stops(opened.back().id));
  EXPECT_TRUE(events.take_opened().empty());
}

TEST_F(TracedEventsTest, OnlyTheFirstEventMakesStops) {
  CapturePlan plan = test::make_plan();
  plan.events.push_back(plan.events[0]);
  plan.events[1].attr.config = abi::PERF_COUNT_SW_CPU_CLOCK;
  const test::Tracee tracee(test::spin);
  TracedEvents events(plan, true);
  ASSERT_TRUE(events.open_task_event(tracee.pid()));
  ASSERT_TRUE(events.open_samples(tracee.pid(), false));
  for (const auto& opened : events.take_opened()) {
    EXPECT_EQ(events.makes_stops(opened.id), opened.event == 0) << opened.event;
  }
}

TEST_F(TracedEventsTest, SamplesComeWhenEnabledAndEndWhenDisabled) {
  const CapturePlan plan = test::make_plan();
  const test::Tracee tracee(test::spin);
  TracedEvents events(plan, true);
  ASSERT_TRUE(events.open_task_event(tracee.pid()));
  const auto set = events.open_samples(tracee.pid(), false);
  ASSERT_TRUE(set);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  for (auto& ring : events.rings()) EXPECT_FALSE(ring.ring.pending());
  TracedEvents::enable(**set);
  EXPECT_EQ(tracee.wait().signal, SIGTRAP);
  TracedEvents::disable(**set);
  std::size_t samples = 0;
  for (auto& ring : events.rings()) {
    ASSERT_TRUE(ring.ring.drain([&](auto record) { samples += record_type(record) == abi::PERF_RECORD_SAMPLE; }));
  }
  EXPECT_GE(samples, 1U);
}

TEST_F(TracedEventsTest, AThreadThatIsGoneIsNotFound) {
  const CapturePlan plan = test::make_plan();
  TracedEvents events(plan, true);
  const Status opened = events.open_task_event(0x7ffffff0);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::not_found);
}

}  // namespace
}  // namespace simdprof
