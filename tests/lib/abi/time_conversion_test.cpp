#include "lib/abi/time_conversion.h"

#include <gtest/gtest.h>

namespace simdprof::abi {
namespace {

TEST(TimeConversion, TicksAreConvertedWithoutLosingBits) {
  EXPECT_EQ((TimeConversion{10, 1024, 5, true}.to_ns(1000)), 1005U);
  EXPECT_EQ((TimeConversion{10, 40960, 5, true}.to_ns(1000)), 40005U);
  EXPECT_EQ((TimeConversion{31, 0x80000000, 0, true}.to_ns(0xffffffffff)), 0xffffffffffU);
  // 3 GHz: a third of a ns a tick, in units of 2^-31
  const TimeConversion third{31, 715827883, 0, true};
  EXPECT_EQ(third.to_ns(3000000000), 1000000000U);
  EXPECT_NEAR(static_cast<double>(*third.to_ns(std::uint64_t{3} << 60U)), 1.152921504606847e18, 1e9);
  // 2^32 + 5 ticks of 0.5 ns, and 1000 ns at tick 0
  const TimeConversion half{31, 1U << 30U, 1000, true};
  EXPECT_EQ(half.to_ns((std::uint64_t{1} << 32) + 5), 1000 + (std::uint64_t{1} << 31) + 2);
  EXPECT_EQ(half.to_ns(std::uint64_t{1} << 55), 1000 + (std::uint64_t{1} << 54));
}

TEST(TimeConversion, ZeroMayStandBeforeTheClockBegan) {
  EXPECT_EQ((TimeConversion{31, 715827883, 0 - std::uint64_t{1000000000}, true}.to_ns(6000000000)), 1000000000U);
}

TEST(TimeConversion, WhatIsNotKnownGivesNoTime) {
  EXPECT_EQ(TimeConversion{}.to_ns(5), std::nullopt);
  EXPECT_EQ((TimeConversion{10, 1024, 5, false}.to_ns(5)), std::nullopt);
  EXPECT_EQ((TimeConversion{64, 1, 0, true}.to_ns(5)), std::nullopt);
}

TEST(TimeConversion, TheTextIsReadBack) {
  EXPECT_EQ(time_conversion_text({31, 7, 9, true}), "shift 31, mult 7, zero 9");
  const TimeConversion time = parse_time_conversion("shift 31, mult 7, zero 18446744073709551615");
  EXPECT_TRUE(time.known);
  EXPECT_EQ(time.shift, 31U);
  EXPECT_EQ(time.mult, 7U);
  EXPECT_EQ(time.zero, ~std::uint64_t{0});
}

TEST(TimeConversion, AnythingElseIsNotKnown) {
  for (const char* text :
       {"", "shift", "shift 31", "shift 31, mult 7", "shift 31, mult 7, zero", "shift 31, mult 7, zero 9x",
        "shift 64, mult 7, zero 9", "shift 31, mult 0, zero 9", "shift -1, mult 7, zero 9", "mult 7, shift 31, zero 9",
        "shift 31, mult 7, zero 18446744073709551616"}) {
    EXPECT_FALSE(parse_time_conversion(text).known) << text;
  }
}

}  // namespace
}  // namespace simdprof::abi
