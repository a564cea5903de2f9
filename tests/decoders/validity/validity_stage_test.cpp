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
