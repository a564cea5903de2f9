#include "cmd/report_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cmd/exit_code.h"

namespace simdprof::cmd {
namespace {

using Order = CallGraphOptions::Order;
using Share = CallGraphOptions::Share;
using testing::ElementsAre;

ReportOptions options_of(const std::vector<std::string>& words) {
  const auto parsed = parse_report_options(words);
  EXPECT_TRUE(std::holds_alternative<ReportOptions>(parsed));
  return std::holds_alternative<ReportOptions>(parsed) ? std::get<ReportOptions>(parsed) : ReportOptions{};
}

TEST(ParseReportOptions, KnowsPerfsDefaults) {
  const ReportOptions options = options_of({});
  EXPECT_EQ(options.input, "simdprof.data");
  EXPECT_THAT(options.keys.columns, ElementsAre(SortKey::overhead, SortKey::comm, SortKey::dso, SortKey::sym));
  EXPECT_EQ(options.max_stack, 127U);
  EXPECT_FALSE(options.children);
  EXPECT_FALSE(options.call_graph);
  EXPECT_FALSE(options.fail_on_loss_percent);
  EXPECT_TRUE(options.detail.inlines);
  EXPECT_FALSE(options.detail.lines);
}

TEST(ParseReportOptions, ReadsEachOption) {
  const ReportOptions options = options_of({"-i",
                                            "-",
                                            "-s",
                                            "srcline",
                                            "--format",
                                            "json",
                                            "--children",
                                            "-g",
                                            "--percent-limit",
                                            "1.5%",
                                            "--max-stack",
                                            "9",
                                            "--fail-on-loss",
                                            "2",
                                            "-q",
                                            "-v",
                                            "-c",
                                            "a,b",
                                            "--pid",
                                            "1",
                                            "--tid",
                                            "2",
                                            "-C",
                                            "3",
                                            "-d",
                                            "libm*",
                                            "-S",
                                            "sqrt",
                                            "--time",
                                            "1,2",
                                            "--no-inline",
                                            "--full-source-path",
                                            "--symfs",
                                            "/s",
                                            "--debug-dir",
                                            "/d",
                                            "--debug-dir",
                                            "/e",
                                            "--no-demangle"});
  EXPECT_EQ(options.input, "-");
  EXPECT_TRUE(options.detail.lines);
  EXPECT_FALSE(options.detail.inlines);
  EXPECT_TRUE(options.detail.full_paths);
  EXPECT_EQ(options.format, ReportFormat::json);
  EXPECT_TRUE(options.children);
  ASSERT_TRUE(options.call_graph);
  EXPECT_EQ(options.call_graph->order, Order::caller);
  EXPECT_DOUBLE_EQ(options.percent_limit, 1.5);
  EXPECT_EQ(options.max_stack, 9U);
  EXPECT_DOUBLE_EQ(options.fail_on_loss_percent.value_or(-1), 2.0);
  EXPECT_TRUE(options.quiet);
  EXPECT_TRUE(options.verbose);
  EXPECT_THAT(options.filter.comms, ElementsAre("a,b"));
  EXPECT_EQ(options.filter.pids, "1");
  EXPECT_EQ(options.filter.tids, "2");
  EXPECT_EQ(options.filter.cpus, "3");
  EXPECT_THAT(options.filter.dsos, ElementsAre("libm*"));
  EXPECT_THAT(options.filter.symbols, ElementsAre("sqrt"));
  EXPECT_EQ(options.time, "1,2");
  EXPECT_TRUE(options.filter.time.empty());  // the window narrows the total, the filters do not
  EXPECT_EQ(options.symfs, "/s");
  EXPECT_THAT(options.debug_dirs, ElementsAre("/d", "/e"));
  EXPECT_FALSE(options.demangle);
}

TEST(ParseReportOptions, TheLastOfChildrenAndNoChildrenHolds) {
  EXPECT_FALSE(options_of({"--children", "--no-children"}).children);
  EXPECT_FALSE(options_of({"--no-children"}).children);
}

TEST(ParseReportOptions, CallGraphNoneDrawsNothing) {
  EXPECT_FALSE(options_of({"-g", "--call-graph", "none"}).call_graph);
}

TEST(ParseReportOptions, WrongWordsAreAUsageError) {
  const std::vector<std::vector<std::string>> wrong = {
      {"-s", "speed"},         {"--format", "poem"},      {"--call-graph", "tree"}, {"--percent-limit", "101"},
      {"--fail-on-loss", "x"}, {"-g", "--format", "csv"}, {"--max-stack", "0"},     {"stray"},
      {"--no-such-option"},
  };
  for (const auto& words : wrong) {
    const auto parsed = parse_report_options(words);
    const int* status = std::get_if<int>(&parsed);
    ASSERT_NE(status, nullptr) << words.front();
    EXPECT_EQ(*status, kExitUsage) << words.front();
  }
}

TEST(ParseGraphView, ReadsTypePercentAndOrder) {
  const auto plain = parse_graph_view("graph", false);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->share, Share::graph);
  EXPECT_EQ(plain->order, Order::callee);
  EXPECT_DOUBLE_EQ(plain->min_percent, 0.5);
  const auto full = parse_graph_view("fractal,2.5,caller", false);
  ASSERT_TRUE(full);
  EXPECT_EQ(full->share, Share::fractal);
  EXPECT_EQ(full->order, Order::caller);
  EXPECT_DOUBLE_EQ(full->min_percent, 2.5);
}

TEST(ParseGraphView, WithChildrenLeadsToCalleesUnlessToldOtherwise) {
  EXPECT_EQ(parse_graph_view("graph", true)->order, Order::caller);
  EXPECT_EQ(parse_graph_view("graph,1,callee", true)->order, Order::callee);
}

TEST(ParseGraphView, RefusesAnythingElse) {
  for (const char* wrong : {"", "graphs", "graph,x", "graph,-1", "graph,1,up", "graph,1,caller,sym", ",1"}) {
    const auto view = parse_graph_view(wrong, false);
    ASSERT_FALSE(view) << wrong;
    EXPECT_EQ(view.error().code, Errc::usage) << wrong;
  }
}

TEST(ParsePercentValue, TakesNumbersFromZeroToAHundred) {
  EXPECT_DOUBLE_EQ(parse_percent_value("0", "--p").value_or(-1), 0.0);
  EXPECT_DOUBLE_EQ(parse_percent_value("12.25%", "--p").value_or(-1), 12.25);
  EXPECT_DOUBLE_EQ(parse_percent_value("100", "--p").value_or(-1), 100.0);
  for (const char* wrong : {"", "%", "-1", "100.1", "nan", "inf", "1e1", "5 ", "5%%"}) {
    EXPECT_FALSE(parse_percent_value(wrong, "--p")) << wrong;
  }
}

}  // namespace
}  // namespace simdprof::cmd
