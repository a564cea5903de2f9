#include "lib/report/escape.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

template <class Append>
std::string written(Append append, std::string_view text) {
  fmt::memory_buffer out;
  append(out, text);
  return fmt::to_string(out);
}

TEST(CsvField, IsQuotedWhereRfc4180DemandsIt) {
  EXPECT_EQ(written(append_csv, "plain text"), "plain text");
  EXPECT_EQ(written(append_csv, "f(int, int)"), "\"f(int, int)\"");
  EXPECT_EQ(written(append_csv, "say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(written(append_csv, "a\nb"), "\"a\nb\"");
  EXPECT_EQ(written(append_csv, "a\rb"), "\"a\rb\"");
  EXPECT_EQ(written(append_csv, ""), "");
}

TEST(TsvField, HasNoTabAndNoLineBreak) {
  EXPECT_EQ(written(append_tsv, "a\tb\nc\rd\\e"), "a\\tb\\nc\\rd\\\\e");
  EXPECT_EQ(written(append_tsv, "f(int, int)"), "f(int, int)");
}

TEST(ValidUtf8, KeepsWhatIsValid) {
  for (const char* text :
       {"", "ascii", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(valid_utf8(text), text);
  }
}

TEST(ValidUtf8, ReplacesEachWrongByte) {
  const std::string replaced = "\xef\xbf\xbd";
  EXPECT_EQ(valid_utf8("a\xff"
                       "b"),
            "a" + replaced + "b");
  EXPECT_EQ(valid_utf8("\x80"), replaced);
  EXPECT_EQ(valid_utf8("\xc3"), replaced);                                               // cut short
  EXPECT_EQ(valid_utf8("\xe2\x82"), replaced + replaced);                                // cut short
  EXPECT_EQ(valid_utf8("\xc0\xaf"), replaced + replaced);                                // overlong
  EXPECT_EQ(valid_utf8("\xe0\x9f\xbf"), replaced + replaced + replaced);                 // overlong
  EXPECT_EQ(valid_utf8("\xed\xa0\x80"), replaced + replaced + replaced);                 // a surrogate
  EXPECT_EQ(valid_utf8("\xf0\x8f\xbf\xbf"), replaced + replaced + replaced + replaced);  // overlong
  EXPECT_EQ(valid_utf8("\xf4\x90\x80\x80"), replaced + replaced + replaced + replaced);  // above U+10FFFF
}

}  // namespace
}  // namespace simdprof
