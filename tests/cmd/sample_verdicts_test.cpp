#include "cmd/sample_verdicts.h"

#include <gtest/gtest.h>

#include "cmd/sample_source.h"
#include "tests/cmd/xmm_recording.h"

namespace simdprof::cmd {
namespace {

using test::Bytes;
using test::HandRecording;
using test::mapped_program;
using test::words;
using test::xmm_metadata;
using test::xmm_sample;
using test::operator+;

TEST(RuleList, JoinsRulesInTheirOrder) {
  EXPECT_EQ(rule_list(0), "");
  EXPECT_EQ(rule_list(1U << 5U), "R6");
  EXPECT_EQ(rule_list(1U | 1U << 11U | 1U << 15U), "R1+R12+R16");
}

TEST(SampleVerdict, TakesWhatIsGraveEnoughOrAGuard) {
  Finding finding;
  finding.rule = RuleId::r7;
  finding.severity = Severity::medium;
  finding.distrust = kDistrustUserVectors;
  SampleVerdict verdict;
  verdict.add(finding);
  EXPECT_EQ(verdict, SampleVerdict{});
  finding.severity = Severity::strong;
  verdict.add(finding);
  finding.rule = RuleId::r12;
  finding.severity = Severity::guard;
  finding.distrust = kDistrustIntrVectors;
  verdict.add(finding);
  EXPECT_EQ(verdict.distrust, kDistrustUserVectors | kDistrustIntrVectors);
  EXPECT_EQ(rule_list(verdict.user_rules), "R7");
  EXPECT_EQ(rule_list(verdict.intr_rules), "R12");
}

TEST(SampleVerdicts, AreThereWithTheSampleAlthoughWhatFollowsDecides) {
  const HandRecording file{test::recording_with_distrusted_vectors()};
  SampleOptions options;
  options.input = file.path();
  auto source = SampleSource::open(options, {.place = false, .lines = false, .registers = true, .verdicts = true});
  ASSERT_TRUE(source) << source.error().fact;
  ASSERT_NE(source->next(), nullptr);
  EXPECT_EQ(source->verdict(), SampleVerdict{});
  ASSERT_NE(source->next(), nullptr);
  EXPECT_EQ(source->verdict().distrust, kDistrustUserVectors | kDistrustIntrVectors);
  EXPECT_EQ(rule_list(source->verdict().user_rules), "R6");
  EXPECT_EQ(rule_list(source->verdict().intr_rules), "R12");
  ASSERT_NE(source->next(), nullptr);
  EXPECT_EQ(source->verdict(), SampleVerdict{});
  EXPECT_EQ(source->next(), nullptr);
  EXPECT_EQ(source->finding_errors(), 0U);
}

TEST(SampleVerdicts, AFilterHidesSamplesFromTheUserNotFromTheRules) {
  const HandRecording file{{xmm_metadata(),
                            {StreamKind::ring,
                             1,
                             {mapped_program(100, "/bin/mine"), mapped_program(200, "/bin/other"),
                              xmm_sample(2, 200, 10, 2, 2), xmm_sample(1, 100, 20, 2, 1)},
                             10,
                             20}}};
  SampleOptions options;
  options.input = file.path();
  options.filter.tids = "100";
  auto source = SampleSource::open(options, {.place = false, .lines = false, .registers = true, .verdicts = true});
  ASSERT_TRUE(source);
  const SampleHit* hit = source->next();
  ASSERT_NE(hit, nullptr);
  EXPECT_EQ(hit->sample->tid, 100);
  EXPECT_EQ(rule_list(source->verdict().user_rules), "R6");
}

TEST(SampleVerdicts, ErrorsAreCounted) {
  const HandRecording file{{xmm_metadata(), {StreamKind::ring, 1, {xmm_sample(2, 100, 10, 1, 2)}, 10, 10}}};
  SampleOptions options;
  options.input = file.path();
  auto source = SampleSource::open(options, {.place = false, .lines = false, .registers = true, .verdicts = true});
  ASSERT_TRUE(source);
  ASSERT_NE(source->next(), nullptr);
  EXPECT_EQ(rule_list(source->verdict().user_rules), "R1");
  EXPECT_EQ(source->finding_errors(), 1U);
}

TEST(SampleVerdicts, ASampleWithBytesLeftOverIsAnError) {
  Bytes longer = xmm_sample(2, 100, 10, 1, 1) + words({0, 0, 0});
  longer[6] = static_cast<std::byte>(longer.size());
  longer[7] = static_cast<std::byte>(longer.size() >> 8U);
  const HandRecording file{{xmm_metadata(), {StreamKind::ring, 1, {longer}, 10, 10}}};
  SampleOptions options;
  options.input = file.path();
  auto source = SampleSource::open(options, {.place = false, .lines = false, .registers = true, .verdicts = true});
  ASSERT_TRUE(source);
  EXPECT_EQ(source->next(), nullptr);
  EXPECT_EQ(source->finding_errors(), 1U);
  const auto& skipped = source->ledger().skipped().at("SAMPLE");
  EXPECT_EQ(skipped.first.fact,
            "24 bytes follow the last field of a sample; the counts of its SIMD registers may be of another width");
}

}  // namespace
}  // namespace simdprof::cmd
