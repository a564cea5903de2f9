#include "decoders/lanes/text_buffer.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace simdprof {
namespace {

std::string hex_of(std::uint64_t value) {
  TextBuffer out;
  append_hex(out, value);
  return fmt::to_string(out);
}

std::string digits_of(std::uint64_t value, unsigned digits) {
  TextBuffer out;
  append_hex_digits(out, value, digits);
  return fmt::to_string(out);
}

TEST(Hex, HasAsManyDigitsAsTheValue) {
  EXPECT_EQ(hex_of(0), "0x0");
  EXPECT_EQ(hex_of(0xf), "0xf");
  EXPECT_EQ(hex_of(0x10), "0x10");
  EXPECT_EQ(hex_of(0xfedcba9876543210), "0xfedcba9876543210");
  EXPECT_EQ(hex_of(0xffffffff81000130), "0xffffffff81000130");
}

TEST(Hex, EveryDigitHasItsCharacterInEveryPlace) {
  const std::string_view characters = "0123456789abcdef";
  for (std::uint64_t digit = 0; digit < 16; ++digit) {
    for (unsigned place = 0; place < 16; ++place) {
      std::string expected(16, '0');
      expected[15 - place] = characters[digit];
      EXPECT_EQ(digits_of(digit << (4 * place), 16), expected);
    }
  }
}

TEST(Hex, BothWaysToStoreSixteenDigitsAgree) {
  for (const std::uint64_t value : {0x0123456789abcdefU, 0xfedcba9876543210U, 0xaf9aa99f00ff10e1U, 0UL, ~0UL}) {
    std::array<char, 16> plainly{}, at_once{};
    text_detail::store_digits_plainly(value, plainly.data());
    text_detail::store_digits(value, at_once.data());
    EXPECT_EQ(std::string_view(plainly.data(), 16), fmt::format("{:016x}", value));
    EXPECT_EQ(std::string_view(at_once.data(), 16), fmt::format("{:016x}", value));
  }
}

TEST(Hex, DigitsKeepLeadingZerosAndDropWhatDoesNotFit) {
  EXPECT_EQ(digits_of(0x2a, 16), "000000000000002a");
  EXPECT_EQ(digits_of(0x1f80, 8), "00001f80");
  EXPECT_EQ(digits_of(0x1234, 2), "34");
  EXPECT_EQ(digits_of(0x1234, 0), "");
}

TEST(HexDigitCount, IsThatOfTheValue) {
  EXPECT_EQ(hex_digit_count(0), 1U);
  EXPECT_EQ(hex_digit_count(0xf), 1U);
  EXPECT_EQ(hex_digit_count(0x10), 2U);
  EXPECT_EQ(hex_digit_count(~std::uint64_t{0}), 16U);
}

TEST(AppendText, GrowsOverTheInlineBufferAndKeepsWhatWasThere) {
  TextBuffer out;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    append_text(out, "abc");
    append_text(out, "");
    expected += "abc";
  }
  EXPECT_EQ(fmt::to_string(out), expected);
}

TEST(PieceWriter, LeavesExactlyWhatWasWritten) {
  TextBuffer out;
  append_text(out, "before ");
  {
    PieceWriter pieces(out, 100);
    pieces.text("AX:");
    pieces.hex(0x1dd8);
    pieces.put(' ');
    pieces.hex_digits(7, 2);
  }
  append_text(out, " after");
  EXPECT_EQ(fmt::to_string(out), "before AX:0x1dd8 07 after");
}

TEST(PieceWriter, WritesShortTextsByTheirLength) {
  TextBuffer out;
  {
    PieceWriter pieces(out, 40);
    pieces.text(ShortText("   AX:0x"));
    pieces.text(ShortText(""));
    pieces.text(ShortText("sixteen bytes .."));
    pieces.put('|');
  }
  EXPECT_EQ(fmt::to_string(out), "   AX:0xsixteen bytes ..|");
}

TEST(ShortTextDeathTest, ALongTextIsABug) { EXPECT_DEATH(ShortText("seventeen bytes .."), "bug"); }

TEST(PieceWriterDeathTest, MoreThanTheBoundIsABug) {
  TextBuffer out;
  EXPECT_DEATH(
      {
        PieceWriter pieces(out, 2);
        pieces.text("abc");
      },
      "bug");
}

}  // namespace
}  // namespace simdprof
