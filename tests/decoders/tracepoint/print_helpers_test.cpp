#include "decoders/tracepoint/print_text.h"

#include <gtest/gtest.h>

#include "tests/decoders/tracepoint/said.h"

namespace simdprof {
namespace {

using test::raw;
using test::said;

TEST(PrintHelpers, FlagsAndNames) {
  constexpr std::string_view kField = "\tfield:int v;\toffset:0;\tsize:4;\tsigned:1;\n";
  const std::string flags =
      R"("%s", __print_flags(REC->v, "|", { 1, "A" }, { 2, "B" }, { 12, "C" }, { 0, ((void *)0) }))";
  EXPECT_EQ(said(kField, flags, raw({3, 0, 0, 0})), "A|B");
  EXPECT_EQ(said(kField, flags, raw({13, 0, 0, 0})), "A|C");
  EXPECT_EQ(said(kField, flags, raw({20, 0, 0, 0})), "0x14");
  EXPECT_EQ(said(kField, flags, raw({17, 0, 0, 0})), "A|0x10");
  EXPECT_EQ(said(kField, flags, raw({0, 0, 0, 0})), "");
  const std::string names = R"("%-4s|", __print_symbolic(REC->v, { 1, "one" }, { (-1), "minus" }, { NAME, "name" }))";
  EXPECT_EQ(said(kField, names, raw({1, 0, 0, 0})), "one |");
  EXPECT_EQ(said(kField, names, raw({255, 255, 255, 255})), "minus|");
  EXPECT_EQ(said(kField, names, raw({2, 0, 0, 0})), "0x2 |");
  EXPECT_EQ(said(kField, R"("%s", REC->v ? "yes" : REC->v ? "" : "no")", raw({0, 0, 0, 0})), "no");
}

TEST(PrintHelpers, ArraysOfBytesAndNumbers) {
  constexpr std::string_view kField =
      "\tfield:u8 mac[6];\toffset:0;\tsize:6;\tsigned:0;\n\tfield:u16 half[3];\toffset:0;\tsize:6;\tsigned:0;\n";
  const auto bytes = raw({1, 2, 0xa0, 0xb0, 0xff, 0});
  EXPECT_EQ(said(kField, R"("%s", __print_hex(REC->mac, 3))", bytes), "01 02 a0");
  EXPECT_EQ(said(kField, R"("%s", __print_hex_str(REC->mac, 99))", bytes), "0102a0b0ff00");
  EXPECT_EQ(said(kField, R"("%s", __print_array(REC->half, 2, 2))", bytes), "513 45216");
  EXPECT_EQ(said(kField, R"("%s", __print_array(REC->half, 2, 3))", bytes), "");
}

}  // namespace
}  // namespace simdprof
