#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "lib/capture/attr_build.h"
#include "lib/capture/plan.h"
#include "lib/capture/record_time.h"
#include "tests/lib/capture/fake_sink.h"

namespace simdprof {
namespace {

using std::chrono::milliseconds;
using test::FakeSink;

CapturePlan user_clock() {
  EventRequest clock;
  clock.attr.type = 1;
  clock.attr.config = 1;
  clock.attr.flags = (1U << 5) | (1U << 6);
  clock.name = "task-clock:u";
  std::vector<std::string> notes;
  SamplingOptions options;
  CapturePlan plan;
  plan.events = build_event_plans({clock}, options, KernelLimits{}, notes);
  return plan;
}

constexpr const char* kSpin = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; exit 3";

std::string texts(const std::vector<std::vector<std::byte>>& records) {
  std::string text;
  for (const auto& record : records) {
    for (const std::byte byte : record) text.push_back(static_cast<char>(byte));
  }
  return text;
}

#define SKIP_IF_DENIED(outcome) \
  if (!(outcome) && (outcome).error().code == Errc::permission) GTEST_SKIP() << (outcome).error().fact

TEST(RingCapture, RecordsACommandToItsEnd) {
  FakeSink sink;
  CapturePlan plan = user_clock();
  plan.target.command = {"sh", "-c", kSpin};
  const StopFlag stop{false};
  const auto outcome = run_ring_capture(plan, sink, stop);
  SKIP_IF_DENIED(outcome);
  ASSERT_TRUE(outcome) << outcome.error().fact;
  ASSERT_TRUE(outcome->wait_status);
  EXPECT_EQ(WEXITSTATUS(*outcome->wait_status), 3);
  const auto samples = sink.records(9);
  EXPECT_GT(samples.size(), 5U);
  EXPECT_EQ(outcome->samples, samples.size());
  EXPECT_EQ(outcome->lost, 0U);
  for (const auto& sample : samples) {
    EXPECT_GE(record_time_ns(sample), outcome->start_ns);
    EXPECT_LE(record_time_ns(sample), outcome->end_ns);
  }
  EXPECT_NE(texts(sink.records(3)).find("sh"), std::string::npos);
  EXPECT_NE(texts(sink.records(10)).find("libc"), std::string::npos);
  EXPECT_FALSE(sink.records(0x53440002).empty());  // ids
}

TEST(RingCapture, FollowsChildrenOfTheCommand) {
  FakeSink sink;
  CapturePlan plan = user_clock();
  plan.target.command = {"sh", "-c", std::string("(") + kSpin + "); true"};
  const StopFlag stop{false};
  const auto outcome = run_ring_capture(plan, sink, stop);
  SKIP_IF_DENIED(outcome);
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(sink.records(7).empty());  // FORK
  EXPECT_GT(outcome->samples, 5U);
}

TEST(RingCapture, ACommandThatIsNotThereIsNotFound) {
  FakeSink sink;
  CapturePlan plan = user_clock();
  plan.target.command = {"/nowhere/nothing"};
  const StopFlag stop{false};
  const auto outcome = run_ring_capture(plan, sink, stop);
  ASSERT_FALSE(outcome);
  SKIP_IF_DENIED(outcome);
  EXPECT_EQ(outcome.error().code, Errc::not_found);
}

TEST(RingCapture, ARunningProcessIsDescribedAndItsEndEndsTheRecording) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::execlp("sh", "sh", "-c", "sleep 0.3; i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done", nullptr);
    ::_exit(127);
  }
  FakeSink sink;
  CapturePlan plan = user_clock();
  plan.target.pids = {child};
  plan.duration = milliseconds(20000);
  ::usleep(100000);  // past its exec
  const StopFlag stop{false};
  const auto outcome = run_ring_capture(plan, sink, stop);
  int status = 0;
  ::waitpid(child, &status, 0);
  SKIP_IF_DENIED(outcome);
  ASSERT_TRUE(outcome) << outcome.error().fact;
  EXPECT_FALSE(outcome->wait_status);
  EXPECT_LT(outcome->end_ns - outcome->start_ns, 15000000000U);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_NE(texts(sink.records(10)).find("libc"), std::string::npos);
  bool synthesized = false;
  for (const StreamInfo& stream : sink.streams) synthesized = synthesized || stream.kind == StreamKind::synthesized;
  EXPECT_TRUE(synthesized);
}

TEST(RingCapture, TheDurationEndsIt) {
  FakeSink sink;
  CapturePlan plan = user_clock();
  plan.target.tids = {static_cast<Tid>(::getpid())};
  plan.duration = milliseconds(150);
  const StopFlag stop{false};
  const auto outcome = run_ring_capture(plan, sink, stop);
  SKIP_IF_DENIED(outcome);
  ASSERT_TRUE(outcome);
  const std::uint64_t took_ns = outcome->end_ns - outcome->start_ns;
  EXPECT_GE(took_ns, 149000000U);
  EXPECT_LT(took_ns, 2000000000U);
}

TEST(RingCapture, TheStopFlagEndsIt) {
  FakeSink sink;
  CapturePlan plan = user_clock();
  plan.target.tids = {static_cast<Tid>(::getpid())};
  const StopFlag stop{true};
  const auto outcome = run_ring_capture(plan, sink, stop);
  SKIP_IF_DENIED(outcome);
  EXPECT_TRUE(outcome);
}

TEST(RingCapture, ASmallRingThatFillsIsCounted) {
  FakeSink sink;
  CapturePlan plan = user_clock();
  plan.ring_pages = 1;
  for (EventPlan& event : plan.events) event.attr.sample_period_or_freq = 20000;
  plan.target.command = {"sh", "-c", kSpin};
  const StopFlag stop{false};
  const auto outcome = run_ring_capture(plan, sink, stop);
  SKIP_IF_DENIED(outcome);
  ASSERT_TRUE(outcome) << outcome.error().fact;
  std::uint64_t counted = 0;
  for (const auto& record : sink.records(2)) counted += lost_count(record);
  for (const auto& record : sink.records(13)) counted += lost_count(record);
  for (const auto& record : sink.records(0x53440006)) {  // cause, cpu, tid, padding, count
    std::uint64_t count = 0;
    std::memcpy(&count, record.data() + 24, 8);
    counted += count;
  }
  EXPECT_EQ(outcome->lost, counted);
}

TEST(RingCapture, ASinkThatCannotWriteEndsIt) {
  FakeSink sink;
  sink.broken = true;
  CapturePlan plan = user_clock();
  plan.target.tids = {static_cast<Tid>(::getpid())};
  const StopFlag stop{false};
  const auto outcome = run_ring_capture(plan, sink, stop);
  SKIP_IF_DENIED(outcome);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().fact, "disk full");
}

TEST(RingCapture, ADelayedStartStillKnowsTheCommandsMappings) {
  FakeSink sink;
  CapturePlan plan = user_clock();
  plan.start_delay = milliseconds(100);
  plan.target.command = {"sh", "-c", "sleep 0.3; i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done"};
  const StopFlag stop{false};
  const auto outcome = run_ring_capture(plan, sink, stop);
  SKIP_IF_DENIED(outcome);
  ASSERT_TRUE(outcome);
  EXPECT_NE(texts(sink.records(10)).find("libc"), std::string::npos);
}

}  // namespace
}  // namespace simdprof
