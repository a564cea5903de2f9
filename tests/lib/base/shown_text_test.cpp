#include "lib/base/shown_text.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(Shown, KeepsControlCharactersOffTheTerminal) {
  EXPECT_EQ(shown("a\nb\tc\x1b[1m\x7f"), "a\\nb\\tc\\x1b[1m\\x7f");
  EXPECT_EQ(shown(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(shown("std::vector<int, std::allocator<int> >"), "std::vector<int, std::allocator<int> >");
  EXPECT_EQ(shown("\xc3\xa9"), "\xc3\xa9");  // e with acute accent
}

}  // namespace
}  // namespace simdprof
