// Recall and precision of the rules on streams of a synthetic machine, with and without planted defects.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "tests/decoders/validity/synthetic_machine.h"

namespace simdprof {
namespace {

using test::SyntheticMachine;

constexpr std::uint64_t kSeeds = 10;
constexpr int kSteps = 1000;

std::set<std::uint64_t> numbers_of(const std::vector<Finding>& findings) {
  std::set<std::uint64_t> numbers;
  for (const Finding& finding : findings) numbers.insert(finding.sample.number);
  return numbers;
}

std::string told(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += std::string(rule_id_name(finding.rule)) + " at sample " + std::to_string(finding.sample.number) + "; ";
  }
  return text;
}

TEST(PlantedDefects, CleanStreamsHaveNoStrongFindingAndNoError) {
  std::size_t told_samples = 0, medium = 0, wrong_count = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SyntheticMachine machine{seed};
    for (int i = 0; i < kSteps; ++i) machine.step();
    machine.finish();
    const auto wrong = machine.run().from(Severity::strong);
    EXPECT_TRUE(wrong.empty()) << "seed " << seed << ": " << told(wrong);
    wrong_count += wrong.size();
    told_samples += numbers_of(machine.run().findings()).size();
    medium += machine.run().from(Severity::medium).size();
  }
  EXPECT_GT(told_samples, 0U) << "the guards speak at least";
  std::printf("clean streams: strong and error %zu, medium %zu\n", wrong_count, medium - wrong_count);
}

struct Defect {
  const char* name;
  RuleId rule;
  std::function<std::uint64_t(SyntheticMachine&)> plant;
};

void PrintTo(const Defect& defect, std::ostream* out) { *out << defect.name; }

class PlantedDefect : public testing::TestWithParam<Defect> {};

TEST_P(PlantedDefect, IsFoundByItsRuleEveryTimeAndNothingElseIs) {
  const Defect& defect = GetParam();
  std::size_t planted_count = 0, found_count = 0, strong_count = 0, false_count = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SyntheticMachine machine{seed};
    std::set<std::uint64_t> planted;
    for (int i = 0; i < kSteps; ++i) {
      machine.step();
      if (i % 47 == 46) planted.insert(defect.plant(machine));
    }
    machine.finish();
    const auto found = numbers_of(machine.run().of(defect.rule));
    planted_count += planted.size();
    for (const std::uint64_t number : planted) {
      EXPECT_TRUE(found.contains(number)) << "seed " << seed << ", sample " << number;
      found_count += found.contains(number) ? 1 : 0;
    }
    for (const Finding& finding : machine.run().from(Severity::strong)) {
      ++strong_count;
      const bool is_planted = planted.contains(finding.sample.number);
      EXPECT_TRUE(is_planted) << "seed " << seed << ": " << told({finding});
      false_count += is_planted ? 0 : 1;
    }
  }
  ASSERT_GT(planted_count, 100U);
  const double recall = static_cast<double>(found_count) / static_cast<double>(planted_count);
  const double precision =
      strong_count == 0 ? 1 : static_cast<double>(strong_count - false_count) / static_cast<double>(strong_count);
  std::printf("%s by %s: planted %zu, recall %.3f; strong and error %zu, precision %.3f\n", defect.name,
              std::string(rule_id_name(defect.rule)).c_str(), planted_count, recall, strong_count, precision);
  EXPECT_EQ(recall, 1.0);
  EXPECT_EQ(precision, 1.0);
}

INSTANTIATE_TEST_SUITE_P(
    D1ToD8, PlantedDefect,
    testing::Values(Defect{"D1", RuleId::r6, [](SyntheticMachine& m) { return m.plant_stale_pointer(); }},
                    Defect{"D2", RuleId::r8, [](SyntheticMachine& m) { return m.plant_foreign_memory(false); }},
                    Defect{"D3", RuleId::r5, [](SyntheticMachine& m) { return m.plant_suppressed_read(); }},
                    Defect{"D4", RuleId::r4, [](SyntheticMachine& m) { return m.plant_shared_set(); }},
                    Defect{"D5", RuleId::r12, [](SyntheticMachine& m) { return m.plant_incoherent_registers(); }},
                    Defect{"D6", RuleId::r7, [](SyntheticMachine& m) { return m.plant_stale_image(); }},
                    Defect{"D7", RuleId::r8, [](SyntheticMachine& m) { return m.plant_foreign_memory(true); }},
                    Defect{"D8", RuleId::r3, [](SyntheticMachine& m) { return m.plant_skid_leak(); }}),
    [](const testing::TestParamInfo<Defect>& defect) { return std::string(defect.param.name); });

}  // namespace
}  // namespace simdprof
