#include "decoders/tracepoint/print_text.h"

#include <gtest/gtest.h>

#include "tests/decoders/tracepoint/said.h"

namespace simdprof {
namespace {

using test::raw;
using test::said;

std::string plain(std::string_view print) { return said("", print, {}); }

TEST(PrintText, NumbersAsPrintfHasThem) {
  EXPECT_EQ(plain(R"("%d|%5d|%-5d|%05d|%+d|%x|%#x|%X|%o|%%|%c", 3, 4, 5, 6, 7, 255, 255, 255, 8, 'z')"),
            "3|    4|5    |00006|+7|ff|0xff|FF|10|%|z");
  EXPECT_EQ(plain(R"("%hhu %hu %u %lu %llu %zx %Lx", -1, -1, -1, -1, -1, -1, -1)"),
            "255 65535 4294967295 18446744073709551615 18446744073709551615 ffffffffffffffff ffffffffffffffff");
  EXPECT_EQ(plain(R"("%*d %.3d %-*d|", 4, 1, 2, 3, 5)"), "   1 002 5  |");
  EXPECT_EQ(plain(R"("%#x|%#X|%#6x|%#06x|%#-6x|%#o", 0, 0, 0, 0, 0, 0)"), "0x0|0X0|   0x0|0x0000|0x0   |0");
  EXPECT_EQ(said("", R"("%lx %zx", -1, -1)", {}, std::endian::little, 4), "ffffffff ffffffff");
}

TEST(PrintText, TextsHaveWidthAndPrecision) {
  EXPECT_EQ(plain(R"("[%5s|%-5s|%.2s|%.*s]", "abc", "abc", "abc", 1, "abc")"), "[  abc|abc  |ab|a]");
}

TEST(PrintText, AConversionWithoutArgumentIsEmpty) { EXPECT_EQ(plain(R"("a%db%*dc%")"), "abc"); }

TEST(PrintText, ColumnsAndTextAreBounded) {
  EXPECT_EQ(plain(R"("%999999999999d", 1)").size(), 1024U);
  std::string print = "\"";
  for (int i = 0; i < 2000; ++i) print += "%1000d";
  print += "\"";
  for (int i = 0; i < 2000; ++i) print += ", 1";
  EXPECT_EQ(plain(print).size(), kMostTracepointText);
}

TEST(PrintText, WhatOnlyTheKernelKnowsIsAQuestion) {
  EXPECT_EQ(plain(R"("a=%d b=%4d c=%d d=%p", SOME_NAME, HZ + 1, 3, jiffies_to_msecs(3, (4)))"), "a=? b=   ? c=3 d=?");
}

}  // namespace
}  // namespace simdprof
