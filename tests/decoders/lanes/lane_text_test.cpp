#include "decoders/lanes/lane_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <set>
#include <string>

namespace simdprof {
namespace {

std::string text_of(LaneType type, std::uint64_t bits) {
  TextBuffer out;
  append_lane(out, type, bits);
  return fmt::to_string(out);
}

std::string json_of(LaneType type, std::uint64_t bits) {
  TextBuffer out;
  append_lane_json(out, type, bits);
  return fmt::to_string(out);
}

std::uint32_t bits_of(float value) { return std::bit_cast<std::uint32_t>(value); }

// Values from the definition of binary16: sign, 5 exponent bits with bias 15, 10 fraction bits.
TEST(F16, ConvertsEachKindOfNumberExactly) {
  EXPECT_EQ(f16_to_f32(0x0000), 0.0F);
  EXPECT_TRUE(std::signbit(f16_to_f32(0x8000)));
  EXPECT_EQ(f16_to_f32(0x3c00), 1.0F);
  EXPECT_EQ(f16_to_f32(0xc000), -2.0F);
  EXPECT_EQ(f16_to_f32(0x3555), 0.333251953125F);  // 1365/4096
  EXPECT_EQ(f16_to_f32(0x7bff), 65504.0F);         // largest
  EXPECT_EQ(f16_to_f32(0x0400), 0x1p-14F);         // smallest normal
  EXPECT_EQ(f16_to_f32(0x03ff), 0x3ffp-24F);       // largest subnormal
  EXPECT_EQ(f16_to_f32(0x0001), 0x1p-24F);         // smallest subnormal
  EXPECT_EQ(f16_to_f32(0x8001), -0x1p-24F);
  EXPECT_EQ(f16_to_f32(0x7c00), std::numeric_limits<float>::infinity());
  EXPECT_EQ(f16_to_f32(0xfc00), -std::numeric_limits<float>::infinity());
}

TEST(F16, NanKeepsItsPayload) {
  EXPECT_EQ(bits_of(f16_to_f32(0x7e00)), 0x7fc00000U);
  EXPECT_EQ(bits_of(f16_to_f32(0xfe00)), 0xffc00000U);
  EXPECT_EQ(bits_of(f16_to_f32(0x7c01)), 0x7f802000U);
}

TEST(F16, NoTwoHalvesShareAFloat) {
  std::set<std::uint32_t> floats;
  for (std::uint32_t half = 0; half <= 0xffff; ++half)
    floats.insert(bits_of(f16_to_f32(static_cast<std::uint16_t>(half))));
  EXPECT_EQ(floats.size(), 0x10000U);
}

TEST(F16, FiniteHalvesOfOneSignGrowWithTheirBits) {
  for (std::uint16_t half = 0; half < 0x7bff; ++half) {
    ASSERT_LT(f16_to_f32(half), f16_to_f32(static_cast<std::uint16_t>(half + 1))) << half;
  }
}

TEST(Bf16, IsTheUpperHalfOfAFloat) {
  EXPECT_EQ(bf16_to_f32(0x3f80), 1.0F);
  EXPECT_EQ(bf16_to_f32(0x4049), 3.140625F);
  EXPECT_EQ(bf16_to_f32(0x0001), 0x1p-133F);  // smallest subnormal
  EXPECT_EQ(bf16_to_f32(0xff80), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(bits_of(bf16_to_f32(0x7fc1)), 0x7fc10000U);
}

TEST(LaneText, FloatsAreTheShortestThatReadBack) {
  EXPECT_EQ(text_of(LaneType::f32, 0x3dcccccd), "0.1");
  EXPECT_EQ(text_of(LaneType::f32, 0x3f800000), "1");
  EXPECT_EQ(text_of(LaneType::f32, 0x7f7fffff), "3.4028235e+38");
  EXPECT_EQ(text_of(LaneType::f64, 0x3fb999999999999a), "0.1");
  EXPECT_EQ(text_of(LaneType::f64, 0x400921fb54442d18), "3.141592653589793");
  EXPECT_EQ(text_of(LaneType::f16, 0x3800), "0.5");
  EXPECT_EQ(text_of(LaneType::bf16, 0xc2f7), "-123.5");
}

TEST(LaneText, MinusZeroAndSubnormalsAreVisible) {
  EXPECT_EQ(text_of(LaneType::f32, 0x00000000), "0");
  EXPECT_EQ(text_of(LaneType::f32, 0x80000000), "-0");
  EXPECT_EQ(text_of(LaneType::f64, 0x8000000000000000), "-0");
  EXPECT_EQ(text_of(LaneType::f16, 0x8000), "-0");
  EXPECT_EQ(text_of(LaneType::f32, 0x00000001), "1e-45");
  EXPECT_EQ(text_of(LaneType::f64, 0x0000000000000001), "5e-324");
  EXPECT_EQ(std::strtof(text_of(LaneType::f16, 0x0001).c_str(), nullptr), 0x1p-24F);
}

TEST(LaneText, InfinityAndNanAreWordsWithSignAndPayload) {
  EXPECT_EQ(text_of(LaneType::f32, 0x7f800000), "inf");
  EXPECT_EQ(text_of(LaneType::f32, 0xff800000), "-inf");
  EXPECT_EQ(text_of(LaneType::f32, 0x7fc00000), "nan");
  EXPECT_EQ(text_of(LaneType::f32, 0xffc00000), "-nan");
  EXPECT_EQ(text_of(LaneType::f32, 0x7f800001), "nan(0x1)");        // signalling
  EXPECT_EQ(text_of(LaneType::f32, 0xffc0beef), "-nan(0x40beef)");  // quiet, with a payload
  EXPECT_EQ(text_of(LaneType::f64, 0x7ff8000000000000), "nan");
  EXPECT_EQ(text_of(LaneType::f64, 0x7ff0000000000002), "nan(0x2)");
  EXPECT_EQ(text_of(LaneType::f16, 0x7e00), "nan");
  EXPECT_EQ(text_of(LaneType::f16, 0x7c01), "nan(0x1)");
  EXPECT_EQ(text_of(LaneType::bf16, 0x7fc0), "nan");
  EXPECT_EQ(text_of(LaneType::bf16, 0xff81), "-nan(0x1)");
}

TEST(LaneText, IntegersAreDecimalOfTheirWidth) {
  EXPECT_EQ(text_of(LaneType::i8, 0x80), "-128");
  EXPECT_EQ(text_of(LaneType::u8, 0x80), "128");
  EXPECT_EQ(text_of(LaneType::i16, 0xffff), "-1");
  EXPECT_EQ(text_of(LaneType::u16, 0xffff), "65535");
  EXPECT_EQ(text_of(LaneType::i32, 0x80000000), "-2147483648");
  EXPECT_EQ(text_of(LaneType::u32, 0xffffffff), "4294967295");
  EXPECT_EQ(text_of(LaneType::i64, 0xffffffffffffffff), "-1");
  EXPECT_EQ(text_of(LaneType::u64, 0xffffffffffffffff), "18446744073709551615");
}

TEST(LaneJson, NumbersStandAsNumbersAndTheRestAsStrings) {
  EXPECT_EQ(json_of(LaneType::f32, 0x3dcccccd), "0.1");
  EXPECT_EQ(json_of(LaneType::f32, 0x80000000), "-0");
  EXPECT_EQ(json_of(LaneType::f32, 0x7f800000), "\"inf\"");
  EXPECT_EQ(json_of(LaneType::f32, 0xff800000), "\"-inf\"");
  EXPECT_EQ(json_of(LaneType::f32, 0xffc0beef), "\"nan\"");
  EXPECT_EQ(json_of(LaneType::f16, 0xfc00), "\"-inf\"");
  EXPECT_EQ(json_of(LaneType::bf16, 0x7f81), "\"nan\"");
  EXPECT_EQ(json_of(LaneType::f64, 0x7ff8000000000000), "\"nan\"");
  EXPECT_EQ(json_of(LaneType::i8, 0xff), "-1");
  EXPECT_EQ(json_of(LaneType::u32, 0xffffffff), "4294967295");
  EXPECT_EQ(json_of(LaneType::i64, 1), "\"0x0000000000000001\"");
  EXPECT_EQ(json_of(LaneType::u64, 0xfedcba9876543210), "\"0xfedcba9876543210\"");
}

}  // namespace
}  // namespace simdprof
