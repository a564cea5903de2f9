#include "lib/container/record_walk.h"

#include <gtest/gtest.h>

#include <vector>

namespace simdprof {
namespace {

std::vector<std::byte> bytes_of(std::initializer_list<unsigned> values) {
  std::vector<std::byte> bytes;
  for (const unsigned value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

// Two records: type 9, misc 2, size 16, payload 1..8; type 0x53440006, misc 0, size 8.
const std::vector<std::byte> kTwo = bytes_of({9, 0, 0,    0,    2, 0, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8,  //
                                              6, 0, 0x44, 0x53, 0, 0, 8,  0});

TEST(RecordWalk, GivesEachRecordWithItsPlace) {
  RecordWalk walk{kTwo, 1000, 7};
  const auto first = walk.next();
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->type, 9U);
  EXPECT_EQ((*first)->misc, 2U);
  EXPECT_EQ((*first)->offset, 1000U);
  EXPECT_EQ((*first)->stream, 7U);
  ASSERT_EQ((*first)->payload.size(), 8U);
  EXPECT_EQ((*first)->payload[7], std::byte{8});
  const auto second = walk.next();
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->type, 0x53440006U);
  EXPECT_EQ((*second)->offset, 1016U);
  EXPECT_TRUE((*second)->payload.empty());
  const auto end = walk.next();
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
}

TEST(RecordWalk, EveryShorterRunEndsInTruncatedExceptBetweenRecords) {
  for (std::size_t size = 0; size < kTwo.size(); ++size) {
    RecordWalk walk{std::span(kTwo).first(size), 0, 0};
    auto record = walk.next();
    while (record && *record) record = walk.next();
    const bool between = size == 0 || size == 16;
    ASSERT_EQ(record.has_value(), between) << size;
    if (!between) {
      EXPECT_EQ(record.error().code, Errc::truncated) << size;
      EXPECT_EQ(record.error().offset, size < 16 ? 0U : 16U) << size;
    }
  }
}

TEST(RecordWalk, ASizeBelowTheHeaderEndsTheWalk) {
  for (unsigned size = 0; size < 8; ++size) {
    const auto bytes = bytes_of({9, 0, 0, 0, 0, 0, size, 0, 9, 0, 0, 0, 0, 0, 8, 0});
    RecordWalk walk{bytes, 0, 0};
    const auto bad = walk.next();
    ASSERT_FALSE(bad) << size;
    EXPECT_EQ(bad.error().code, Errc::malformed) << size;
    const auto after = walk.next();
    ASSERT_TRUE(after) << size;
    EXPECT_FALSE(*after) << size;
  }
}

TEST(RecordWalk, TakesTheLargestRecord) {
  std::vector<std::byte> bytes(65535);
  bytes[0] = std::byte{9};
  bytes[6] = std::byte{0xff};
  bytes[7] = std::byte{0xff};
  RecordWalk walk{bytes, 0, 0};
  const auto record = walk.next();
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->payload.size(), 65527U);
}

}  // namespace
}  // namespace simdprof
