#include "lib/container/chunk_scan.h"

#include <gtest/gtest.h>

#include "tests/lib/container/read_back.h"

namespace simdprof {
namespace {

using test::chunk_of_losts;
using test::kFour;
using test::read_all;
using test::TempFolder;

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
