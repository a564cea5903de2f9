#include "lib/report/finding_tally.h"

#include <gtest/gtest.h>

#include "tests/lib/report/finding_fixture.h"

namespace simdprof {
namespace {

using test::finding_of;

TEST(FindingTally, CountsByRuleGravestFirst) {
  FindingTally tally;
  tally.add(finding_of(RuleId::r12, Severity::guard));
  tally.add(finding_of(RuleId::r12, Severity::guard));
  tally.add(finding_of(RuleId::r6, Severity::medium));
  tally.add(finding_of(RuleId::r6, Severity::strong));
  tally.add(finding_of(RuleId::r2, Severity::error));
  const auto rules = tally.rules();
  ASSERT_EQ(rules.size(), 4U);
  EXPECT_EQ(rules[0].rule, RuleId::r2);
  EXPECT_EQ(rules[1].rule, RuleId::r6);
  EXPECT_EQ(rules[1].severity, Severity::strong);
  EXPECT_EQ(rules[2].severity, Severity::medium);
  EXPECT_EQ(rules[3].samples, 2U);
  EXPECT_EQ(rules[3].name, "a rule, in words");
  EXPECT_EQ(tally.count(Severity::error), 1U);
  EXPECT_EQ(tally.count(Severity::info), 0U);
  EXPECT_TRUE(tally.rows().empty()) << "not asked for";
}

TEST(FindingTally, AThreadsFindingCountsItsSamples) {
  FindingTally tally;
  Finding finding = finding_of(RuleId::r15, Severity::info);
  finding.whole_thread = true;
  finding.thread_samples = 40;
  tally.add(finding);
  EXPECT_EQ(tally.count(Severity::info), 40U);
}

TEST(FindingTally, RowsAreTellingPlaceCpuAndThreadApart) {
  FindingTally tally(true);
  tally.add(finding_of(RuleId::r1, Severity::error, 43, 1, 500));
  tally.add(finding_of(RuleId::r1, Severity::error, 43, 1, 400));
  tally.add(finding_of(RuleId::r1, Severity::error, 43, 2));
  tally.add(finding_of(RuleId::r1, Severity::error, 44, 1));
  tally.add(finding_of(RuleId::r1, Severity::error, 43, 1, 1000, 7));
  const auto rows = tally.rows();
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].samples, 2U) << "largest first";
  EXPECT_EQ(rows[0].first.sample.time_ns, 400U) << "the earliest";
  EXPECT_EQ(rows[1].first.sample.tid, 43);
  EXPECT_EQ(rows[1].first.sample.cpu, 1U);
  EXPECT_EQ(rows[1].first.sample.place, 7U);
  EXPECT_EQ(rows[2].first.sample.cpu, 2U);
  EXPECT_EQ(rows[3].first.sample.tid, 44);
}

TEST(FindingTally, AFilteredSampleIsCountedButNotListed) {
  FindingTally tally(true);
  tally.add(finding_of(RuleId::r1, Severity::error, 43, 1, 500, kNotListed));
  EXPECT_TRUE(tally.rows().empty());
  EXPECT_EQ(tally.count(Severity::error), 1U);
}

}  // namespace
}  // namespace simdprof
