#include "decoders/aux/bts_record.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace simdprof {
namespace {

TEST(BtsRecord, IsThreeLittleEndianWords) {
  const auto bytes = test::words({0x7f0012345678, 0xffffffff81000000, 0x10});
  ASSERT_EQ(bytes.size(), kBtsRecordBytes);
  Cursor in{bytes};
  const BtsRecord record = decode_bts_record(in);
  EXPECT_EQ(record.from, 0x7f0012345678U);
  EXPECT_EQ(record.to, 0xffffffff81000000U);
  EXPECT_EQ(record.flags, BtsRecord::kPredicted);
  EXPECT_EQ(in.remaining(), 0U);
}

TEST(BtsRecord, EveryShorterRecordFailsTheCursor) {
  const auto bytes = test::words({1, 2, 3});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Cursor in{std::span(bytes).first(size)};
    (void)decode_bts_record(in);
    EXPECT_TRUE(in.failed()) << size;
  }
}

TEST(BtsRecord, BitsThatNobodyKnowsDoNotChangeThePrediction) {
  EXPECT_EQ(render_bts_record({1, 2, ~std::uint64_t{0}}), "1 -> 2 pred");
  EXPECT_EQ(render_bts_record({1, 2, ~std::uint64_t{0x10}}), "1 -> 2 miss");
}

}  // namespace
}  // namespace simdprof
