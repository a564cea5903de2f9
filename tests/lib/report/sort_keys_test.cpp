#include "lib/report/sort_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace simdprof {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ParseSortKeys, KeepsTheOrderOfTheColumns) {
  const auto keys = parse_sort_keys("sym,overhead,pid");
  ASSERT_TRUE(keys);
  EXPECT_THAT(keys->columns, ElementsAre(SortKey::sym, SortKey::overhead, SortKey::pid));
  EXPECT_TRUE(keys->has(SortKey::pid));
  EXPECT_FALSE(keys->has(SortKey::tid));
}

TEST(ParseSortKeys, PutsOverheadFirstWhereNoMeasureIsNamed) {
  EXPECT_THAT(parse_sort_keys("dso")->columns, ElementsAre(SortKey::overhead, SortKey::dso));
  EXPECT_THAT(parse_sort_keys("dso,samples")->columns, ElementsAre(SortKey::dso, SortKey::samples));
}

TEST(ParseSortKeys, TakesPerfsNames) {
  EXPECT_THAT(parse_sort_keys("sample,symbol")->columns, ElementsAre(SortKey::samples, SortKey::sym));
}

TEST(ParseSortKeys, RefusesUnknownRepeatedAndMissingKeys) {
  for (const char* wrong : {"", ",", "dso,", "dso,,sym", "speed", "dso,dso", "sym,symbol", " dso"}) {
    const auto keys = parse_sort_keys(wrong);
    ASSERT_FALSE(keys) << wrong;
    EXPECT_EQ(keys.error().code, Errc::usage) << wrong;
  }
  EXPECT_THAT(parse_sort_keys("speed").error().fact, HasSubstr("overhead, samples, period"));
}

TEST(SortKeys, TellWhetherRowsDependOnTheFrame) {
  EXPECT_FALSE(parse_sort_keys("comm,pid,tid,cpu,simd")->by_frame());
  for (const char* key : {"dso", "sym", "srcline"}) EXPECT_TRUE(parse_sort_keys(key)->by_frame()) << key;
}

}  // namespace
}  // namespace simdprof
