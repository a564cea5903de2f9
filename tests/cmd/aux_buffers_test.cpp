#include "cmd/aux_buffers.h"

#include <gtest/gtest.h>

#include "cmd/aux_recording.h"
#include "tests/cmd/aux_input.h"

namespace simdprof::cmd {
namespace {

using test::aux_info;
using test::aux_metadata;
using test::aux_piece;
using test::aux_record;
using test::counting;
using test::HandRecording;
using test::HandRun;

TEST(AuxBuffers, RecordsAreJoinedWithTheAreaOfTheirCpu) {
  const HandRecording file({aux_metadata(),
                            {StreamKind::ring, 1, {aux_record(0, 2, 0, 20, 0), aux_record(0, 3, 1, 30, 1)}, 20, 30},
                            {StreamKind::aux, 2, {aux_piece(0, counting(3), 1), aux_piece(0, counting(2), 0)}}});
  auto session = Session::open(file.path());
  ASSERT_TRUE(session);
  const AuxRecording recording(*session, {});
  ASSERT_EQ(recording.buffers().size(), 2U);
  EXPECT_EQ(recording.buffers()[0].cpu, 0);
  EXPECT_EQ(recording.buffers()[0].recorded_bytes(), 2U);
  EXPECT_EQ(recording.buffers()[1].cpu, 1);
  ASSERT_EQ(recording.buffers()[1].announced.size(), 1U);
  EXPECT_EQ(recording.buffers()[1].announced[0].time_ns, 30U);
  EXPECT_EQ(recording.buffers()[1].announced[0].flags, 1U);
}

TEST(AuxBuffers, RecordsOfThreadsAreJoinedByThread) {
  constexpr std::uint32_t kNone = 0xffffffff;
  const HandRecording file(
      {aux_metadata(),
       {StreamKind::ring, 1, {aux_record(0, 2, 0, 20, 3, 41), aux_record(0, 3, 0, 30, 3, 42)}, 20, 30},
       {StreamKind::aux, 2, {aux_piece(0, counting(2), kNone, 41)}},
       {StreamKind::aux, 3, {aux_piece(0, counting(3), kNone, 42)}}});
  auto session = Session::open(file.path());
  const AuxRecording recording(*session, {});
  ASSERT_EQ(recording.buffers().size(), 2U);
  EXPECT_EQ(recording.buffers()[1].tid, 42);
  ASSERT_EQ(recording.buffers()[1].announced.size(), 1U);
  EXPECT_EQ(recording.buffers()[1].announced[0].bytes, 3U);
}

TEST(AuxBuffers, AnAreaWhoseBytesAreMissingIsKnownByItsRecords) {
  const HandRecording file(
      {aux_metadata(), {StreamKind::ring, 1, {aux_record(0, 2, 0, 20, 5), aux_record(2, 2, 0, 30, 5)}, 20, 30}});
  auto session = Session::open(file.path());
  const AuxRecording recording(*session, {});
  ASSERT_EQ(recording.buffers().size(), 1U);
  EXPECT_EQ(recording.buffers()[0].index, AuxBuffer::kNoIndex);
  EXPECT_EQ(recording.buffers()[0].cpu, 5);
  EXPECT_EQ(recording.buffers()[0].announced.size(), 2U);
  EXPECT_FALSE(recording.has_bytes());
  EXPECT_EQ(recording.info().error().code, Errc::not_found);
}

TEST(AuxBuffers, TheDecoderIsToldWhatTheRecordingKnows) {
  HandRun metadata = aux_metadata(1);
  metadata.records[2] = aux_info(1, {8, 0, 1});
  metadata.records.push_back(test::host_fact("cpuid", "GenuineIntel,6,94,3"));
  metadata.records.push_back(test::host_fact("time_conversion", "shift 10, mult 341, zero 7"));
  const HandRecording file({metadata,
                            {StreamKind::ring, 1, {aux_record(0, 2, 0, 20, 0)}, 20, 20},
                            {StreamKind::aux, 2, {aux_piece(0, counting(2), 0)}}});
  auto session = Session::open(file.path());
  const AuxRecording recording(*session, {});
  const auto info = recording.info();
  ASSERT_TRUE(info);
  EXPECT_EQ(info->type, AuxTraceType::intel_pt);
  EXPECT_EQ(info->words, (std::vector<std::uint64_t>{8, 0, 1}));
  EXPECT_EQ(info->cpuid, "GenuineIntel,6,94,3");
  EXPECT_EQ(info->clock.shift, 10U);
  EXPECT_EQ(info->clock.mult, 341U);
  EXPECT_EQ(info->clock.zero, 7U);
}

TEST(AuxBuffers, TracesOfTwoKindsAreNotGuessedAt) {
  HandRun metadata = aux_metadata(1);
  metadata.records.push_back(aux_info(4));
  const HandRecording file({metadata, {StreamKind::aux, 2, {aux_piece(0, counting(2), 0)}}});
  auto session = Session::open(file.path());
  const AuxRecording recording(*session, {});
  EXPECT_EQ(recording.info().error().code, Errc::unsupported);
}

}  // namespace
}  // namespace simdprof::cmd
