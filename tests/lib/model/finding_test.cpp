#include "lib/model/finding.h"

#include <gtest/gtest.h>

#include <set>

namespace simdprof {
namespace {

TEST(Finding, EverySeverityHasItsWordAndTheyRise) {
  EXPECT_EQ(severity_name(Severity::info), "info");
  EXPECT_EQ(severity_name(Severity::guard), "guard");
  EXPECT_EQ(severity_name(Severity::medium), "medium");
  EXPECT_EQ(severity_name(Severity::strong), "strong");
  EXPECT_EQ(severity_name(Severity::error), "error");
  EXPECT_LT(Severity::medium, Severity::strong);
  EXPECT_LT(Severity::strong, Severity::error);
}

TEST(Finding, RulesAreNamedByTheirNumber) {
  EXPECT_EQ(rule_id_name(RuleId::r1), "R1");
  EXPECT_EQ(rule_id_name(RuleId::r9), "R9");
  EXPECT_EQ(rule_id_name(RuleId::r16), "R16");
  EXPECT_EQ(rule_id_name(static_cast<RuleId>(0)), "unknown");
  EXPECT_EQ(rule_id_name(static_cast<RuleId>(17)), "unknown");
}

TEST(Finding, DistrustNamesTheSetsAndValues) {
  EXPECT_EQ(distrust_name(kDistrustNothing), "nothing");
  EXPECT_EQ(distrust_name(kDistrustUserVectors), "user-vectors");
  EXPECT_EQ(distrust_name(kDistrustUserGpr | kDistrustIntrGpr), "user-gpr,intr-gpr");
  EXPECT_EQ(distrust_name(15), "user-gpr,user-vectors,intr-gpr,intr-vectors");
  std::set<std::string_view> names;
  for (std::uint8_t bits = 0; bits < 16; ++bits) names.insert(distrust_name(bits));
  EXPECT_EQ(names.size(), 16U);
}

}  // namespace
}  // namespace simdprof
