#include "decoders/validity/validity_stage.h"

#include <gtest/gtest.h>

#include <variant>

#include "decoders/record/decode_record.h"
#include "decoders/validity/thread_history.h"
#include "tests/decoders/validity/stage_input.h"
#include "tests/support/captured.h"

namespace simdprof {
namespace {

using test::Hit;
using test::kernel_hit;
using test::rich_lanes;
using test::StageRun;
using test::user_hit;

TEST(ValidityStage, NumbersSamplesInTheirOrder) {
  StageRun run;
  EXPECT_EQ(run.hit(Hit{}), 0U);
  EXPECT_EQ(run.hit(Hit{}), 1U);
  EXPECT_EQ(run.stage().next_number(), 2U);
}

TEST(ValidityStage, ASampleWithoutRegistersIsNotJudgedButCounts) {
  ValidityStage stage{abi::Arch::x86_64};
  std::vector<Finding> findings;
  Sample sample;
  sample.mode = CpuMode::user;
  stage.check({sample, abi::EventAttr{}, nullptr, {}}, findings);
  stage.finish(findings);
  EXPECT_TRUE(findings.empty());
  EXPECT_EQ(stage.next_number(), 1U);
  EXPECT_EQ(stage.kept_threads(), 0U);
}

// R9 is told of a thread whose kernel hits lack the user set too often, which counts every sample.
std::vector<Finding> thread_findings(bool count_plain_ones) {
  ValidityStage stage{abi::Arch::x86_64};
  std::vector<Finding> findings;
  abi::EventAttr attr;
  Sample sample;
  sample.present = attr.sample_type = abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_REGS_USER;
  for (int i = 0; i < 300; ++i) {
    sample.mode = i % 30 == 1 ? CpuMode::kernel : CpuMode::user;
    sample.regs_user.abi = sample.mode == CpuMode::user ? abi::PERF_SAMPLE_REGS_ABI_64 : 0;
    const bool plain = ValidityStage::is_plain(sample, attr, abi::Arch::x86_64);
    EXPECT_TRUE(plain) << i;
    if (plain && count_plain_ones) {
      stage.count({sample, attr, nullptr, {}}, findings);
    } else {
      stage.check({sample, attr, nullptr, {}}, findings);
    }
  }
  EXPECT_EQ(stage.next_number(), 300U);
  EXPECT_EQ(stage.kept_threads(), 1U);
  stage.finish(findings);
  return findings;
}

TEST(ValidityStage, CountingAPlainSampleIsAsGoodAsCheckingIt) {
  const auto checked = thread_findings(false), counted = thread_findings(true);
  ASSERT_EQ(checked.size(), 1U);
  ASSERT_EQ(counted.size(), 1U);
  EXPECT_EQ(checked[0].rule, RuleId::r9);
  EXPECT_EQ(counted[0].rule, RuleId::r9);
  EXPECT_EQ(counted[0].thread_samples, checked[0].thread_samples);
  EXPECT_EQ(counted[0].sample.number, checked[0].sample.number);
}

TEST(ValidityStage, OrdinaryHitsArePlain) {
  StageRun run;
  run.hit(Hit{});
  EXPECT_EQ(run.plain_hits(), 1U);
  Hit kernel;
  kernel.mode = CpuMode::kernel;
  kernel.ip = 0xffffffff81234560;
  run.hit(kernel);
  EXPECT_EQ(run.plain_hits(), 2U);
  Hit guest;
  guest.mode = CpuMode::guest_user;
  run.hit(guest);
  EXPECT_EQ(run.plain_hits(), 2U);
}

TEST(ValidityStage, RegisterImagesOfAStoppedThreadCannotShowTheKernelsDefects) {
  ValidityStage stage{abi::Arch::x86_64};
  std::vector<Finding> findings;
  Sample sample;
  sample.present = abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_REGS_USER;
  RegisterSets sets;
  sets.user.vector_origin = Origin::xstate;
  for (unsigned i = 0; i < 16; ++i) {
    sets.user.vector[i].recorded_words = 3;
    sets.user.vector[i].words[0] = 0xffff888000100000 + i;  // what R8 looks for
  }
  for (int i = 0; i < 5; ++i) {
    sample.mode = CpuMode::kernel;
    sample.regs_user.abi = abi::PERF_SAMPLE_REGS_ABI_64;
    stage.check({sample, abi::EventAttr{}, &sets, "aesni_enc"}, findings);
  }
  stage.finish(findings);
  EXPECT_TRUE(findings.empty());
}

TEST(ValidityStage, HistoriesOfManyThreadsAreBounded) {
  StageRun run;
  const auto threads = static_cast<Tid>(3 * ThreadHistories::kMaxThreads);
  const auto lanes = rich_lanes(1);
  for (Tid tid = 1; tid <= threads; ++tid) {
    run.hit(user_hit(lanes, tid));
    ASSERT_LE(run.stage().kept_threads(), ThreadHistories::kMaxThreads);
  }
  run.finish();
  EXPECT_EQ(run.stage().kept_threads(), 0U);
  EXPECT_TRUE(run.from(Severity::medium).empty());
}

TEST(ValidityStage, AnEndedThreadIsForgotten) {
  StageRun run;
  run.hit(user_hit(rich_lanes(1)));
  EXPECT_EQ(run.stage().kept_threads(), 1U);
  ExitRecord exit;
  exit.pid = exit.tid = 100;
  run.record(exit);
  EXPECT_EQ(run.stage().kept_threads(), 0U);
}

TEST(ValidityStage, FindingsDoNotDependOnWhenTheyAreTakenAway) {
  const auto hits = [](StageRun& run) {
    run.hit(user_hit(rich_lanes(1)));
    run.hit(user_hit(rich_lanes(2)));
    run.hit(kernel_hit(rich_lanes(1), rich_lanes(2)));
    run.finish();
  };
  StageRun first, second;
  hits(first);
  hits(second);
  ASSERT_EQ(first.findings().size(), second.findings().size());
  for (std::size_t i = 0; i < first.findings().size(); ++i) {
    EXPECT_EQ(first.findings()[i].rule, second.findings()[i].rule);
    EXPECT_EQ(first.findings()[i].sample.number, second.findings()[i].sample.number);
  }
}

TEST(ValidityStage, RealSamplesWithXmmInBothSetsAreRight) {
  for (const char* name : {"legacy-xmm/both-gpr-xmm", "legacy-xmm/halves", "legacy-xmm/intr-xmm-only",
                           "legacy-xmm/user-xmm-intr-gpr", "perf-6.1/many-fields"}) {
    const auto captured = test::load_captured(name);
    RegisterStage registers{abi::Arch::x86_64, std::nullopt, {}};
    ValidityStage stage{abi::Arch::x86_64};
    std::vector<Finding> findings;
    RegisterSets sets;
    std::size_t samples = 0;
    for (const RawRecord& raw : captured.records) {
      const auto record = decode_record(raw, captured.events);
      ASSERT_TRUE(record) << name;
      stage.observe(*record, findings);
      const auto* sample = std::get_if<Sample>(&record->body);
      if (sample == nullptr) continue;
      ++samples;
      registers.build(*sample, sets);
      stage.check({*sample, captured.events.events[sample->event].attr, &sets, {}}, findings);
    }
    stage.finish(findings);
    EXPECT_GT(samples, 0U) << name;
    for (const Finding& finding : findings) {
      EXPECT_LT(finding.severity, Severity::medium) << name << ": " << rule_id_name(finding.rule);
    }
  }
}

}  // namespace
}  // namespace simdprof
