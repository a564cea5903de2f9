#include "cmd/sample_verdicts.h"

#include <gtest/gtest.h>

#include "cmd/sample_source.h"
#include "tests/cmd/session_input.h"

namespace simdprof::cmd {
namespace {

using test::append_word;
using test::Bytes;
using test::framed;
using test::HandRecording;
using test::HandRun;
using test::words;
using test::operator+;

constexpr std::uint64_t kXmm = 0xffffffff00000000;
// IP, TID, TIME, CPU, REGS_USER, REGS_INTR
constexpr std::uint64_t kSampleType = 1 | 2 | 4 | 1U << 7U | 1U << 12U | 1U << 18U;

/// perf_event_attr of 128 bytes, both register masks XMM0..15.
Bytes xmm_event() {
  Bytes out;
  for (const std::uint32_t word : {0U, 128U, 1U, 128U}) append_word(out, word, 4);  // event, bytes; type, size
  out = out + words({1, 999, kSampleType, 0, 0, 0, 0, 0, 0, kXmm, 0, kXmm, 0, 0, 0});
  return framed(0x53440001, out + test::text("cycles") + test::raw({0, 0}));
}

Bytes program(std::uint64_t pid, std::string_view path) {
  return framed(1, words({pid << 32U | pid, 0x400000, 0x1000, 0}) + test::text(path) + test::raw({0}), 2);
}

/// 32 words that no other seed has.
Bytes block(std::uint64_t seed) {
  Bytes out;
  for (std::uint64_t i = 0; i < 32; ++i) append_word(out, 0x3ff0000000000000 + (seed << 32U) + i * 0x10001, 8);
  return out;
}

Bytes sample(unsigned mode, std::uint64_t pid, std::uint64_t time_ns, std::uint64_t user, std::uint64_t intr) {
  const std::uint64_t ip = mode == 1 ? 0xffffffff81000000 : 0x400100;
  return framed(9, words({ip, pid << 32U | pid, time_ns, 0}) + words({2}) + block(user) + words({2}) + block(intr),
                mode);
}

HandRun metadata() { return {StreamKind::metadata, 0, {xmm_event(), test::host_fact("arch", "x86_64")}}; }

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
  const HandRecording file{{metadata(),
                            {StreamKind::ring,
                             1,
                             {program(100, "/bin/mine"), program(200, "/bin/other"), sample(2, 200, 10, 2, 2),
                              sample(1, 100, 20, 2, 1), sample(2, 100, 30, 1, 1)},
                             10,
                             30}}};
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
  const HandRecording file{
      {metadata(),
       {StreamKind::ring,
        1,
        {program(100, "/bin/mine"), program(200, "/bin/other"), sample(2, 200, 10, 2, 2), sample(1, 100, 20, 2, 1)},
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
  const HandRecording file{{metadata(), {StreamKind::ring, 1, {sample(2, 100, 10, 1, 2)}, 10, 10}}};
  SampleOptions options;
  options.input = file.path();
  auto source = SampleSource::open(options, {.place = false, .lines = false, .registers = true, .verdicts = true});
  ASSERT_TRUE(source);
  ASSERT_NE(source->next(), nullptr);
  EXPECT_EQ(rule_list(source->verdict().user_rules), "R1");
  EXPECT_EQ(source->finding_errors(), 1U);
}

TEST(SampleVerdicts, ASampleWithBytesLeftOverIsAnError) {
  Bytes longer = sample(2, 100, 10, 1, 1) + words({0, 0, 0});
  longer[6] = static_cast<std::byte>(longer.size());
  longer[7] = static_cast<std::byte>(longer.size() >> 8U);
  const HandRecording file{{metadata(), {StreamKind::ring, 1, {longer}, 10, 10}}};
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
