#include "lib/container/chunk_scan.h"

#include <gtest/gtest.h>

#include "tests/lib/container/read_back.h"

namespace simdprof {
namespace {

using test::kFour;
using test::read_all;
using test::TempFolder;

TEST(CutContainer, EveryPrefixIsReadOrRefusedAndRecordsNeverGrow) {
  const TempFolder folder;
  const auto file = test::hand_file(kFour);
  std::vector<std::size_t> ends;  // of the chunks
  for (std::size_t i = 1; i < 4; ++i) ends.push_back(file.chunk_offsets[i]);
  ends.push_back(file.index_offset);
  const std::size_t records_until[] = {0, 2, 7, 10, 11};
  for (std::size_t size = 0; size <= file.bytes.size(); ++size) {
    const auto reading = read_all(folder, std::span(file.bytes).first(size));
    ASSERT_EQ(reading.opened, size >= 24) << size;
    if (!reading.opened) {
      EXPECT_EQ(reading.refused, size == 0 ? Errc::malformed : Errc::truncated) << size;
      continue;
    }
    std::size_t whole = 0;
    while (whole < ends.size() && ends[whole] <= size) ++whole;
    ASSERT_EQ(reading.chunks, whole) << size;
    ASSERT_EQ(reading.records, records_until[whole]) << size;
    const bool between = size == 24 || (whole > 0 && ends[whole - 1] == size);
    // A cut index costs nothing.
    ASSERT_EQ(reading.ledger.lost(LossCause::input_truncated), between || whole == 4 ? 0U : 1U) << size;
    ASSERT_EQ(reading.ledger.lost(LossCause::chunk_damaged), 0U) << size;
  }
}

TEST(CutContainer, SaysHowManyRecordsTheCutChunkHeld) {
  const TempFolder folder;
  const auto file = test::hand_file(kFour);
  const std::size_t cut = file.chunk_offsets[2] - 1;
  const auto reading = read_all(folder, std::span(file.bytes).first(cut));
  ASSERT_EQ(reading.gaps.size(), 1U);
  EXPECT_EQ(reading.gaps[0].cause, LossCause::input_truncated);
  EXPECT_EQ(reading.gaps[0].file_offset, file.chunk_offsets[1]);
  EXPECT_EQ(reading.gaps[0].bytes, cut - file.chunk_offsets[1]);
  EXPECT_EQ(reading.gaps[0].records, 5U);
}

TEST(DamagedContainer, AByteInAFrameCostsThatChunkOnly) {
  const TempFolder folder;
  const auto file = test::hand_file(kFour);
  auto bytes = file.bytes;
  bytes[file.chunk_offsets[2] - 6] ^= std::byte{0x10};  // near the end of the second chunk's frame
  const auto reading = read_all(folder, bytes);
  EXPECT_EQ(reading.chunks, 3U);
  EXPECT_EQ(reading.records, 6U);
  EXPECT_EQ(reading.ledger.lost(LossCause::chunk_damaged), 1U);
}

TEST(DamagedContainer, AnyBitOfAChunkCostsThatChunkAtMost) {
  const TempFolder folder;
  const auto file = test::hand_file(kFour);
  for (const bool with_index : {true, false}) {
    const std::size_t size = with_index ? file.bytes.size() : file.index_offset;
    for (std::size_t at = file.chunk_offsets[1]; at < file.chunk_offsets[2]; ++at) {
      auto bytes = file.bytes;
      bytes[at] ^= static_cast<std::byte>(1U << (at % 8));
      const auto reading = read_all(folder, std::span(bytes).first(size));
      ASSERT_TRUE(reading.opened) << at;
      // A bit of the frame that decides nothing (a reserved one) may cost nothing.
      ASSERT_GE(reading.chunks, 3U) << at;
      ASSERT_GE(reading.records, 6U) << at;
      ASSERT_EQ(reading.chunks == 4, reading.ledger.empty()) << at;
    }
  }
}

TEST(DamagedContainer, ALostChunkHeaderIsSkippedToTheNext) {
  const TempFolder folder;
  const auto file = test::hand_file(kFour);
  auto bytes = file.bytes;
  bytes.resize(file.index_offset);
  for (std::size_t i = 0; i < 64; ++i) bytes[file.chunk_offsets[1] + i] = std::byte{0xee};
  const auto reading = read_all(folder, bytes);
  EXPECT_EQ(reading.chunks, 3U);
  ASSERT_EQ(reading.gaps.size(), 1U);
  EXPECT_EQ(reading.gaps[0].cause, LossCause::chunk_damaged);
  EXPECT_EQ(reading.gaps[0].file_offset, file.chunk_offsets[1]);
  EXPECT_EQ(reading.gaps[0].bytes, file.chunk_offsets[2] - file.chunk_offsets[1]);
  EXPECT_FALSE(reading.gaps[0].records);
}

TEST(DamagedContainer, AWrongIndexIsNotBelieved) {
  const TempFolder folder;
  const auto file = test::hand_file(kFour);
  for (std::size_t at = file.index_offset; at < file.bytes.size(); ++at) {
    auto bytes = file.bytes;
    bytes[at] ^= std::byte{0x04};
    const auto reading = read_all(folder, bytes);
    ASSERT_TRUE(reading.opened) << at;
    ASSERT_EQ(reading.chunks, 4U) << at;
    ASSERT_EQ(reading.records, 11U) << at;
  }
}

TEST(DamagedContainer, ZerosAfterThePrefixAreOneDamagedChunk) {
  const TempFolder folder;
  const auto file = test::hand_file(kFour);
  auto bytes = file.bytes;
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(file.chunk_offsets[2]), bytes.end(), std::byte{0});
  const auto reading = read_all(folder, bytes);
  EXPECT_EQ(reading.chunks, 2U);
  EXPECT_EQ(reading.ledger.lost(LossCause::chunk_damaged), 1U);
}

TEST(DamagedContainer, ASecondRecordingAppendedIsNotReadButTold) {
  const TempFolder folder;
  const auto file = test::hand_file(kFour);
  const auto reading = read_all(folder, test::Bytes{}.add(file.bytes).add(file.bytes).get());
  EXPECT_EQ(reading.chunks, 4U);
  EXPECT_EQ(reading.records, 11U);
  ASSERT_EQ(reading.gaps.size(), 1U);
  EXPECT_EQ(reading.gaps[0].file_offset, file.bytes.size() + 24);
}

}  // namespace
}  // namespace simdprof
