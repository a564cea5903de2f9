#include "lib/report/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lib/report/profile_fixture.h"

namespace simdprof {
namespace {

using test::HandMadeProfile;
using testing::ElementsAre;

RowOptions with_children() {
  RowOptions options;
  options.children = true;
  return options;
}

TEST(BuildSection, WeighsByPeriodNotBySamples) {
  const HandMadeProfile made;
  const Section section = build_section(made.profile, 0, {});
  EXPECT_THAT(made.symbols(section), ElementsAre("work", "sqrt", "fib", "do_sys"));
  EXPECT_EQ(section.total.period_events, 1000U);
  EXPECT_EQ(section.rows[0].self, (Weight{4, 400}));
  EXPECT_EQ(section.rows[2].self, (Weight{2, 200}));
  EXPECT_DOUBLE_EQ(percent_of(section.rows[2].self.period_events, section.total.period_events), 20.0);
}

TEST(BuildSection, GivesChildrenToEveryFunctionOfAChain) {
  const HandMadeProfile made;
  const Section section = build_section(made.profile, 0, with_children());
  EXPECT_THAT(made.symbols(section), ElementsAre("main", "work", "mul", "sqrt", "fib", "do_sys"));
  EXPECT_EQ(made.find_row(section, "main")->self, Weight{});
  EXPECT_EQ(made.find_row(section, "main")->children, (Weight{10, 1000}));
  EXPECT_EQ(made.find_row(section, "work")->self, (Weight{4, 400}));
  EXPECT_EQ(made.find_row(section, "work")->children, (Weight{7, 700}));
  EXPECT_EQ(made.find_row(section, "mul")->self, Weight{});
  EXPECT_EQ(made.find_row(section, "mul")->children, (Weight{4, 400}));
}

TEST(BuildSection, CountsARecursiveFunctionOncePerSample) {
  const HandMadeProfile made;
  const Section section = build_section(made.profile, 0, with_children());
  EXPECT_EQ(made.find_row(section, "fib")->children, (Weight{2, 200}));
  EXPECT_EQ(made.find_row(section, "fib")->self, (Weight{2, 200}));
}

TEST(BuildSection, CountsMutualRecursionOncePerSample) {
  HandMadeProfile made;
  made.add(500, made.fib_, {made.fib_, made.work_, made.fib_, made.work_, made.main_}, {});
  const Section section = build_section(made.profile, 0, with_children());
  EXPECT_EQ(made.find_row(section, "fib")->children.period_events, 700U);
  EXPECT_EQ(made.find_row(section, "work")->children.period_events, 1200U);
  EXPECT_EQ(made.find_row(section, "main")->children.period_events, section.total.period_events);
}

TEST(BuildSection, KeepsTheSimdStateWithTheCodeThatWasHit) {
  const HandMadeProfile made;
  const Section section = build_section(made.profile, 0, with_children());
  EXPECT_EQ(made.find_row(section, "work")->simd.recorded, 4U);
  EXPECT_EQ(made.find_row(section, "work")->simd.xmm, 0U);  // sqrt, which work calls, is another row's
  EXPECT_EQ(made.find_row(section, "sqrt")->simd.xmm, 3U);
  EXPECT_EQ(made.find_row(section, "main")->simd.recorded, 0U);
  EXPECT_EQ(made.find_row(section, "fib")->simd.recorded, 0U);
}

TEST(BuildSection, LeavesOutRowsBelowTheLimitAndCountsThem) {
  const HandMadeProfile made;
  RowOptions options;
  options.percent_limit = 20;
  Section section = build_section(made.profile, 0, options);
  EXPECT_THAT(made.symbols(section), ElementsAre("work", "sqrt", "fib"));  // 20 % is not below 20 %
  EXPECT_EQ(section.rows_below_limit, 1U);
  options.percent_limit = 20.01;
  EXPECT_EQ(build_section(made.profile, 0, options).rows_below_limit, 2U);
}

TEST(BuildSection, LimitsChildrenByTheirWholeShare) {
  const HandMadeProfile made;
  RowOptions options = with_children();
  options.percent_limit = 70;
  EXPECT_THAT(made.symbols(build_section(made.profile, 0, options)), ElementsAre("main", "work"));
}

TEST(BuildSection, FiltersRowsButNotTheTotal) {
  const HandMadeProfile made;
  RowOptions options;
  options.wanted_frames.assign(made.profile.frames.size(), false);
  options.wanted_frames[made.sqrt_] = true;
  const Section section = build_section(made.profile, 0, options);
  EXPECT_THAT(made.symbols(section), ElementsAre("sqrt"));
  EXPECT_EQ(section.total.period_events, 1000U);
}

TEST(BuildSection, FiltersChildrenByTheirOwnFrame) {
  const HandMadeProfile made;
  RowOptions options = with_children();
  options.wanted_frames.assign(made.profile.frames.size(), false);
  options.wanted_frames[made.main_] = true;
  const Section section = build_section(made.profile, 0, options);
  ASSERT_THAT(made.symbols(section), ElementsAre("main"));
  EXPECT_EQ(section.rows[0].children, (Weight{10, 1000}));
}

TEST(BuildSection, JoinsFunctionsWhereOnlyTheFileIsAsked) {
  const HandMadeProfile made("dso");
  const Section section = build_section(made.profile, 0, {});
  ASSERT_EQ(section.rows.size(), 3U);
  EXPECT_EQ(made.profile.texts.text(section.rows[0].key.frame.dso), "app");
  EXPECT_EQ(section.rows[0].self, (Weight{6, 600}));
}

TEST(BuildSection, WithChildrenGivesAFileEachSampleOnce) {
  const HandMadeProfile made("dso");
  const Section section = build_section(made.profile, 0, with_children());
  ASSERT_EQ(made.profile.texts.text(section.rows[0].key.frame.dso), "app");
  EXPECT_EQ(section.rows[0].children, (Weight{10, 1000}));
}

TEST(BuildSection, GroupsByTaskAlone) {
  const HandMadeProfile made("comm,pid,tid,cpu");
  const Section section = build_section(made.profile, 0, with_children());
  ASSERT_EQ(section.rows.size(), 1U);
  EXPECT_EQ(section.rows[0].self, (Weight{10, 1000}));
  EXPECT_EQ(section.rows[0].children, (Weight{10, 1000}));
  EXPECT_EQ(section.rows[0].key.pid, 42);
  EXPECT_EQ(section.rows[0].key.tid, 43);
  EXPECT_EQ(section.rows[0].key.cpu, 1U);
}

TEST(BuildSection, GroupsByWidestState) {
  const HandMadeProfile made("simd");
  const Section section = build_section(made.profile, 0, {});
  ASSERT_EQ(section.rows.size(), 3U);
  EXPECT_EQ(section.rows[0].key.widest, SimdWidth::ymm);      // 400
  EXPECT_EQ(section.rows[1].key.widest, SimdWidth::unknown);  // 300, before XMM's 300 by order of the state
  EXPECT_EQ(section.rows[2].key.widest, SimdWidth::xmm);
}

TEST(BuildSection, OrdersTiesByNameInWhateverOrderTheyCame) {
  for (const bool swapped : {false, true}) {
    HandMadeProfile made;
    const FrameId a = made.function("app", "a", 0x10), b = made.function("app", "b", 0x08);
    made.add(900, swapped ? b : a, {}, {});
    made.add(900, swapped ? a : b, {}, {});
    EXPECT_EQ(made.symbols(build_section(made.profile, 0, {})).front(), "a");
  }
}

TEST(BuildSection, OfAnEventWithoutSamplesIsEmpty) {
  const HandMadeProfile made;
  const Section section = build_section(made.profile, 3, {});
  EXPECT_TRUE(section.rows.empty());
  EXPECT_EQ(section.total, Weight{});
}

TEST(PercentOf, NothingIsZero) {
  EXPECT_DOUBLE_EQ(percent_of(0, 0), 0.0);
  EXPECT_DOUBLE_EQ(percent_of(1, 8), 12.5);
}

}  // namespace
}  // namespace simdprof
