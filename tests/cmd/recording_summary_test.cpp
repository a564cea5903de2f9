#include "cmd/recording_summary.h"

#include <gtest/gtest.h>

#include "tests/cmd/session_input.h"

namespace simdprof::cmd {
namespace {

using test::framed;
using test::HandRecording;
using test::ip_tid_time;
using test::words;

TEST(RecordingSummary, AddsUpStreamsAndRecords) {
  const HandRecording file{{{StreamKind::metadata, 0, {test::event_desc(0, test::kIpTidTime, 0, "cycles")}},
                            {StreamKind::ring, 1, {ip_tid_time(1, 1, 20), ip_tid_time(1, 1, 30)}, 20, 30},
                            {StreamKind::synthesized, 2, {framed(7, words({1, 1, 5}))}, 5, 5},
                            {StreamKind::ring, 1, {ip_tid_time(1, 1, 40), framed(2, words({0, 9}))}, 40, 40}}};
  auto session = Session::open(file.path());
  ASSERT_TRUE(session);
  const RecordingSummary summary = summarize(*session);
  EXPECT_EQ(summary.samples, 3U);
  EXPECT_EQ(summary.samples_of_event, std::vector<std::uint64_t>{3});
  const std::map<std::string, std::uint64_t> records = {{"EVENT_DESC", 1}, {"FORK", 1}, {"LOST", 1}, {"SAMPLE", 3}};
  EXPECT_EQ(summary.records, records);
  ASSERT_EQ(summary.streams.size(), 3U);
  EXPECT_EQ(summary.streams.at(1).chunks, 2U);
  EXPECT_EQ(summary.streams.at(1).records, 4U);
  EXPECT_EQ(summary.streams.at(1).record_bytes, 3U * 32 + 24);
  EXPECT_EQ(summary.first_time_ns, 20U) << "of the rings: what the recorder made up happened earlier";
  EXPECT_EQ(summary.last_time_ns, 40U);
  // The event description has 88 bytes, the fork 32; each of the four chunks opens with 56.
  EXPECT_EQ(summary.uncompressed_bytes, 4U * 56 + 88 + 32 + 3 * 32 + 24);
  EXPECT_EQ(session->ledger().lost(LossCause::ring_full), 9U);
}

TEST(RecordingSummary, WithoutTimesThereIsNoRange) {
  const HandRecording file{{{StreamKind::metadata, 0, {test::host_fact("arch", "x86_64")}}}};
  auto session = Session::open(file.path());
  ASSERT_TRUE(session);
  const RecordingSummary summary = summarize(*session);
  EXPECT_EQ(summary.first_time_ns, kNoTime);
  EXPECT_EQ(summary.last_time_ns, kNoTime);
  EXPECT_EQ(summary.samples, 0U);
}

}  // namespace
}  // namespace simdprof::cmd
