#include "cmd/time_window.h"

#include <gtest/gtest.h>

namespace simdprof::cmd {
namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

TEST(ParseSeconds, TakesUpToNineDecimals) {
  EXPECT_EQ(parse_seconds("12").value(), 12'000'000'000U);
  EXPECT_EQ(parse_seconds("12.5").value(), 12'500'000'000U);
  EXPECT_EQ(parse_seconds("0.000000001").value(), 1U);
  EXPECT_EQ(parse_seconds("18446744073.709551615").value(), kLargest);
}

TEST(ParseSeconds, RefusesWhatIsNoTime) {
  for (const char* text : {"", ".", "1.", ".5", "-1", "+1", "1e3", "1.0000000001", " 1", "1 ", "0x1",
                           "18446744073.709551616", "99999999999999999999"}) {
    EXPECT_FALSE(parse_seconds(text)) << text;
  }
}

TEST(ParseTimeWindow, EitherEndMayBeOpen) {
  const auto closed = parse_time_window("1.5,2", std::nullopt).value();
  EXPECT_EQ(closed.begin_ns, 1'500'000'000U);
  EXPECT_EQ(closed.end_ns, 2'000'000'000U);
  const auto from = parse_time_window("1.5,", std::nullopt).value();
  EXPECT_EQ(from.begin_ns, 1'500'000'000U);
  EXPECT_EQ(from.end_ns, kLargest);
  const auto until = parse_time_window(",2", std::nullopt).value();
  EXPECT_EQ(until.begin_ns, 0U);
  EXPECT_EQ(until.end_ns, 2'000'000'000U);
}

TEST(ParseTimeWindow, BothEndsBelongToIt) {
  const auto window = parse_time_window("1,2", std::nullopt).value();
  EXPECT_FALSE(window.contains(999'999'999));
  EXPECT_TRUE(window.contains(1'000'000'000));
  EXPECT_TRUE(window.contains(2'000'000'000));
  EXPECT_FALSE(window.contains(2'000'000'001));
}

TEST(ParseTimeWindow, PercentIsOfTheRecording) {
  const TimeWindow recorded{1000, 2000};
  const auto tenth = parse_time_window("10%-20%", recorded).value();
  EXPECT_EQ(tenth.begin_ns, 1100U);
  EXPECT_EQ(tenth.end_ns, 1200U);
  const auto rest = parse_time_window("99.9%-100%", recorded).value();
  EXPECT_EQ(rest.begin_ns, 1999U);
  EXPECT_EQ(rest.end_ns, 2000U);
}

TEST(ParseTimeWindow, RefusesWhatIsNoWindow) {
  const TimeWindow recorded{1000, 2000};
  for (const char* text :
       {"", ",", "1", "1,2,3", "a,b", "2,1", "20%-10%", "0%-101%", "10%", "10-20%", "10%-20", "%-%"}) {
    const auto window = parse_time_window(text, recorded);
    ASSERT_FALSE(window) << text;
    EXPECT_EQ(window.error().code, Errc::usage) << text;
  }
  EXPECT_FALSE(parse_time_window("0%-10%", std::nullopt));
}

}  // namespace
}  // namespace simdprof::cmd
