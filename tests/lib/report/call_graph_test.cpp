#include "lib/report/call_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lib/report/profile_fixture.h"

namespace simdprof {
namespace {

using test::HandMadeProfile;
using testing::ElementsAre;
using Order = CallGraphOptions::Order;
using Share = CallGraphOptions::Share;

/// Branches of the row of `symbol`.
std::vector<CallNode> graph_of(const HandMadeProfile& made, const char* symbol, bool children,
                               const CallGraphOptions& options) {
  RowOptions rows;
  rows.children = children;
  const Section section = build_section(made.profile, 0, rows);
  const CallGraphs graphs(made.profile, section, options);
  const Row* row = made.find_row(section, symbol);
  EXPECT_NE(row, nullptr) << symbol;
  return row == nullptr ? std::vector<CallNode>{} : graphs.build(static_cast<std::size_t>(row - section.rows.data()));
}

CallGraphOptions graph(Order order, double min_percent = 0.5, Share share = Share::graph) {
  CallGraphOptions options;
  options.order = order;
  options.min_percent = min_percent;
  options.share = share;
  return options;
}

TEST(CallGraphs, CalleeOrderLeadsFromTheHitToItsCallers) {
  const HandMadeProfile made;
  const auto roots = graph_of(made, "work", false, graph(Order::callee));
  ASSERT_EQ(roots.size(), 1U);
  EXPECT_THAT(roots[0].run, ElementsAre(made.mul_, made.work_, made.main_));
  EXPECT_EQ(roots[0].weight, (Weight{4, 400}));
  EXPECT_TRUE(roots[0].children.empty());
}

TEST(CallGraphs, CalleeOrderPartsWhereCallersDiffer) {
  HandMadeProfile made;
  made.add(100, made.sqrt_, {made.sqrt_, made.fib_, made.main_}, {});
  const auto roots = graph_of(made, "sqrt", false, graph(Order::callee));
  ASSERT_EQ(roots.size(), 1U);
  EXPECT_THAT(roots[0].run, ElementsAre(made.sqrt_));
  ASSERT_EQ(roots[0].children.size(), 2U);
  EXPECT_THAT(roots[0].children[0].run, ElementsAre(made.work_, made.main_));
  EXPECT_EQ(roots[0].children[0].weight, (Weight{3, 300}));
  EXPECT_THAT(roots[0].children[1].run, ElementsAre(made.fib_, made.main_));
  EXPECT_EQ(roots[0].children[1].weight, (Weight{1, 100}));
}

TEST(CallGraphs, CallerOrderLeadsFromTheFunctionToWhatItCalls) {
  const HandMadeProfile made;
  const auto roots = graph_of(made, "main", true, graph(Order::caller));
  ASSERT_EQ(roots.size(), 1U);
  EXPECT_THAT(roots[0].run, ElementsAre(made.main_));
  EXPECT_EQ(roots[0].weight, (Weight{10, 1000}));
  const auto& callees = roots[0].children;
  ASSERT_EQ(callees.size(), 3U);
  EXPECT_THAT(callees[0].run, ElementsAre(made.work_));
  EXPECT_EQ(callees[0].weight, (Weight{7, 700}));
  ASSERT_EQ(callees[0].children.size(), 2U);
  EXPECT_THAT(callees[0].children[0].run, ElementsAre(made.mul_));
  EXPECT_THAT(callees[0].children[1].run, ElementsAre(made.sqrt_));
  EXPECT_THAT(callees[1].run, ElementsAre(made.fib_, made.fib_, made.fib_));
  EXPECT_THAT(callees[2].run, ElementsAre(made.do_sys_));
}

TEST(CallGraphs, WithChildrenACalleeGraphShowsTheCallersOfAnInnerFunction) {
  const HandMadeProfile made;
  const auto roots = graph_of(made, "work", true, graph(Order::callee));
  ASSERT_EQ(roots.size(), 1U);
  EXPECT_THAT(roots[0].run, ElementsAre(made.work_, made.main_));
  EXPECT_EQ(roots[0].weight, (Weight{7, 700}));
}

TEST(CallGraphs, RecursionHasEachSampleOnceFromItsOutermostCall) {
  const HandMadeProfile made;
  const auto roots = graph_of(made, "fib", true, graph(Order::caller));
  ASSERT_EQ(roots.size(), 1U);
  EXPECT_THAT(roots[0].run, ElementsAre(made.fib_, made.fib_, made.fib_));
  EXPECT_EQ(roots[0].weight, (Weight{2, 200}));
}

TEST(CallGraphs, WithoutChildrenACallerGraphIsTheWholeChainFromTheOutside) {
  const HandMadeProfile made;
  const auto roots = graph_of(made, "sqrt", false, graph(Order::caller));
  ASSERT_EQ(roots.size(), 1U);
  EXPECT_THAT(roots[0].run, ElementsAre(made.main_, made.work_, made.sqrt_));
}

TEST(CallGraphs, LeaveOutBranchesBelowTheirShareOfTheTotal) {
  const HandMadeProfile made;
  const auto roots = graph_of(made, "main", true, graph(Order::caller, 20));
  ASSERT_EQ(roots[0].children.size(), 2U);  // do_sys has 10 %
  EXPECT_THAT(roots[0].children[1].run, ElementsAre(made.fib_, made.fib_, made.fib_));
}

TEST(CallGraphs, FractalSharesAreOfTheNodeAbove) {
  const HandMadeProfile made;
  // sqrt has 300 of work's 700: 42.9 %; of the total it has 30 %.
  EXPECT_EQ(graph_of(made, "main", true, graph(Order::caller, 42, Share::fractal))[0].children[0].children.size(), 2U);
  EXPECT_EQ(graph_of(made, "main", true, graph(Order::caller, 43, Share::fractal))[0].children[0].children.size(), 1U);
}

TEST(CallGraphs, ARunEndsWhereSomeSamplesEnd) {
  HandMadeProfile made;
  made.add(100, made.main_, {made.main_}, {});
  const auto roots = graph_of(made, "main", true, graph(Order::caller));
  EXPECT_THAT(roots[0].run, ElementsAre(made.main_));
  EXPECT_EQ(roots[0].weight, (Weight{11, 1100}));
}

TEST(CallGraphs, OfARowWithoutChainsIsEmpty) {
  HandMadeProfile made;
  const FrameId alone = made.function("app", "alone", 0x9000);
  made.add(100, alone, {}, {});
  EXPECT_TRUE(graph_of(made, "alone", false, graph(Order::callee)).empty());
}

}  // namespace
}  // namespace simdprof
