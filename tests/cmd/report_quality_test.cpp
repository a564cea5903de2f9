#include "cmd/report_quality.h"

#include <gtest/gtest.h>

namespace simdprof::cmd {
namespace {

RecordingFacts facts_of(SourceKind source) {
  RecordingFacts facts;
  facts.host["cmdline"] = "simdprof record -- true";
  facts.sources = {{SourceKind::kernel, 95, "no XMM"}, {source, 0, ""}};
  EventDesc event;
  event.name = "task-clock:u";
  event.attr.flags = abi::kAttrFreq;
  event.attr.sample_period_or_freq = 999;
  facts.events.events.push_back(event);
  return facts;
}

TEST(QualityOf, TakesOverWhatTheMetadataSays) {
  RecordingFacts facts = facts_of(SourceKind::ptrace);
  facts.start_ns = 5;
  facts.end_ns = 1005;
  facts.wait_status = 0;
  const Quality quality = quality_of(facts);
  EXPECT_EQ(quality.command, "simdprof record -- true");
  EXPECT_EQ(quality.wait_status, 0);
  EXPECT_EQ(quality.duration_ns, 1000U);
  ASSERT_EQ(quality.sources.size(), 2U);
  EXPECT_EQ(quality.sources[0].error_number, 95);
  ASSERT_EQ(quality.events.size(), 1U);
  EXPECT_EQ(quality.events[0].name, "task-clock:u");
  EXPECT_TRUE(quality.events[0].frequency);
  EXPECT_EQ(quality.events[0].asked, 999U);
  EXPECT_TRUE(quality.events[0].vectors);
}

TEST(QualityOf, HasNoDurationWithoutAnEnd) {
  RecordingFacts facts = facts_of(SourceKind::gpr);
  facts.start_ns = 5;
  EXPECT_FALSE(quality_of(facts).duration_ns);
  facts.end_ns = 4;  // a file that contradicts itself
  EXPECT_FALSE(quality_of(facts).duration_ns);
}

TEST(QualityOf, TakesTheTargetsCpuTimeWhereItIsANumber) {
  RecordingFacts facts = facts_of(SourceKind::gpr);
  EXPECT_FALSE(quality_of(facts).cpu_time_ns);
  facts.host["target_cpu_ns"] = "1500000000";
  EXPECT_EQ(quality_of(facts).cpu_time_ns, 1'500'000'000U);
  for (const char* wrong : {"", "-1", "1.5", "12x", "99999999999999999999"}) {
    facts.host["target_cpu_ns"] = wrong;
    EXPECT_FALSE(quality_of(facts).cpu_time_ns) << wrong;
  }
}

TEST(QualityOf, HasNoExitStatusWithoutACommand) {
  RecordingFacts facts = facts_of(SourceKind::gpr);
  facts.wait_status = -1;
  EXPECT_FALSE(quality_of(facts).wait_status);
}

TEST(QualityOf, KnowsDummyEvents) {
  RecordingFacts facts = facts_of(SourceKind::ptrace);
  EventDesc dummy;
  dummy.attr.type = abi::PERF_TYPE_SOFTWARE;
  dummy.attr.config = abi::PERF_COUNT_SW_DUMMY;
  facts.events.events.push_back(dummy);
  const Quality quality = quality_of(facts);
  ASSERT_EQ(quality.events.size(), 2U);
  EXPECT_FALSE(quality.events[0].side_band);
  EXPECT_TRUE(quality.events[1].side_band);
}

TEST(QualityOf, ExpectsVectorsOfTheEventThatMakesTheStops) {
  RecordingFacts facts = facts_of(SourceKind::ptrace);
  facts.events.events.push_back(facts.events.events[0]);
  const Quality quality = quality_of(facts);
  EXPECT_TRUE(quality.events[0].vectors);
  EXPECT_FALSE(quality.events[1].vectors);
  EXPECT_TRUE(quality.vectors_asked());
}

TEST(QualityOf, ExpectsVectorsWhereTheAttributesAskForThem) {
  RecordingFacts facts = facts_of(SourceKind::gpr);
  facts.arch = abi::Arch::x86_64;
  EXPECT_FALSE(quality_of(facts).vectors_asked());
  facts.events.events[0].attr.sample_regs_user = abi::kX86GprMask;
  EXPECT_FALSE(quality_of(facts).vectors_asked());
  facts.events.events[0].attr.sample_regs_user |= std::uint64_t{3} << 32U;  // XMM0
  EXPECT_TRUE(quality_of(facts).events[0].vectors);
  facts.events.events[0].attr.sample_regs_user = 0;
  facts.events.events[0].attr.sample_simd_regs_enabled = 1;
  EXPECT_TRUE(quality_of(facts).events[0].vectors);
}

}  // namespace
}  // namespace simdprof::cmd
