// What a reader makes of recordings that are cut off or damaged.
#include <gtest/gtest.h>

#include <random>

#include "lib/container/reader.h"
#include "lib/container/record_walk.h"
#include "tests/lib/container/hand_made.h"

namespace simdprof {
namespace {

using test::chunk_of_losts;
using test::TempFolder;

const std::vector<test::HandChunk> kFour = {chunk_of_losts(0, 2), chunk_of_losts(1, 5, 100), chunk_of_losts(0, 3, 200),
                                            chunk_of_losts(2, 1, 300)};

struct Reading {
  bool opened = false;
  Errc refused = Errc::io;
  std::size_t chunks = 0;  // that load
  std::size_t records = 0;
  Ledger ledger;
  std::vector<Gap> gaps;
};

Reading read_all(const std::string& path) {
  Reading reading;
  const auto reader = ContainerReader::open(path, reading.ledger);
  reading.opened = reader.has_value();
  if (!reader) {
    reading.refused = reader.error().code;
    return reading;
  }
  reading.gaps = reader->gaps();
  for (std::size_t i = 0; i < reader->chunks().size(); ++i) {
    const auto records = reader->load(i);
    if (!records) {
      reading.ledger.lose(LossCause::chunk_damaged, 1);
      continue;
    }
    ++reading.chunks;
    RecordWalk walk{*records, 0, 0};
    for (auto record = walk.next(); record && *record; record = walk.next()) ++reading.records;
  }
  return reading;
}

Reading read_all(const TempFolder& folder, std::span<const std::byte> bytes) {
  return read_all(folder.store("input", bytes));
}

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

TEST(CutRecords, EveryPrefixKeepsTheWholeRecords) {
  const TempFolder folder;
  const auto bytes = test::hand_records(kFour);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    std::size_t expected = 0;
    std::size_t place = 0;
    bool between = size == 0;
    for (const auto& chunk : kFour) {
      place += 56;
      for (std::uint32_t i = 0; i < chunk.record_count; ++i) {
        place += 24;
        if (place <= size) ++expected;
      }
      between = between || place == size;
    }
    const auto reading = read_all(folder, std::span(bytes).first(size));
    ASSERT_EQ(reading.opened, size >= 56) << size;
    if (!reading.opened) continue;
    ASSERT_EQ(reading.records, expected) << size;
    ASSERT_EQ(reading.ledger.lost(LossCause::input_truncated), between ? 0U : 1U) << size;
    ASSERT_EQ(reading.ledger.lost(LossCause::chunk_damaged), 0U) << size;
  }
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

TEST(DamagedRecords, AWrongSizeInAStreamRecordCostsThatChunkOnly) {
  const TempFolder folder;
  const std::size_t second = 56 + 2 * 24;
  for (const unsigned size : {0U, 24U, 4096U, 0xffffffU}) {
    auto bytes = test::hand_records(kFour);
    for (unsigned i = 0; i < 4; ++i) bytes[second + 36 + i] = static_cast<std::byte>(size >> (8 * i));
    const auto reading = read_all(folder, bytes);
    ASSERT_TRUE(reading.opened) << size;
    EXPECT_EQ(reading.records, 6U) << size;
    EXPECT_EQ(reading.ledger.lost(LossCause::chunk_damaged), 1U) << size;
  }
}

TEST(DamagedRecords, ALostStreamRecordCostsItsChunkOnly) {
  const TempFolder folder;
  auto bytes = test::hand_records(kFour);
  const std::size_t second = 56 + 2 * 24;
  std::fill_n(bytes.begin() + second, 56, std::byte{0xee});
  const auto reading = read_all(folder, bytes);
  EXPECT_EQ(reading.records, 6U);
  EXPECT_EQ(reading.ledger.lost(LossCause::chunk_damaged), 1U);
}

TEST(DamagedInput, RandomDamageNeverCrashesAndNeverGivesMore) {
  const TempFolder folder;
  std::mt19937 random{20260921};
  for (const auto& whole : {test::hand_file(kFour).bytes, test::hand_records(kFour)}) {
    for (int round = 0; round < 400; ++round) {
      auto bytes = whole;
      const int damages = 1 + round % 5;
      for (int i = 0; i < damages; ++i) bytes[random() % bytes.size()] = static_cast<std::byte>(random());
      const auto reading = read_all(folder, bytes);
      ASSERT_LE(reading.chunks, 4U) << round;
    }
  }
}

TEST(HostileRecords, ManyOverlappingChunksAreReadInBoundedTime) {
  // Each opening claims 16 MiB of records that do not end where it says.
  const TempFolder folder;
  test::HandChunk liar = chunk_of_losts(0, 1);
  const auto one = test::stream_record(liar);
  test::Bytes bytes;
  for (int i = 0; i < 40000; ++i) bytes.add(one);
  auto hostile = bytes.get();
  for (std::size_t at = 36; at < hostile.size(); at += 56) {
    hostile[at] = std::byte{0x01};
    hostile[at + 2] = std::byte{0x10};
  }
  const auto reading = read_all(folder, hostile);
  EXPECT_TRUE(reading.opened);
  EXPECT_EQ(reading.records, 0U);
}

}  // namespace
}  // namespace simdprof
