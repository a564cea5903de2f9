#include "decoders/tracepoint/tracepoint_bytes.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace simdprof {
namespace {

using test::raw;

TracepointField number_field(std::uint32_t offset, std::uint32_t bytes, bool is_signed) {
  TracepointField field;
  field.offset = offset;
  field.bytes = field.element_bytes = bytes;
  field.is_signed = is_signed;
  return field;
}

TEST(TracepointBytes, NumbersCarryTheirSign) {
  const auto bytes = raw({0xff, 0xfe, 0xff, 0x80, 0, 0, 0, 0, 1});
  const TracepointBytes little(bytes, std::endian::little);
  EXPECT_EQ(little.number(number_field(0, 1, false)), 0xffU);
  EXPECT_EQ(little.number(number_field(0, 1, true)), ~std::uint64_t{0});
  EXPECT_EQ(little.number(number_field(0, 2, false)), 0xfeffU);
  EXPECT_EQ(little.number(number_field(0, 4, true)), 0xffffffff80fffeffU);
  EXPECT_EQ(little.number(number_field(1, 8, false)), 0x0100000000'80fffeU);
  const TracepointBytes big(bytes, std::endian::big);
  EXPECT_EQ(big.number(number_field(0, 2, false)), 0xfffeU);
  EXPECT_EQ(little.number(number_field(0, 3, false)), 0U);
}

TEST(TracepointBytes, NothingIsReadBeyondTheEnd) {
  const auto bytes = raw({1, 2, 3, 4});
  const TracepointBytes short_bytes(bytes, std::endian::little);
  EXPECT_TRUE(short_bytes.number(number_field(0, 4, false)));
  EXPECT_FALSE(short_bytes.number(number_field(1, 4, false)));
  EXPECT_FALSE(short_bytes.number(number_field(60000, 4, false)));
  EXPECT_FALSE(TracepointBytes({}, std::endian::little).number(number_field(0, 1, false)));
}

TEST(TracepointBytes, ADynamicFieldIsWhatItsWordNames) {
  // Length 3 at offset 5.
  const auto bytes = raw({5, 0, 3, 0, 9, 'a', 'b', 0});
  TracepointField field = number_field(0, 4, false);
  field.is_dynamic = field.is_array = true;
  const auto found = TracepointBytes(bytes, std::endian::little).of(field);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size(), 3U);
  EXPECT_EQ((*found)[0], std::byte{'a'});
  // From the end of the word: length 2 at 4 + 2.
  const auto relative = raw({2, 0, 2, 0, 9, 9, 'c', 'd'});
  field.is_relative = true;
  EXPECT_EQ((*TracepointBytes(relative, std::endian::little).of(field))[1], std::byte{'d'});
  // One byte too long, or too far.
  EXPECT_FALSE(TracepointBytes(raw({2, 0, 3, 0, 9, 9, 'c', 'd'}), std::endian::little).of(field));
  EXPECT_FALSE(TracepointBytes(raw({0xff, 0xff, 1, 0, 9, 9, 'c', 'd'}), std::endian::little).of(field));
  EXPECT_FALSE(TracepointBytes(raw({2, 0, 2}), std::endian::little).of(field));
}

TEST(TracepointBytes, AFieldWithoutASizeGoesToTheEnd) {
  const auto bytes = raw({1, 2, 3});
  TracepointField field = number_field(1, 0, false);
  field.is_array = true;
  EXPECT_EQ(TracepointBytes(bytes, std::endian::little).of(field)->size(), 2U);
  field.offset = 4;
  EXPECT_FALSE(TracepointBytes(bytes, std::endian::little).of(field));
}

TEST(CutNumber, KeepsTheLowBytes) {
  EXPECT_EQ(cut_number(0x1234, 1, false), 0x34U);
  EXPECT_EQ(cut_number(0x1280, 1, true), 0xffffffffffffff80U);
  EXPECT_EQ(cut_number(~std::uint64_t{0}, 8, true), ~std::uint64_t{0});
  EXPECT_EQ(cut_number(5, 0, true), 5U);
}

}  // namespace
}  // namespace simdprof
