#include "lib/capture/ptrace_records.h"

#include "lib/capture/ptrace_stop.h"
#include "tests/lib/capture/ptrace_recording.h"
#include "tests/lib/capture/ptrace_tracee.h"

namespace simdprof {
namespace {

class PtraceRecordsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::can_trace()) GTEST_SKIP() << "no sigtrap events or no ptrace here";
    ASSERT_TRUE(events_.open_task_event(tracee_.pid()));
    const auto set = events_.open_samples(tracee_.pid(), true);
    ASSERT_TRUE(set);
    set_ = *set;
  }
  CapturePlan plan_ = test::make_plan();
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

}  // namespace
}  // namespace simdprof
