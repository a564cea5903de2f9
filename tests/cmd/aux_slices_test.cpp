#include "cmd/aux_slices.h"

#include <gtest/gtest.h>

#include "cmd/aux_recording.h"
#include "tests/cmd/aux_input.h"

namespace simdprof::cmd {
namespace {

using test::aux_metadata;
using test::aux_piece;
using test::aux_record;
using test::ByteDecoder;
using test::Bytes;
using test::counting;
using test::HandRecording;
using test::HandRun;
using test::operator+;

/// "offset:bytes" of all slices.
std::vector<std::string> slices(AuxSliceReader& reader) {
  std::vector<std::string> out;
  while (const auto window = reader.next()) {
    out.push_back(std::to_string(window->slice.offset) + ":" + test::hex(window->bytes));
  }
  return out;
}

struct Opened {
  explicit Opened(const std::vector<HandRun>& runs, AuxTraceType type = AuxTraceType::intel_pt)
      : file(runs), session(Session::open(file.path())), recording(*session, SymbolOptions{}) {
    readers = recording.readers(decoder, type, {});
  }
  HandRecording file;
  Result<Session> session;
  AuxRecording recording;
  ByteDecoder decoder;
  std::vector<std::unique_ptr<AuxSliceReader>> readers;
};

HandRun ring(std::vector<Bytes> records) { return {StreamKind::ring, 1, std::move(records), 10, 90}; }
HandRun area(std::uint32_t stream, std::vector<Bytes> records) { return {StreamKind::aux, stream, std::move(records)}; }

TEST(AuxSlices, PiecesThatFollowEachOtherAreOneSlice) {
  Opened in({aux_metadata(), ring({aux_record(0, 6, 0, 20, 0)}),
             area(2, {aux_piece(0, counting(3), 0), aux_piece(3, counting(2, 3), 0)}),
             area(2, {aux_piece(5, counting(1, 5), 0)})});
  ASSERT_EQ(in.readers.size(), 1U);
  EXPECT_EQ(slices(*in.readers[0]), std::vector<std::string>{"0:00 01 02 03 04 05"});
}

TEST(AuxSlices, AGapAndAStepBackEndASlice) {
  Opened in(
      {aux_metadata(), ring({aux_record(0, 6, 0, 20, 0)}),
       area(2, {aux_piece(0, counting(2), 0), aux_piece(4, counting(2, 4), 0), aux_piece(2, counting(1, 2), 0)})});
  ASSERT_EQ(in.readers.size(), 1U);
  EXPECT_EQ(slices(*in.readers[0]), (std::vector<std::string>{"0:00 01", "4:04 05", "2:02"}));
}

TEST(AuxSlices, ATruncatedRecordEndsASlice) {
  Opened in({aux_metadata(), ring({aux_record(0, 2, 1, 20, 0), aux_record(2, 2, 0, 30, 0)}),
             area(2, {aux_piece(0, counting(4), 0)})});
  EXPECT_EQ(slices(*in.readers[0]), (std::vector<std::string>{"0:00 01", "2:02 03"}));
}

TEST(AuxSlices, CoreSightBeginsAfreshWithEachRecord) {
  const std::vector<HandRun> runs = {aux_metadata(3),
                                     ring({aux_record(0, 2, 0, 20, 0), aux_record(2, 1, 0x100, 30, 0)}),
                                     area(2, {aux_piece(0, counting(4), 0)})};
  Opened frames(runs, AuxTraceType::cs_etm);
  EXPECT_EQ(slices(*frames.readers[0]), (std::vector<std::string>{"0:00 01", "2:02", "3:03"}));
  Opened stream(runs, AuxTraceType::arm_spe);
  EXPECT_EQ(slices(*stream.readers[0]), std::vector<std::string>{"0:00 01 02 03"});
}

TEST(AuxSlices, FlagsAndTimeAreThoseOfTheRecordsThatAnnouncedTheBytes) {
  Opened in({aux_metadata(), ring({aux_record(0, 2, 4, 20, 0), aux_record(2, 2, 8, 30, 0), aux_record(4, 2, 2, 40, 0)}),
             area(2, {aux_piece(0, counting(4), 0)})});
  const auto window = in.readers[0]->next();
  ASSERT_NE(window, nullptr);
  EXPECT_EQ(window->slice.flags, 12U);
  EXPECT_EQ(window->slice.time_ns, 30U);
  EXPECT_EQ(window->slice.cpu, 0);
}

TEST(AuxSlices, AreasStayApart) {
  Opened in({aux_metadata(), ring({aux_record(0, 2, 0, 20, 0)}),
             area(2, {aux_piece(0, counting(2), 0), aux_piece(0, counting(2, 9), 3)})});
  ASSERT_EQ(in.readers.size(), 2U);
  EXPECT_EQ(slices(*in.readers[0]), std::vector<std::string>{"0:00 01"});
  EXPECT_EQ(slices(*in.readers[1]), std::vector<std::string>{"0:09 0a"});
  EXPECT_EQ(in.recording.readers(in.decoder, AuxTraceType::intel_pt, {3}).size(), 1U);
}

TEST(AuxSlices, ALongAreaComesInWindowsThatBeginAtSegments) {
  constexpr std::size_t kPiece = 32768;
  constexpr std::size_t kPieces = 400;  // 12.5 MiB
  std::vector<HandRun> runs = {aux_metadata(), ring({aux_record(0, kPiece * kPieces, 0, 20, 0)})};
  Bytes data(kPiece, std::byte{1});
  data[1000] = data[20000] = std::byte{0xff};
  for (std::size_t i = 0; i < kPieces; i += 100) {
    std::vector<Bytes> records;
    for (std::size_t j = i; j < i + 100; ++j) records.push_back(aux_piece(j * kPiece, data, 0));
    runs.push_back(area(2, std::move(records)));
  }
  Opened in(runs);
  std::uint64_t next = 0;
  std::size_t windows = 0;
  std::size_t segments = 0;
  while (const auto window = in.readers[0]->next()) {
    ASSERT_EQ(window->slice.offset, next);
    ASSERT_LE(window->bytes.size(), std::size_t{5} << 20U);
    for (const AuxSegment& segment : window->segments) {
      if (window->slice.offset + segment.begin != 0) {
        ASSERT_EQ(window->bytes[segment.begin], std::byte{0xff});
      }
      next = window->slice.offset + segment.end;
      ++segments;
    }
    ++windows;
  }
  EXPECT_EQ(next, kPiece * kPieces);
  EXPECT_EQ(segments, 2 * kPieces + 1);
  EXPECT_GE(windows, 3U);
}

TEST(AuxSlices, SamplesCarrySlicesOfTheirOwn) {
  constexpr std::uint64_t kType = test::kIpTidTimeCpuType | (1U << 20U);  // PERF_SAMPLE_AUX
  const auto sample = [](std::uint64_t time_ns, const Bytes& aux) {
    Bytes payload = test::words({0x401000, 0x700000007, time_ns, 2, aux.size()});
    return test::framed(9, payload + aux, 2);
  };
  HandRun metadata = aux_metadata();
  metadata.records[0] = test::event_desc(0, kType, test::kSampleIdAll, "cycles:u");
  Opened in({metadata, ring({sample(20, counting(8)), sample(30, {}), sample(40, counting(8, 8))})});
  EXPECT_TRUE(in.recording.has_bytes());
  ASSERT_EQ(in.readers.size(), 1U);
  const auto first = in.readers[0]->next();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->slice.cpu, 2);
  EXPECT_EQ(first->slice.time_ns, 20U);
  EXPECT_EQ(first->bytes, counting(8));
  const auto second = in.readers[0]->next();
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->slice.time_ns, 40U);
  EXPECT_EQ(second->slice.offset, 8U);
  EXPECT_EQ(in.readers[0]->next(), nullptr);
}

}  // namespace
}  // namespace simdprof::cmd
