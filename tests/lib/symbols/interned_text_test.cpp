#include "lib/symbols/interned_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace simdprof {
namespace {

TEST(InternedText, EqualTextHasOneCopyThatOutlivesItsSource) {
  InternedText pool;
  std::string source = "libc.so.6";
  const auto first = pool.intern(source);
  source = "overwritten";
  EXPECT_EQ(first, "libc.so.6");
  EXPECT_EQ(pool.intern("libc.so.6").data(), first.data());
  EXPECT_NE(pool.intern("libc.so.7").data(), first.data());
}

TEST(InternedText, EarlierTextStaysWhereItIsWhenThePoolGrows) {
  InternedText pool;
  std::vector<std::string_view> kept;
  for (int i = 0; i < 20000; ++i) kept.push_back(pool.intern("symbol_" + std::to_string(i)));
  for (int i = 0; i < 20000; ++i) ASSERT_EQ(kept[static_cast<std::size_t>(i)], "symbol_" + std::to_string(i));
}

TEST(InternedText, TakesTextLargerThanItsBlocks) {
  InternedText pool;
  const std::string large(1 << 20, 'x');
  EXPECT_EQ(pool.intern(large), large);
  EXPECT_EQ(pool.intern("after"), "after");
}

TEST(InternedText, EmptyTextIsEmpty) {
  InternedText pool;
  EXPECT_TRUE(pool.intern("").empty());
}

}  // namespace
}  // namespace simdprof
