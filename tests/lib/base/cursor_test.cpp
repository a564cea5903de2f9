#include "lib/base/cursor.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/bytes.h"

namespace simdprof {
namespace {

using test::operator+;

const test::Bytes kFifteen = test::raw({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});

TEST(Cursor, ReadsEveryWidthInLittleEndianOrder) {
  Cursor in{kFifteen};
  EXPECT_EQ(in.u8(), 0x01);
  EXPECT_EQ(in.u16(), 0x0302);
  EXPECT_EQ(in.u32(), 0x07060504U);
  EXPECT_EQ(in.u64(), 0x0f0e0d0c0b0a0908U);
  EXPECT_EQ(in.remaining(), 0U);
  EXPECT_FALSE(in.failed());
}

TEST(Cursor, ReadsEveryWidthInBigEndianOrder) {
  Cursor in{kFifteen, 0, std::endian::big};
  EXPECT_EQ(in.u8(), 0x01);
  EXPECT_EQ(in.u16(), 0x0203);
  EXPECT_EQ(in.u32(), 0x04050607U);
  EXPECT_EQ(in.u64(), 0x08090a0b0c0d0e0fU);
}

TEST(Cursor, GivesNegativeNumbersOfThirtyTwoBits) {
  const auto bytes = test::raw({0xfe, 0xff, 0xff, 0xff});
  Cursor in{bytes};
  EXPECT_EQ(in.i32(), -2);
}

TEST(Cursor, TheRestIsWhatWasNotRead) {
  Cursor in{kFifteen};
  EXPECT_EQ(in.rest().size(), 15U);
  in.u32();
  ASSERT_EQ(in.rest().size(), 11U);
  EXPECT_EQ(in.rest().front(), std::byte{5});
  in.skip(12);
  EXPECT_TRUE(in.rest().empty());
}

TEST(Cursor, LatchesAtTheFirstReadPastTheEndForEveryCutPoint) {
  for (std::size_t size = 0; size < kFifteen.size(); ++size) {
    Cursor in{std::span(kFifteen).first(size), 1000};
    (void)in.u8();
    (void)in.u16();
    (void)in.u32();
    (void)in.u64();
    ASSERT_TRUE(in.failed()) << size;
    // Where the field starts that the cut falls into: fields start at 0, 1, 3 and 7.
    const std::uint64_t field = size < 1 ? 0 : size < 3 ? 1 : size < 7 ? 3 : 7;
    EXPECT_EQ(in.offset(), 1000 + field) << size;
    EXPECT_EQ(in.remaining(), 0U) << size;
  }
}

TEST(Cursor, GivesZeroAfterAFailureAlthoughBytesWereLeft) {
  const auto bytes = test::raw({0xff, 0xff, 0xff});
  Cursor in{bytes};
  EXPECT_EQ(in.u32(), 0U);
  EXPECT_TRUE(in.failed());
  EXPECT_EQ(in.u8(), 0U);  // three bytes were there, but the input is no longer understood
  EXPECT_TRUE(in.take(1).empty());
  EXPECT_EQ(in.offset(), 0U);
}

TEST(Cursor, RefusesASizeThatWouldWrapAround) {
  Cursor in{kFifteen};
  (void)in.u64();
  EXPECT_TRUE(in.take(std::numeric_limits<std::uint64_t>::max()).empty());
  EXPECT_TRUE(in.failed());
  EXPECT_EQ(in.offset(), 8U);
}

TEST(Cursor, TakesExactlyTheBytesThatRemain) {
  Cursor in{kFifteen};
  in.skip(10);
  const auto taken = in.take(5);
  ASSERT_EQ(taken.size(), 5U);
  EXPECT_EQ(taken[0], std::byte{11});
  EXPECT_FALSE(in.failed());
  EXPECT_EQ(in.remaining(), 0U);
}

TEST(Cursor, AnEmptyTakeAtTheEndIsNoFailure) {
  Cursor in{std::span<const std::byte>{}};
  EXPECT_TRUE(in.take(0).empty());
  EXPECT_FALSE(in.failed());
}

TEST(Cursor, PaddedTextEndsAtTheFirstNulAndUsesAllOfItsBytes) {
  const auto bytes = test::text("zstd") + test::raw({0, 0, 'x', 0, 7});
  Cursor in{bytes};
  EXPECT_EQ(in.padded_text(8), "zstd");
  EXPECT_EQ(in.u8(), 7);
}

TEST(Cursor, PaddedTextWithoutNulIsTheWholeField) {
  const auto bytes = test::text("abcdefgh");
  Cursor in{bytes};
  EXPECT_EQ(in.padded_text(8), "abcdefgh");
}

TEST(Cursor, PaddedTextPastTheEndIsEmptyAndLatches) {
  const auto bytes = test::text("abc");
  Cursor in{bytes};
  EXPECT_EQ(in.padded_text(4), "");
  EXPECT_TRUE(in.failed());
}

TEST(WordView, IgnoresBytesThatFillNoWord) {
  const auto bytes = test::words({1, 2}) + test::raw({9, 9, 9});
  const WordView view{bytes};
  EXPECT_EQ(view.size(), 2U);
  EXPECT_EQ(view[1], 2U);
}

TEST(WordView, ReadsBigEndianWords) {
  const auto bytes = test::words({0x0102030405060708, 42}, std::endian::big);
  const WordView view{bytes, std::endian::big};
  EXPECT_EQ(view[0], 0x0102030405060708U);
  EXPECT_EQ(view[1], 42U);
}

TEST(WordView, ReadsWordsAtOddAddresses) {
  const auto bytes = test::raw({0}) + test::words({0x1122334455667788});
  EXPECT_EQ(WordView{std::span(bytes).subspan(1)}[0], 0x1122334455667788U);
}

TEST(WordViewDeathTest, AnIndexPastTheEndIsABugOfTheCaller) {
  const auto bytes = test::words({1});
  const WordView view{bytes};
  EXPECT_DEATH((void)view[1], "bug: index < size\\(\\) does not hold");
}

TEST(WordView, SameBytesAreOfOneLength) {
  const auto words = test::words({1, 2});
  const auto copy = words;
  const auto other = test::words({1, 3});
  EXPECT_TRUE(WordView(words).same_bytes(WordView(copy)));
  EXPECT_FALSE(WordView(words).same_bytes(WordView(other)));
  EXPECT_FALSE(WordView(words).same_bytes(WordView(std::span(words).first(8))));
  EXPECT_TRUE(WordView{}.same_bytes(WordView{}));
}

}  // namespace
}  // namespace simdprof
