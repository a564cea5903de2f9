#include "decoders/tracepoint/print_format.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/decoders/tracepoint/said.h"

namespace simdprof {
namespace {

constexpr std::string_view kFields =
    "\tfield:int a;\toffset:0;\tsize:4;\tsigned:1;\n\tfield:__data_loc char[] name;\toffset:4;\tsize:4;\tsigned:0;\n";

std::string problem(std::string_view print) {
  const auto format = parse_tracepoint_format("sys", test::format_text(kFields, print));
  const auto parsed = parse_print_format(*format, 8);
  return parsed ? "" : parsed.error().fact;
}

TEST(PrintFormat, HasAnExpressionForEachConversion) {
  const auto format =
      parse_tracepoint_format("sys", test::format_text(kFields, R"("%d %s", REC->a + 1, __get_str(name))"));
  const auto print = parse_print_format(*format, 8);
  ASSERT_TRUE(print) << print.error().fact;
  EXPECT_EQ(print->text, "%d %s");
  ASSERT_EQ(print->arguments.size(), 2U);
  const PrintNode& sum = print->nodes[print->arguments[0]];
  EXPECT_EQ(sum.kind, PrintNode::Kind::binary);
  EXPECT_EQ(sum.operation, PrintNode::Operation::add);
  EXPECT_EQ(print->nodes[sum.children[0]].kind, PrintNode::Kind::field);
  EXPECT_EQ(print->nodes[sum.children[1]].number, 1U);
  EXPECT_EQ(print->nodes[print->arguments[1]].function, PrintNode::Function::text);
}

TEST(PrintFormat, SaysWhatItDoesNotUnderstand) {
  EXPECT_EQ(problem("REC->a"), "the print format of sys:made is not understood: it has no text");
  EXPECT_NE(problem("\"%d\", REC->b").find("it has no field 'b'"), std::string::npos);
  EXPECT_NE(problem("\"%d\", (REC->a").find("it ends early"), std::string::npos);
  EXPECT_NE(problem("\"%s\", ({ int x = 1; x; })").find("'{' is not known here"), std::string::npos);
  EXPECT_NE(problem("\"%s\", f({ 1 })").find("a function has no end"), std::string::npos);
  EXPECT_NE(problem("\"%s\", __get_str(a)").find("a function of dynamic arrays has another field"), std::string::npos);
  EXPECT_NE(problem("\"%d\", REC->a REC->a").find("'REC' is not known here"), std::string::npos);
  EXPECT_NE(problem("\"%d\", sizeof(struct page)").find("sizeof a type"), std::string::npos);
  EXPECT_NE(problem("\"%d\", \"a\" 3 4").find("a number stands"), std::string::npos);
}

TEST(PrintFormat, IsNoDeeperThanTheStackAllows) {
  EXPECT_NE(problem("\"%d\", " + std::string(100000, '(')).find("too deep"), std::string::npos);
  EXPECT_NE(problem("\"%d\", " + std::string(50000, '-') + "1").find("too deep"), std::string::npos);
  std::string sum = "\"%d\", 1";
  for (int i = 0; i < 10000; ++i) sum += "+1";
  EXPECT_NE(problem(sum).find("too deep"), std::string::npos);
  std::string conditional = "\"%d\", 1";
  for (int i = 0; i < 10000; ++i) conditional += "?1:1";
  EXPECT_NE(problem(conditional).find("too deep"), std::string::npos);
  EXPECT_EQ(problem("\"%d\", " + std::string(90, '(') + "1" + std::string(90, ')')), "");
}

TEST(PrintFormat, IsNoLongerThanThoseOfKernels) {
  std::string print = "\"\"";
  for (int i = 0; i < 3000; ++i) print += ",-0";
  EXPECT_NE(problem(print).find("it is too long"), std::string::npos);
}

TEST(PrintFormat, OfEveryCutIsReadOrRefused) {
  const std::string whole =
      R"("%d %s %s", (u32)REC->a ? 3 : -sizeof(int), __print_flags(REC->a & 7, "|", { 1, "one" }, { 2, "two" }), __get_str(name))";
  EXPECT_EQ(problem(whole), "");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    if (!problem(cut).empty()) continue;
    EXPECT_EQ(std::count(cut.begin(), cut.end(), '('), std::count(cut.begin(), cut.end(), ')')) << cut;
    EXPECT_EQ(std::count(cut.begin(), cut.end(), '"') % 2, 0) << cut;
    EXPECT_NE(cut.find_last_not_of(' '), cut.find_last_of("?:-,&{")) << cut;
  }
}

}  // namespace
}  // namespace simdprof
