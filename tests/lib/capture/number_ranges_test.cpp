#include "lib/capture/number_ranges.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(NumberRanges, TakesNumbersAndRangesInTheOrderWritten) {
  const auto ranges = parse_number_ranges("32-35,7,0-0", 63);
  ASSERT_TRUE(ranges);
  ASSERT_EQ(ranges->size(), 3U);
  EXPECT_EQ((*ranges)[0].first, 32U);
  EXPECT_EQ((*ranges)[0].last, 35U);
  EXPECT_EQ((*ranges)[1].first, 7U);
  EXPECT_EQ((*ranges)[1].last, 7U);
  EXPECT_EQ((*ranges)[2].last, 0U);
}

TEST(NumberRanges, TheLargestNumberIsTaken) {
  EXPECT_TRUE(parse_number_ranges("63", 63));
  EXPECT_FALSE(parse_number_ranges("64", 63));
  EXPECT_FALSE(parse_number_ranges("0-64", 63));
  EXPECT_FALSE(parse_number_ranges("99999999999", 63));
}

TEST(NumberRanges, RefusesWhatIsNone) {
  for (const char* text : {"", "a", "1,", ",1", "1-", "-1", "3-1", "1-2-3", "1 2", "0x1"}) {
    const auto ranges = parse_number_ranges(text, 63);
    ASSERT_FALSE(ranges) << text;
    EXPECT_EQ(ranges.error().code, Errc::malformed) << text;
  }
}

}  // namespace
}  // namespace simdprof
