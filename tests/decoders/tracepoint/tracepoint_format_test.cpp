#include "decoders/tracepoint/tracepoint_format.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/decoders/tracepoint/said.h"

namespace simdprof {
namespace {

// As Linux 6.1 has it, shortened.
constexpr std::string_view kSwitch =
    "name: sched_switch\n"
    "ID: 372\n"
    "format:\n"
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
    "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"
    "\n"
    "\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
    "\tfield:long prev_state;\toffset:32;\tsize:8;\tsigned:1;\n"
    "\tfield:__data_loc char[] name;\toffset:40;\tsize:4;\tsigned:0;\n"
    "\tfield:__rel_loc u32[] steps;\toffset:44;\tsize:4;\tsigned:0;\n"
    "\tfield:const struct iovec * vec;\toffset:48;\tsize:8;\tsigned:0;\n"
    "\tfield:unsigned long args[6];\toffset:56;\tsize:48;\tsigned:0;\n"
    "\n"
    "print fmt: \"prev_comm=%s\", REC->prev_comm\n";

TEST(TracepointFormat, HasFieldsWithTheirPlacesAndKinds) {
  const auto format = parse_tracepoint_format("sched", kSwitch);
  ASSERT_TRUE(format) << format.error().fact;
  EXPECT_EQ(format->system, "sched");
  EXPECT_EQ(format->name, "sched_switch");
  EXPECT_EQ(format->id, 372U);
  EXPECT_EQ(format->print, "\"prev_comm=%s\", REC->prev_comm");
  ASSERT_EQ(format->fields.size(), 8U);
  EXPECT_TRUE(format->fields[0].is_common);
  const TracepointField& comm = format->fields[2];
  EXPECT_EQ(comm.name, "prev_comm");
  EXPECT_EQ(comm.type, "char");
  EXPECT_EQ(comm.offset, 8U);
  EXPECT_EQ(comm.bytes, 16U);
  EXPECT_TRUE(comm.is_text && comm.is_array && !comm.is_dynamic && !comm.is_common);
  EXPECT_TRUE(format->fields[3].is_signed);
  const TracepointField& name = format->fields[4];
  EXPECT_EQ(name.name, "name");
  EXPECT_TRUE(name.is_text && name.is_dynamic && !name.is_relative);
  const TracepointField& steps = format->fields[5];
  EXPECT_EQ(steps.name, "steps");
  EXPECT_EQ(steps.element_bytes, 4U);
  EXPECT_TRUE(steps.is_dynamic && steps.is_relative && !steps.is_text);
  EXPECT_EQ(format->fields[6].name, "vec");
  EXPECT_EQ(format->fields[6].type, "const struct iovec *");
  EXPECT_EQ(format->fields[7].element_bytes, 8U);
}

TEST(TracepointFormat, ThePrintFormatMayGoOverLines) {
  const auto format = parse_tracepoint_format("s", test::format_text("", "\"a\",\nREC->b"));
  ASSERT_TRUE(format);
  EXPECT_EQ(format->print, "\"a\",\nREC->b\n");
}

TEST(TracepointFormat, OfEveryCutIsReadOrRefused) {
  for (std::size_t size = 0; size < kSwitch.size(); ++size) {
    const auto format = parse_tracepoint_format("sched", kSwitch.substr(0, size));
    if (format) {
      EXPECT_EQ(format->name, "sched_switch");
      EXPECT_LE(format->fields.size(), 8U);
    } else {
      EXPECT_EQ(format.error().code, Errc::malformed);
    }
  }
}

TEST(TracepointFormat, RefusesWhatHasNoNameNoIdOrNoPlace) {
  EXPECT_FALSE(parse_tracepoint_format("s", "ID: 1\nprint fmt: \"\"\n"));
  EXPECT_FALSE(parse_tracepoint_format("s", "name: a\nprint fmt: \"\"\n"));
  EXPECT_FALSE(parse_tracepoint_format("s", "name: a\nID: x\n"));
  EXPECT_FALSE(parse_tracepoint_format("s", "name: a\nID: 1\n\tfield:int b;\toffset:0;\n"));
  EXPECT_FALSE(parse_tracepoint_format("s", "name: a\nID: 1\n\tfield:int b;\toffset:0;\tsize:70000;\n"));
  EXPECT_FALSE(parse_tracepoint_format("s", "name: a\nID: 1\n\tfield:;\toffset:0;\tsize:4;\n"));
  EXPECT_FALSE(parse_tracepoint_format("s", "name: a\nID: 1\n\tfield:int b\"c;\toffset:0;\tsize:4;\n"));
  const std::string twice = "\tfield:int b;\toffset:0;\tsize:4;\n";
  EXPECT_FALSE(parse_tracepoint_format("s", "name: a\nID: 1\n" + twice + twice));
  std::string many = "name: a\nID: 1\n";
  for (int i = 0; i < 600; ++i) many += "\tfield:int b" + std::to_string(i) + ";\toffset:0;\tsize:4;\n";
  EXPECT_EQ(parse_tracepoint_format("s", many).error().code, Errc::limit);
}

TEST(TracepointFormat, AStructIsTheBytesItHas) {
  const auto format =
      parse_tracepoint_format("s", test::format_text("\tfield:struct foo f;\toffset:0;\tsize:12;\n", "\"\""));
  EXPECT_TRUE(format->fields[0].is_array);
  EXPECT_EQ(test::said("\tfield:struct foo f;\toffset:0;\tsize:3;\n", "\"", test::raw({1, 2, 0xff})),
            "[FAILED TO PARSE] f=ARRAY[01, 02, ff]");
}

TEST(TracepointFormat, LongsAreThoseOfTheMachine) {
  const auto text = test::format_text("\tfield:__data_loc long[] v;\toffset:0;\tsize:4;\n", "\"\"");
  EXPECT_EQ(parse_tracepoint_format("s", text)->fields[0].element_bytes, 8U);
  EXPECT_EQ(parse_tracepoint_format("s", text, 4)->fields[0].element_bytes, 4U);
}

TEST(CTypeBytes, KnowsTheTypesOfTheKernel) {
  EXPECT_EQ(c_type_bytes("unsigned long", 8), 8U);
  EXPECT_EQ(c_type_bytes("unsigned long", 4), 4U);
  EXPECT_EQ(c_type_bytes("const char *", 4), 4U);
  EXPECT_EQ(c_type_bytes("__u16", 8), 2U);
  EXPECT_EQ(c_type_bytes("unsigned", 8), 4U);
  EXPECT_EQ(c_type_bytes("unsigned char", 8), 1U);
  EXPECT_EQ(c_type_bytes("long long", 4), 8U);
  EXPECT_EQ(c_type_bytes("struct page", 8), 0U);
  EXPECT_EQ(c_type_bytes("", 8), 0U);
}

}  // namespace
}  // namespace simdprof
