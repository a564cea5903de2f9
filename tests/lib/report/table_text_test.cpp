#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/report/view.h"
#include "tests/lib/report/profile_fixture.h"

namespace simdprof {
namespace {

using test::HandMadeProfile;
using testing::HasSubstr;
using testing::Not;

TEST(RenderText, ShowsTheHandMadeProfile) {
  EXPECT_EQ(HandMadeProfile().render(render_text), test::golden("report_flat.txt"));
}

TEST(RenderText, ShowsChildrenWithTheirCallGraphs) {
  RowOptions rows;
  rows.children = true;
  rows.percent_limit = 30;
  CallGraphOptions graph;
  graph.order = CallGraphOptions::Order::caller;
  EXPECT_EQ(HandMadeProfile("overhead,sym").render(render_text, rows, graph, true),
            test::golden("report_children.txt"));
}

TEST(RenderText, QuietShowsRowsOnly) {
  EXPECT_THAT(HandMadeProfile().render(render_text, {}, std::nullopt, true), Not(HasSubstr("#")));
}

TEST(RenderText, SaysHowManyRowsTheLimitHides) {
  RowOptions rows;
  rows.percent_limit = 35;
  EXPECT_THAT(HandMadeProfile().render(render_text, rows), HasSubstr("# Rows below the percent limit, not shown: 3\n"));
}

TEST(RenderText, HasNoSimdColumnsWhereNothingIsRecorded) {
  HandMadeProfile made;
  made.profile = Profile(*parse_sort_keys("overhead,sym"));
  made.add(100, made.function("app", "main", 0x1000), {}, {});
  const std::string text = made.render(render_text);
  EXPECT_THAT(text, Not(HasSubstr("XMM")));
  EXPECT_THAT(text, HasSubstr("SIMD state of the samples: not recorded"));
  EXPECT_THAT(text, HasSubstr("# Overhead  Symbol\n"));
}

TEST(RenderText, OfArm64HasAColumnForEachVectorLength) {
  const test::Arm64Profile made("samples,sym");
  const std::string text = made.render(render_text);
  EXPECT_THAT(text, HasSubstr("# Samples    NEON  SVE512  SVE2048  Symbol\n"));
  EXPECT_THAT(text, HasSubstr("        4   25.0%   75.0%     0.0%  [.] daxpy\n"));
  EXPECT_THAT(text, HasSubstr("        2    0.0%    0.0%   100.0%  [.] wide\n"));
  EXPECT_THAT(text, HasSubstr("        1  100.0%       -        -  [.] strlen\n"));
  EXPECT_THAT(text, HasSubstr("        1       -       -        -  [.] do_sys\n"));
  EXPECT_THAT(text, HasSubstr("# SVE with the bits of a vector"));
  EXPECT_THAT(text, Not(HasSubstr("XMM")));
  EXPECT_THAT(text, Not(HasSubstr("FTZ")));
}

TEST(RenderText, WhereSveWasNotRecordedItsColumnSaysSo) {
  test::Arm64Profile made("samples,sym");
  made.profile = Profile(*parse_sort_keys("samples,sym"));
  made.add(100, made.function("app", "main", 0x1000), {}, test::Arm64Profile::state(SimdWidth::neon, 0));
  const std::string text = made.render(render_text);
  EXPECT_THAT(text, HasSubstr("# Samples    NEON  SVE  Symbol\n"));
  EXPECT_THAT(text, HasSubstr("        1  100.0%    -  [.] main\n"));
}

TEST(RenderText, TellsVectorLengthsApartAsAKey) {
  const test::Arm64Profile made("simd,samples");
  const std::string text = made.render(render_text, {}, std::nullopt, true);
  EXPECT_THAT(text, HasSubstr("  SVE512         3"));
  EXPECT_THAT(text, HasSubstr("  SVE2048        2"));
  EXPECT_THAT(text, HasSubstr("  NEON           2"));
  EXPECT_THAT(text, HasSubstr("  -              1"));
}

TEST(RenderText, ShowsEachKeyInTheOrderOfTheOption) {
  HandMadeProfile made("sym,srcline,simd,cpu,tid,pid,period,samples");
  const std::string text = made.render(render_text, {}, std::nullopt, true);
  EXPECT_THAT(text, HasSubstr("[.] sqrt"));
  EXPECT_THAT(text, HasSubstr("  -            XMM     1   43   42     300        3\n"));
}

TEST(RenderText, ShowsTheAddressOfWhatHasNoSymbol) {
  HandMadeProfile made("overhead,sym");
  Frame frame;
  frame.dso = made.profile.texts.intern("app");
  frame.start = 0x1a2b;
  frame.reason = Unresolved::no_symbols;
  made.add(1000, made.profile.frames.intern(frame), {}, {});
  EXPECT_THAT(made.render(render_text), HasSubstr("[.] 0x0000000000001a2b\n"));
}

TEST(RenderText, AHostileNameMakesNoRowAndNoEscapeSequence) {
  HandMadeProfile made;
  made.add(1000, made.function("lib\n100%", "f\x1b]0;x\x07", 0x99), {}, {});
  made.quality.command = "app\n# lost         nothing";
  const std::string text = made.render(render_text);
  EXPECT_THAT(text, HasSubstr("lib\\n100%"));
  EXPECT_THAT(text, HasSubstr("f\\x1b]0;x\\x07"));
  EXPECT_THAT(text, HasSubstr("app\\n# lost"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(RenderText, GivesEachEventItsSection) {
  HandMadeProfile made;
  made.quality.events.push_back({"page-faults", false, 1, 1, false, false});
  ProfileSample fault;
  fault.event = 1;
  fault.leaf = made.main_;
  fault.comm = made.profile.texts.intern("app");
  made.profile.add(fault);
  const std::vector<Section> sections = {build_section(made.profile, 0, {}), build_section(made.profile, 1, {})};
  fmt::memory_buffer out;
  render_text({made.profile, made.quality, sections, std::nullopt, false, false}, out);
  const std::string text = fmt::to_string(out);
  EXPECT_THAT(text, HasSubstr("# Samples: 10 of event 'task-clock'"));
  EXPECT_THAT(text, HasSubstr("# Samples: 1 of event 'page-faults'"));
  EXPECT_THAT(text, HasSubstr("   100.00%"));
}

}  // namespace
}  // namespace simdprof
