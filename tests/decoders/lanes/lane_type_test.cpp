#include "decoders/lanes/lane_type.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(LaneType, EveryWordNamesItsType) {
  const struct {
    const char* word;
    LaneType type;
    unsigned bits;
  } cases[] = {
      {"hex", LaneType::hex, 0},  {"f16", LaneType::f16, 16}, {"bf16", LaneType::bf16, 16}, {"f32", LaneType::f32, 32},
      {"f64", LaneType::f64, 64}, {"i8", LaneType::i8, 8},    {"i16", LaneType::i16, 16},   {"i32", LaneType::i32, 32},
      {"i64", LaneType::i64, 64}, {"u8", LaneType::u8, 8},    {"u16", LaneType::u16, 16},   {"u32", LaneType::u32, 32},
      {"u64", LaneType::u64, 64},
  };
  for (const auto& known : cases) {
    const auto type = parse_lane_type(known.word);
    ASSERT_TRUE(type) << known.word;
    EXPECT_EQ(*type, known.type) << known.word;
    EXPECT_EQ(lane_bits(*type), known.bits) << known.word;
    EXPECT_EQ(lane_type_name(*type), known.word);
    EXPECT_NE(lane_type_words().find(known.word), std::string_view::npos) << known.word;
  }
}

TEST(LaneType, AnyOtherWordIsAUsageErrorThatListsTheWords) {
  for (const char* word : {"", "f", "f8", "F32", "f32 ", "u128", "hexx"}) {
    const auto type = parse_lane_type(word);
    ASSERT_FALSE(type) << word;
    EXPECT_EQ(type.error().code, Errc::usage);
    EXPECT_NE(type.error().fact.find("bf16"), std::string::npos);
  }
}

TEST(LaneType, ColumnsHoldTheLongestInteger) {
  EXPECT_EQ(lane_columns(LaneType::i8), std::string_view("-128").size());
  EXPECT_EQ(lane_columns(LaneType::u8), std::string_view("255").size());
  EXPECT_EQ(lane_columns(LaneType::i16), std::string_view("-32768").size());
  EXPECT_EQ(lane_columns(LaneType::u16), std::string_view("65535").size());
  EXPECT_EQ(lane_columns(LaneType::i32), std::string_view("-2147483648").size());
  EXPECT_EQ(lane_columns(LaneType::u32), std::string_view("4294967295").size());
  EXPECT_EQ(lane_columns(LaneType::i64), std::string_view("-9223372036854775808").size());
  EXPECT_EQ(lane_columns(LaneType::u64), std::string_view("18446744073709551615").size());
}

}  // namespace
}  // namespace simdprof
