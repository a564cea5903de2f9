#include "decoders/tracepoint/tracepoint_text.h"

#include <gtest/gtest.h>

#include "tests/decoders/tracepoint/said.h"

namespace simdprof {
namespace {

using test::raw;
using test::said;

constexpr std::string_view kFields =
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
    "\tfield:__data_loc char[] name;\toffset:4;\tsize:4;\tsigned:0;\n"
    "\tfield:char comm[4];\toffset:8;\tsize:4;\tsigned:0;\n"
    "\tfield:long n;\toffset:12;\tsize:8;\tsigned:1;\n"
    "\tfield:void * p;\toffset:20;\tsize:8;\tsigned:0;\n";
const test::Bytes kRaw = raw({7,   0,   0,   0,   28, 0, 3, 0, 'c', 'm', 'd', '!', 254, 255, 255, 255,
                              255, 255, 255, 255, 16, 0, 0, 0, 0,   0,   0,   0,   'h', 'i', 0,   0});

TEST(TracepointText, SaysWhatTheFormatSays) {
  EXPECT_EQ(said(kFields, R"("%s of %s: %ld", __get_str(name), REC->comm, REC->n)", kRaw), "hi of cmd!: -2");
}

TEST(TracepointText, ShowsTheFieldsOfAFormatThatIsNotUnderstood) {
  EXPECT_EQ(said(kFields, R"("%s", ({ 1; }))", kRaw), "[FAILED TO PARSE] name=hi comm=cmd! n=-2 p=0x10");
}

// Whatever is cut off: the text, or the fields as far as they are there; nothing is read beyond.
TEST(TracepointText, OfEveryCutIsShownOrSaidToBeShort) {
  for (std::size_t size = 0; size < kRaw.size(); ++size) {
    const test::Bytes cut(kRaw.begin(), kRaw.begin() + static_cast<std::ptrdiff_t>(size));
    const std::string text = said(kFields, R"("%s %s %ld %p", __get_str(name), REC->comm, REC->n, REC->p)", cut);
    if (size >= 31) {
      EXPECT_EQ(text, "hi cmd! -2 0x10");
    } else {
      EXPECT_TRUE(text.starts_with("[FAILED TO PARSE] name=?")) << size << text;
      EXPECT_EQ(text.ends_with(" p=?"), size < 28) << size << text;
    }
  }
}

// Fields may lie over each other: 500 of 60,000 bytes.
TEST(TracepointText, IsBoundedWhateverTheFieldsSay) {
  std::string fields;
  for (int i = 0; i < 500; ++i) {
    fields += "\tfield:u8 f" + std::to_string(i) + "[60000];\toffset:0;\tsize:60000;\tsigned:0;\n";
  }
  const test::Bytes raw(60000, std::byte{1});
  EXPECT_EQ(said(fields, "REC", raw).size(), 65536U);
  std::string print = "\"";
  for (int i = 0; i < 400; ++i) print += "%.0s";
  print += "\"";
  for (int i = 0; i < 400; ++i) print += ", __print_hex(REC->f0, 60000)";
  EXPECT_EQ(said(fields, print, raw), "");
}

TEST(TracepointText, ShowsControlCharactersOfASample) {
  constexpr std::string_view kField = "\tfield:char c[8];\toffset:0;\tsize:8;\tsigned:0;\n";
  EXPECT_EQ(said(kField, R"("%s", REC->c)", raw({'a', 0x1b, '[', '\n', 0xc3, 0xa4, 'b', 0})),
            "a\\x1b[\\n\xc3\xa4"
            "b");
}

TEST(TracepointText, ReadsBigEndianBytes) {
  constexpr std::string_view kField = "\tfield:int v;\toffset:0;\tsize:4;\tsigned:1;\n";
  EXPECT_EQ(said(kField, R"("%d", REC->v)", raw({0, 0, 1, 2}), std::endian::big), "258");
}

TEST(TracepointText, KnowsTheTracepointsThatWereAdded) {
  TracepointText text(std::endian::little, 8);
  test::TwoFunctions names;
  std::string out;
  EXPECT_FALSE(text.append(out, 7, {}, names));
  EXPECT_EQ(text.format(7), nullptr);
  EXPECT_FALSE(text.add_format("sys", "no format"));
  ASSERT_TRUE(text.add_format("sys", test::format_text("", "\"ok\"")));
  EXPECT_TRUE(text.append(out, 7, {}, names));
  EXPECT_EQ(out, "ok");
  EXPECT_EQ(text.format(7)->system, "sys");
}

TEST(TracepointText, LinesOfKernelTextsThatAreNoneAreLeftOut) {
  TracepointText text(std::endian::little, 8);
  text.add_kernel_texts("0x10 : \"ten\\n\"\nnonsense\n0x : \"x\"\n0x20\n0x30 : \"\n0x40 : \"forty\"");
  ASSERT_TRUE(text.add_format("sys", test::format_text("", R"("%s %s %s %s", 16, 32, 48, 64)")));
  test::TwoFunctions names;
  std::string out;
  text.append(out, 7, {}, names);
  EXPECT_EQ(out, "ten 20 30 forty");
}

}  // namespace
}  // namespace simdprof
