#include "cmd/field_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <string>

#include "lib/report/escape.h"

namespace simdprof::cmd {
namespace {

template <class Append, class... Args>
std::string text_of(Append append, Args... args) {
  TextBuffer out;
  append(out, args...);
  return fmt::to_string(out);
}
std::string json(std::string_view text) { return text_of(append_json_string, text); }
std::string csv(std::string_view text) { return text_of(append_csv, text); }
std::string tsv(std::string_view text) { return text_of(append_tsv, text); }

TEST(Decimal, IsRightAligned) {
  EXPECT_EQ(text_of(append_decimal, 7U, 3U), "  7");
  EXPECT_EQ(text_of(append_decimal, 12345U, 3U), "12345");
  EXPECT_EQ(text_of(append_decimal, std::uint64_t{18446744073709551615U}, 0U), "18446744073709551615");
}

TEST(HexAligned, HasNoPrefixAndNoLeadingZeros) {
  EXPECT_EQ(text_of(append_hex_aligned, 0x401136U, 16U), "          401136");
  EXPECT_EQ(text_of(append_hex_aligned, 0xffffffff81000130U, 16U), "ffffffff81000130");
  EXPECT_EQ(text_of(append_hex_aligned, std::uint64_t{0}, 4U), "   0");
}

TEST(Padding, GoesBeyondOneBlock) { EXPECT_EQ(text_of(append_padding, 1U, 101U), std::string(100, ' ')); }

TEST(Seconds, AreCutNotRounded) {
  EXPECT_EQ(text_of(append_seconds, std::uint64_t{1953835577999}, 6U), "1953.835577");
  EXPECT_EQ(text_of(append_seconds, std::uint64_t{1953835577999}, 9U), "1953.835577999");
  EXPECT_EQ(text_of(append_seconds, std::uint64_t{5}, 9U), "0.000000005");
  EXPECT_EQ(text_of(append_seconds, std::uint64_t{999}, 6U), "0.000000");
}

/// The zone of the test, until it ends.
class TimeZone {
 public:
  explicit TimeZone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  TimeZone(const TimeZone&) = delete;
  TimeZone& operator=(const TimeZone&) = delete;
  ~TimeZone() {
    ::unsetenv("TZ");
    ::tzset();
  }
};

TEST(WallTime, IsLocalAndCutNotRounded) {
  constexpr std::uint64_t kMoment = 1'600'000'000'123'456'789;
  const TimeZone utc("UTC0");
  EXPECT_EQ(text_of(append_wall_time, kMoment, 6U), "2020-09-13 12:26:40.123456");
  EXPECT_EQ(text_of(append_wall_time, kMoment, 9U), "2020-09-13 12:26:40.123456789");
  EXPECT_EQ(text_of(append_wall_time, std::uint64_t{1'600'000'000'000'000'999}, 6U), "2020-09-13 12:26:40.000000");
  const TimeZone east("EST-2");
  EXPECT_EQ(text_of(append_wall_time, kMoment, 6U), "2020-09-13 14:26:40.123456");
}

TEST(WallTime, AnyNumberIsSomeTime) {
  const TimeZone utc("UTC0");
  EXPECT_EQ(text_of(append_wall_time, std::uint64_t{0}, 6U), "1970-01-01 00:00:00.000000");
  EXPECT_EQ(text_of(append_wall_time, ~std::uint64_t{0}, 9U), "2554-07-21 23:34:33.709551615");
}

TEST(JsonString, EscapesWhatJsonForbids) {
  EXPECT_EQ(json(R"(a"b\c)"), R"("a\"b\\c")");
  EXPECT_EQ(json("a\nb\t\x01\x7f"), R"("a\u000ab\u0009\u0001\u007f")");
  EXPECT_EQ(json(std::string_view("a\0b", 3)), R"("a\u0000b")");
  EXPECT_EQ(json(""), R"("")");
}

TEST(JsonString, KeepsValidUtf8AndReplacesEveryOtherByte) {
  EXPECT_EQ(json("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"), "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"");
  EXPECT_EQ(json("\xff"), R"("\ufffd")");
  EXPECT_EQ(json("\xc3"), R"("\ufffd")");                      // cut
  EXPECT_EQ(json("\xc0\xaf"), R"("\ufffd\ufffd")");            // overlong
  EXPECT_EQ(json("\xed\xa0\x80"), R"("\ufffd\ufffd\ufffd")");  // surrogate
  EXPECT_EQ(json("\xf4\x90\x80\x80x"), R"("\ufffd\ufffd\ufffd\ufffdx")");
  EXPECT_EQ(json("\xe2\x82"), R"("\ufffd\ufffd")");
}

TEST(JsonHex, IsAString) { EXPECT_EQ(text_of(append_json_hex, std::uint64_t{0xff}), "\"0xff\""); }

// RFC 4180, section 2, rules 5 to 7.
TEST(CsvCell, QuotesOnlyWhereItMust) {
  EXPECT_EQ(csv("plain name"), "plain name");
  EXPECT_EQ(csv("f(int, char)"), "\"f(int, char)\"");
  EXPECT_EQ(csv("operator\"\""), "\"operator\"\"\"\"\"");
  EXPECT_EQ(csv("a\r\nb"), "\"a\r\nb\"");
}

TEST(TsvCell, HoldsNoTabAndNoLineBreak) { EXPECT_EQ(tsv("a\tb\nc\rd\\"), "a\\tb\\nc\\rd\\\\"); }

}  // namespace
}  // namespace simdprof::cmd
