#include "lib/capture/ptrace_records.h"

#include <chrono>
#include <thread>

#include "lib/capture/ptrace_requests.h"
#include "lib/capture/ptrace_stop.h"
#include "tests/lib/capture/ptrace_recording.h"
#include "tests/lib/capture/ptrace_tracee.h"

namespace simdprof {
namespace {

CapturePlan plan_with_rings(std::size_t pages) {
  CapturePlan plan = test::make_plan();
  plan.ring_pages = pages;
  return plan;
}

class PtraceRecordsTest : public testing::Test {
 protected:
  explicit PtraceRecordsTest(std::size_t ring_pages = 64) : plan_(plan_with_rings(ring_pages)) {}

  void SetUp() override {
    if (!test::can_trace()) GTEST_SKIP() << "no sigtrap events or no ptrace here";
    ASSERT_TRUE(events_.open_task_event(tracee_.pid()));
    const auto set = events_.open_samples(tracee_.pid(), true);
    ASSERT_TRUE(set);
    set_ = *set;
  }
  CapturePlan plan_;
  test::Tracee tracee_{test::spin};
  TracedEvents events_{plan_, true};
  TracedEvents::SharedSet set_;
  test::MemorySink sink_;
};

TEST_F(PtraceRecordsTest, AStopGivesAnImageThatEnclosesItsSample) {
  PtraceRecords records(plan_, sink_, events_);
  ASSERT_EQ(tracee_.wait().signal, SIGTRAP);
  EXPECT_GE(records.add_image(tracee_.pid(), false), 0);
  TracedEvents::disable(*set_);
  ASSERT_TRUE(records.finish(1));
  ASSERT_EQ(sink_.samples.size(), 1U);
  ASSERT_EQ(sink_.images.size(), 1U);
  EXPECT_EQ(sink_.images[0].tid, tracee_.pid());
  EXPECT_EQ(sink_.images[0].window_start_ns, sink_.samples[0].time_ns);
  EXPECT_GE(sink_.images[0].time_ns, sink_.samples[0].time_ns);
  EXPECT_TRUE(sink_.losses.empty());
  EXPECT_EQ(records.counts().register_images, 1U);
}

TEST_F(PtraceRecordsTest, ASampleWhoseThreadEndedIsCountedAsWithoutImage) {
  PtraceRecords records(plan_, sink_, events_);
  ASSERT_EQ(tracee_.wait().signal, SIGTRAP);
  TracedEvents::disable(*set_);
  records.forget(tracee_.pid());
  ASSERT_TRUE(records.finish(1));
  EXPECT_TRUE(sink_.images.empty());
  ASSERT_EQ(sink_.losses.size(), 1U);
  EXPECT_EQ(sink_.losses[0].first, 2U);  // image_missing
  EXPECT_EQ(sink_.losses[0].second, 1U);
  EXPECT_EQ(records.counts().lost, 1U);
}

TEST_F(PtraceRecordsTest, OpensOneStreamForImagesAndOneForEachRing) {
  PtraceRecords records(plan_, sink_, events_);
  std::size_t images = 0;
  std::size_t rings = 0;
  for (const StreamInfo& stream : sink_.streams) {
    images += stream.kind == StreamKind::images ? 1 : 0;
    rings += stream.kind == StreamKind::ring ? 1 : 0;
  }
  EXPECT_EQ(images, 1U);
  EXPECT_EQ(rings, events_.rings().size());
}

// Each stop, as the tracer handles it: registers, then on.
void pass_stops(PtraceRecords& records, const test::Tracee& tracee, int count) {
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(tracee.wait().signal, SIGTRAP);
    records.add_image(tracee.pid(), false);
    ptrace::resume(tracee.pid(), 0);
  }
  ASSERT_EQ(tracee.wait().signal, SIGTRAP);  // one more, which stays
  records.add_image(tracee.pid(), false);
}

// Two hits between a signal and its stop make one more stop, which has no image.
void expect_images(const test::MemorySink& sink, std::size_t stops) {
  EXPECT_GE(sink.images.size(), stops - stops / 10);
  EXPECT_LE(sink.images.size(), stops);
  EXPECT_GE(sink.samples.size(), sink.images.size());
  EXPECT_TRUE(sink.losses.empty());
  for (std::size_t i = 0; i < sink.images.size(); ++i) {
    EXPECT_LE(sink.images[i].window_start_ns, sink.images[i].time_ns);
    if (i == 0) continue;
    EXPECT_GT(sink.images[i].window_start_ns, sink.images[i - 1].time_ns) << i;
  }
}

TEST_F(PtraceRecordsTest, StopsThatAreWrittenLaterHaveTheirOwnSamples) {
  PtraceRecords records(plan_, sink_, events_);
  pass_stops(records, tracee_, 20);
  TracedEvents::disable(*set_);
  ASSERT_TRUE(records.finish(1));
  expect_images(sink_, 21);
}

TEST_F(PtraceRecordsTest, TheOtherThreadWritesThemToo) {
  PtraceRecords records(plan_, sink_, events_);
  records.work_beside();
  pass_stops(records, tracee_, 200);
  for (int i = 0; i < 100 && records.counts().register_images == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_GT(records.counts().register_images, 0U) << "before finish()";
  EXPECT_TRUE(records.written());
  TracedEvents::disable(*set_);
  ASSERT_TRUE(records.finish(1));
  expect_images(sink_, 201);
}

// A thread that blocks SIGTRAP may stop late or never: its samples are not kept one by one until then.
TEST_F(PtraceRecordsTest, TheOtherThreadKnowsWhoseStopHasNotCome) {
  PtraceRecords records(plan_, sink_, events_);
  ASSERT_EQ(tracee_.wait().signal, SIGTRAP);
  records.work_beside();
  for (int i = 0; i < 200 && !records.awaits(tracee_.pid()); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(records.awaits(tracee_.pid()));
  records.add_image(tracee_.pid(), false);
  TracedEvents::disable(*set_);
  ASSERT_TRUE(records.finish(1));
  EXPECT_FALSE(records.awaits(tracee_.pid()));
  expect_images(sink_, 1);
}

class PtraceRecordsSmallRings : public PtraceRecordsTest {
 protected:
  PtraceRecordsSmallRings() : PtraceRecordsTest(1) {}
};

TEST_F(PtraceRecordsSmallRings, AreDrainedAtAStopWhenTheyFill) {
  PtraceRecords records(plan_, sink_, events_);
  std::size_t bytes = 0;
  for (const auto& ring : events_.rings()) bytes += ring.ring.data_bytes();
  // A sample takes more than 32 bytes: with nobody beside, so many would not find room.
  const std::size_t stops = bytes / 32;
  pass_stops(records, tracee_, static_cast<int>(stops));
  TracedEvents::disable(*set_);
  ASSERT_TRUE(records.finish(1));
  EXPECT_EQ(records.counts().lost, 0U);
  expect_images(sink_, stops + 1);
}

}  // namespace
}  // namespace simdprof
