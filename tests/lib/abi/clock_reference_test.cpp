#include "lib/abi/clock_reference.h"

#include <gtest/gtest.h>

namespace simdprof::abi {
namespace {

TEST(ClockReference, TurnsTimesOfTheClockIntoTimesOfDay) {
  const ClockReference reference{1, 5'000'000'000, 1'600'000'000'000'000'000};
  EXPECT_EQ(reference.wall_at(5'000'000'000), 1'600'000'000'000'000'000U);
  EXPECT_EQ(reference.wall_at(7'500'000'001), 1'600'000'002'500'000'001U);
  EXPECT_EQ(reference.wall_at(4'999'999'999), 1'599'999'999'999'999'999U) << "before the moment";
}

TEST(ClockReference, IsReadBackFromItsText) {
  const ClockReference reference{4, 27'104'500'000'000, 1'795'364'411'000'000'000};
  const std::string text = clock_reference_text(reference);
  EXPECT_EQ(text, "clock 4 at 27104500000000 ns was 1795364411000000000 ns after 1970");
  const auto read = parse_clock_reference(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->clockid, 4U);
  EXPECT_EQ(read->clock_ns, reference.clock_ns);
  EXPECT_EQ(read->wall_ns, reference.wall_ns);
}

TEST(ClockReference, OtherTextIsNone) {
  const std::string whole = "clock 1 at 2 ns was 3 ns after 1970";
  ASSERT_TRUE(parse_clock_reference(whole));
  for (std::size_t cut = 0; cut < whole.size(); ++cut) EXPECT_FALSE(parse_clock_reference(whole.substr(0, cut))) << cut;
  for (const char* text :
       {"clock -1 at 2 ns was 3 ns after 1970", "clock 1 at 99999999999999999999 ns was 3 ns after 1970",
        "clock 1 at 2 ns was 3 ns after 1970 ", "clock 4294967296 at 2 ns was 3 ns after 1970"}) {
    EXPECT_FALSE(parse_clock_reference(text)) << text;
  }
}

}  // namespace
}  // namespace simdprof::abi
