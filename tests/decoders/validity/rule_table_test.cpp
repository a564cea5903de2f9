#include "decoders/validity/rule_table.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace simdprof {
namespace {

TEST(RuleTable, HasAllRulesInTheirOrder) {
  ASSERT_EQ(rule_table().size(), kRuleCount);
  for (std::size_t i = 0; i < kRuleCount; ++i) {
    const Rule& rule = rule_table()[i];
    EXPECT_EQ(static_cast<std::size_t>(rule.id), i + 1);
    EXPECT_EQ(&rule_of(rule.id), &rule);
  }
}

TEST(RuleTable, EveryRuleExplainsItself) {
  std::set<std::string_view> names;
  for (const Rule& rule : rule_table()) {
    EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
    EXPECT_FALSE(rule.says.empty()) << rule.name;
    EXPECT_FALSE(rule.false_positives.empty()) << rule.name;
  }
}

TEST(RuleTable, SeveritiesAreThoseOfTheSpecification) {
  const auto with = [](Severity severity) {
    std::set<std::string> ids;
    for (const Rule& rule : rule_table()) {
      if (rule.severity == severity) ids.insert(std::string(rule_id_name(rule.id)));
    }
    return ids;
  };
  using Ids = std::set<std::string>;
  EXPECT_EQ(with(Severity::error), (Ids{"R1", "R2", "R3", "R9", "R14"}));
  EXPECT_EQ(with(Severity::strong), (Ids{"R4", "R5", "R6"}));
  EXPECT_EQ(with(Severity::medium), (Ids{"R7", "R8"}));
  EXPECT_EQ(with(Severity::info), (Ids{"R10", "R11", "R15"}));
  EXPECT_EQ(with(Severity::guard), (Ids{"R12", "R13", "R16"}));
}

TEST(RuleTable, TheManualHasEveryRuleByItsNameAndSeverity) {
  std::ifstream file(std::string(SIMDPROF_SOURCE_DIR) + "/man/simdprof-findings.7");
  std::ostringstream read;
  read << file.rdbuf();
  const std::string page = read.str();
  for (const Rule& rule : rule_table()) {
    const std::string heading = ".Ss " + std::string(rule_id_name(rule.id)) + " (" +
                                std::string(severity_name(rule.severity)) + "): " + std::string(rule.name) + "\n";
    EXPECT_NE(page.find(heading), std::string::npos) << heading;
  }
}

TEST(FindingSink, FillsInWhatTheTableSays) {
  std::vector<Finding> findings;
  FindingSink sink{findings};
  SampleRef sample;
  sample.number = 4;
  sink.add(RuleId::r4, sample);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].rule, RuleId::r4);
  EXPECT_EQ(findings[0].severity, Severity::strong);
  EXPECT_TRUE(findings[0].heuristic);
  EXPECT_EQ(findings[0].name, rule_of(RuleId::r4).name);
  EXPECT_EQ(findings[0].sample.number, 4U);
}

}  // namespace
}  // namespace simdprof
