#include "lib/report/call_graph_text.h"

#include <gtest/gtest.h>

#include "tests/lib/report/profile_fixture.h"

namespace simdprof {
namespace {

using test::HandMadeProfile;

std::string drawn(const HandMadeProfile& made, const std::vector<CallNode>& branches, const Weight& row,
                  CallGraphOptions::Share share = CallGraphOptions::Share::graph) {
  CallGraphOptions options;
  options.share = share;
  fmt::memory_buffer out;
  render_call_graph(made.profile, branches, options, row, 1000, out);
  return fmt::to_string(out);
}

CallNode node(std::vector<FrameId> run, Weight weight, std::vector<CallNode> children = {}) {
  CallNode made;
  made.run = std::move(run);
  made.weight = weight;
  made.children = std::move(children);
  return made;
}

TEST(CallGraphText, ASingleBranchStandsWithoutAPercentage) {
  const HandMadeProfile made;
  EXPECT_EQ(drawn(made, {node({made.mul_, made.work_, made.main_}, {4, 400})}, {4, 400}),
            "            |\n"
            "            ---mul (inlined)\n"
            "               work\n"
            "               main\n"
            "\n");
}

TEST(CallGraphText, PipesGoOnUntilTheLastBranch) {
  const HandMadeProfile made;
  const auto root = node({made.main_}, {10, 1000},
                         {node({made.work_}, {7, 700}, {node({made.mul_}, {4, 400}), node({made.sqrt_}, {3, 300})}),
                          node({made.fib_, made.fib_}, {2, 200}), node({made.do_sys_}, {1, 100})});
  EXPECT_EQ(drawn(made, {root}, {10, 1000}),
            "            |\n"
            "            ---main\n"
            "               |\n"
            "               |--70.00%--work\n"
            "               |          |\n"
            "               |          |--40.00%--mul (inlined)\n"
            "               |          |\n"
            "               |           --30.00%--sqrt\n"
            "               |\n"
            "               |--20.00%--fib\n"
            "               |          fib\n"
            "               |\n"
            "                --10.00%--do_sys\n"
            "\n");
}

TEST(CallGraphText, SeveralRootsHaveTheirShares) {
  const HandMadeProfile made;
  EXPECT_EQ(drawn(made, {node({made.work_}, {3, 300}), node({made.fib_}, {1, 100})}, {4, 400}),
            "            |\n"
            "            |--30.00%--work\n"
            "            |\n"
            "             --10.00%--fib\n"
            "\n");
}

TEST(CallGraphText, FractalSharesAreOfTheNodeAbove) {
  const HandMadeProfile made;
  EXPECT_EQ(drawn(made, {node({made.work_}, {3, 300}), node({made.fib_}, {1, 100})}, {4, 400},
                  CallGraphOptions::Share::fractal),
            "            |\n"
            "            |--75.00%--work\n"
            "            |\n"
            "             --25.00%--fib\n"
            "\n");
}

TEST(CallGraphText, NoBranchesNoLines) {
  const HandMadeProfile made;
  EXPECT_EQ(drawn(made, {}, {4, 400}), "");
}

TEST(CallGraphText, AHostileNameStaysOnItsLine) {
  HandMadeProfile made;
  const FrameId evil = made.function("app", "a\nb\x1b[31m", 0x66);
  EXPECT_EQ(drawn(made, {node({evil}, {1, 1})}, {1, 1}),
            "            |\n"
            "            ---a\\nb\\x1b[31m\n"
            "\n");
}

}  // namespace
}  // namespace simdprof
