#include "decoders/tracepoint/print_value.h"

#include <gtest/gtest.h>

#include "tests/decoders/tracepoint/said.h"

namespace simdprof {
namespace {

using test::raw;
using test::said;

constexpr std::string_view kFields =
    "\tfield:int i;\toffset:0;\tsize:4;\tsigned:1;\n"
    "\tfield:u8 b;\toffset:4;\tsize:1;\tsigned:0;\n"
    "\tfield:u16 words[3];\toffset:6;\tsize:6;\tsigned:0;\n"
    "\tfield:__data_loc u32[] dyn;\toffset:12;\tsize:4;\tsigned:0;\n";
// i = -2, b = 200, words 1 2 3, dyn: 8 bytes at 16: 7, -1.
const test::Bytes kRaw =
    raw({0xfe, 0xff, 0xff, 0xff, 200, 0, 1, 0, 2, 0, 3, 0, 16, 0, 8, 0, 7, 0, 0, 0, 255, 255, 255, 255});

std::string value(std::string_view expression) { return said(kFields, "\"%lld\", " + std::string(expression), kRaw); }

TEST(PrintValues, AreThoseOfC) {
  EXPECT_EQ(value("1 + 2 * 3 - 4"), "3");
  EXPECT_EQ(value("10 - 3 - 2 + 1"), "6");
  EXPECT_EQ(value("1 << 2 + 1"), "8");
  EXPECT_EQ(value("7 & 3 == 3"), "1");
  EXPECT_EQ(value("(7 & 3) == 3"), "1");
  EXPECT_EQ(value("1 | 6 ^ 2"), "5");
  EXPECT_EQ(value("0 || 2 && 3"), "1");
  EXPECT_EQ(value("~0 & 0xff"), "255");
  EXPECT_EQ(value("!5 + !0"), "1");
  EXPECT_EQ(value("0 ? 1 : 0 ? 2 : 3"), "3");
  EXPECT_EQ(value("7 / 2 + 7 % 4"), "6");
  EXPECT_EQ(value("-7 / 2"), "-3");
  EXPECT_EQ(value("1 < 2 != 2 >= 3"), "1");
  EXPECT_EQ(value("+'a'"), "97");
}

TEST(PrintValues, FieldsHaveTheirSign) {
  EXPECT_EQ(value("REC->i"), "-2");
  EXPECT_EQ(value("REC->i < 0"), "1");
  EXPECT_EQ(value("REC->b"), "200");
  EXPECT_EQ(value("REC->b - 201 < 0"), "1");
  EXPECT_EQ(value("REC->i >> 1"), "-1");
}

// C11 6.3.1.8, on a machine with longs of 8 and of 4 bytes.
TEST(PrintValues, NumbersHaveTheWidthsOfC) {
  constexpr std::string_view kField =
      "\tfield:u32 u;\toffset:0;\tsize:4;\tsigned:0;\n\tfield:int i;\toffset:0;\tsize:4;\tsigned:1;\n"
      "\tfield:unsigned long l;\toffset:0;\tsize:4;\tsigned:0;\n";
  const auto ones = raw({255, 255, 255, 255});
  const auto of = [&](const std::string& expression, unsigned long_bytes = 8) {
    return said(kField, "\"%lld\", (long long)(" + expression + ")", ones, std::endian::little, long_bytes);
  };
  EXPECT_EQ(of("REC->u == -1"), "1");
  EXPECT_EQ(of("REC->i == 0xffffffff"), "1");
  EXPECT_EQ(of("REC->u + 1"), "0");
  EXPECT_EQ(of("REC->u + 1L"), "4294967296");
  EXPECT_EQ(of("REC->u > -1L"), "1");
  EXPECT_EQ(of("REC->i < 0U"), "0");
  EXPECT_EQ(of("REC->l != -1UL", 4), "0");
  EXPECT_EQ(of("1 << 31"), "-2147483648");
  EXPECT_EQ(of("1U << 31"), "2147483648");
  EXPECT_EQ(of("1ULL << 40"), "1099511627776");
  EXPECT_EQ(of("0x80000000 + 0x80000000"), "0");
  EXPECT_EQ(of("2147483648 * 2"), "4294967296");
  EXPECT_EQ(of("(u64)REC->i >> 32"), "4294967295");
  EXPECT_EQ(of("~0U"), "4294967295");
}

TEST(PrintValues, CastsCutAndCarry) {
  EXPECT_EQ(value("(u8)REC->i"), "254");
  EXPECT_EQ(value("(s8)REC->b"), "-56");
  EXPECT_EQ(value("(unsigned int)REC->i"), "4294967294");
  EXPECT_EQ(value("(unsigned long long)(REC->i)"), "-2");
  EXPECT_EQ(value("(some_type_t)REC->b"), "200");
  EXPECT_EQ(value("(struct page *)5 == 5"), "1");
  EXPECT_EQ(value("sizeof(u32) + sizeof(REC->words) + sizeof(char *)"), "18");
}

TEST(PrintValues, ElementsOfArrays) {
  EXPECT_EQ(value("REC->words[1]"), "2");
  EXPECT_EQ(value("((u32 *)__get_dynamic_array(dyn))[0]"), "7");
  EXPECT_EQ(value("((s32 *)__get_dynamic_array(dyn))[1]"), "-1");
  EXPECT_EQ(value("*(u16 *)__get_dynamic_array(dyn)"), "7");
  EXPECT_EQ(value("__get_dynamic_array_len(dyn) / sizeof(u32)"), "2");
  EXPECT_EQ(value("__builtin_expect(REC->b, 0)"), "200");
}

TEST(PrintValues, WhatCannotBeWorkedOutShowsTheFields) {
  EXPECT_TRUE(value("REC->words[3]").starts_with("[FAILED TO PARSE] i=-2 b=200 words=ARRAY[01,"));
  EXPECT_TRUE(value("1 / (REC->b - 200)").starts_with("[FAILED TO PARSE]"));
  EXPECT_TRUE(value("1 % 0").starts_with("[FAILED TO PARSE]"));
  EXPECT_EQ(value("0 && 1 / 0"), "0");
  EXPECT_EQ(value("1 || 1 / 0"), "1");
}

TEST(PrintValues, NoOperationIsWithoutAResult) {
  EXPECT_EQ(value("(-9223372036854775807 - 1) / -1"), "-9223372036854775808");
  EXPECT_EQ(value("(-9223372036854775807 - 1) % -1"), "0");
  EXPECT_EQ(value("1LL << 65"), "2");
  EXPECT_EQ(value("-8 >> 33"), "-4");
}

}  // namespace
}  // namespace simdprof
