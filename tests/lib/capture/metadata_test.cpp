#include "lib/capture/metadata.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/lib/capture/fake_sink.h"

namespace simdprof {
namespace {

using test::FakeSink;

std::string text_of(const std::vector<std::byte>& record) {
  std::string text;
  for (const std::byte byte : record) text.push_back(static_cast<char>(byte));
  return text;
}

TEST(Metadata, TheHeadDescribesEventsHostAndSources) {
  FakeSink sink;
  CapturePlan plan;
  plan.events.resize(2);
  plan.events[0].name = "task-clock:u";
  plan.events[1].name = "faults";
  const std::vector<SourceAttempt> attempts = {{SourceKind::kernel, 95, "no"}, {SourceKind::gpr, 0, "yes"}};
  ASSERT_TRUE(write_recording_head(sink, plan, attempts, {{"hostname", "here"}, {"clock", "CLOCK_MONOTONIC"}}));
  const auto events = sink.records(0x53440001);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_NE(text_of(events[0]).find("task-clock:u"), std::string::npos);
  EXPECT_EQ(events[1][8], std::byte{1});  // index of the event
  EXPECT_EQ(sink.records(0x53440003).size(), 2U);
  const auto sources = sink.records(0x53440008);
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources[0][8], std::byte{1});  // kernel
  EXPECT_EQ(sources[0][12], std::byte{95});
  ASSERT_EQ(sink.streams.size(), 1U);
  EXPECT_EQ(sink.streams[0].kind, StreamKind::metadata);
}

TEST(Metadata, TheTailHasBuildIdsAndTheEnd) {
  FakeSink sink;
  CaptureOutcome outcome;
  outcome.start_ns = 1000;
  outcome.end_ns = 3000;
  outcome.wait_status = 0x0700;
  ASSERT_TRUE(write_recording_tail(sink, outcome, {{"/bin/x", {std::byte{0xab}, std::byte{0xcd}}}}));
  EXPECT_EQ(sink.records(0x53440007).size(), 1U);
  const auto end = sink.records(0x53440009);
  ASSERT_EQ(end.size(), 1U);
  std::int32_t wait_status = 0;
  std::memcpy(&wait_status, end[0].data() + 24, 4);  // after header, start and end
  EXPECT_EQ(wait_status, 0x0700);
}

TEST(Metadata, WithoutAChildTheEndSaysSo) {
  FakeSink sink;
  ASSERT_TRUE(write_recording_tail(sink, CaptureOutcome{}, {}));
  std::int32_t wait_status = 0;
  std::memcpy(&wait_status, sink.records(0x53440009)[0].data() + 24, 4);
  EXPECT_EQ(wait_status, -1);
}

TEST(Metadata, TheCpuTimeOfACommandIsAFactOfItsEnd) {
  FakeSink sink;
  CaptureOutcome outcome;
  ASSERT_TRUE(write_recording_tail(sink, outcome, {}));
  EXPECT_TRUE(sink.records(0x53440003).empty());  // no command, no time
  outcome.wait_status = 0;
  ASSERT_TRUE(write_recording_tail(sink, outcome, {}));
  const auto facts = sink.records(0x53440003);
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(std::memcmp(facts[0].data() + 8, "target_cpu_ns", 14), 0);
}

TEST(Metadata, ASinkThatCannotWriteIsReported) {
  FakeSink sink;
  sink.broken = true;
  EXPECT_FALSE(write_recording_head(sink, CapturePlan{}, {}, {{"a", "b"}}));
  EXPECT_FALSE(write_recording_tail(sink, CaptureOutcome{}, {}));
}

TEST(Metadata, HostFactsHaveNoEmptyValues) {
  const auto facts = collect_host_facts();
  EXPECT_TRUE(facts.contains("release"));
  EXPECT_TRUE(facts.contains("arch"));
  for (const auto& [key, value] : facts) EXPECT_FALSE(value.empty()) << key;
}

TEST(Metadata, ClocksHaveTheirNames) {
  EXPECT_EQ(clock_name(0), "CLOCK_REALTIME");
  EXPECT_EQ(clock_name(1), "CLOCK_MONOTONIC");
  EXPECT_EQ(clock_name(4), "CLOCK_MONOTONIC_RAW");
  EXPECT_EQ(clock_name(99), "clock 99");
}

}  // namespace
}  // namespace simdprof
