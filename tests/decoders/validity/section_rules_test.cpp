#include "decoders/validity/section_rules.h"

#include <gtest/gtest.h>

#include "tests/decoders/validity/stage_input.h"

namespace simdprof {
namespace {

using test::Hit;
using test::kernel_hit;
using test::kZeroLanes;
using test::rich_lanes;
using test::StageRun;
using test::user_hit;

Hit kernel_gprs() {
  Hit hit;
  hit.mode = CpuMode::kernel;
  hit.ip = 0xffffffff81234560;
  return hit;
}

TEST(R1, EqualSetsInUserModeAreRight) {
  StageRun run;
  run.hit(user_hit(rich_lanes(1)));
  run.hit(Hit{});
  EXPECT_TRUE(run.of(RuleId::r1).empty());
}

TEST(R1, AGeneralRegisterThatDiffersDistrustsGeneralRegistersOfBothSets) {
  StageRun run;
  Hit hit;
  hit.intr_ax = 2;
  run.hit(hit);
  const auto found = run.of(RuleId::r1);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, Severity::error);
  EXPECT_EQ(found[0].distrust, kDistrustUserGpr | kDistrustIntrGpr);
  EXPECT_EQ(found[0].sample.tid, 100);
  EXPECT_EQ(found[0].sample.place, 17U);
}

TEST(R1, AVectorThatDiffersDistrustsVectorsOfBothSets) {
  StageRun run;
  Hit hit = user_hit(rich_lanes(1));
  (*hit.intr)[15][1] ^= 1;
  run.hit(hit);
  const auto found = run.of(RuleId::r1);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].distrust, kDistrustUserVectors | kDistrustIntrVectors);
}

TEST(R1, SetsOfTwoMasksAreComparedByRegisterNotByPlace) {
  StageRun run;
  Hit hit = user_hit(rich_lanes(1));
  hit.intr.reset();  // general registers alone
  run.hit(hit);
  EXPECT_TRUE(run.of(RuleId::r1).empty());
  hit.intr_ax = 9;
  run.hit(hit);
  EXPECT_EQ(run.of(RuleId::r1).size(), 1U);
}

TEST(R1, SetsOfTwoBitnessesAreNotCompared) {
  StageRun run;
  Hit hit;
  hit.intr_ax = 2;
  hit.intr_abi = abi::PERF_SAMPLE_REGS_ABI_32;
  run.hit(hit);
  EXPECT_TRUE(run.of(RuleId::r1).empty());
}

TEST(R1, AnAbsentSetAndAKernelHitAreNotCompared) {
  StageRun run;
  Hit hit;
  hit.intr_ax = 2;
  hit.intr_abi = 0;
  run.hit(hit);
  Hit kernel = kernel_gprs();
  kernel.intr_ax = 2;
  run.hit(kernel);
  EXPECT_TRUE(run.of(RuleId::r1).empty());
}

/// REGS_USER and REGS_INTR of the SIMD ABI, two vectors of two words each.
Sample simd_sample(const test::Bytes& gprs, const test::Bytes& user, const test::Bytes& intr,
                   std::uint16_t intr_vectors) {
  Sample sample;
  sample.present = abi::PERF_SAMPLE_REGS_USER | abi::PERF_SAMPLE_REGS_INTR;
  sample.mode = CpuMode::user;
  for (RegisterBlock* block : {&sample.regs_user, &sample.regs_intr}) {
    block->abi = abi::PERF_SAMPLE_REGS_ABI_64 | abi::PERF_SAMPLE_REGS_ABI_SIMD;
    block->mask = 1;
    block->words = WordView(gprs);
    block->vector_qwords = 2;
  }
  sample.regs_user.nr_vectors = 2;
  sample.regs_user.simd = WordView(user);
  sample.regs_intr.nr_vectors = intr_vectors;
  sample.regs_intr.simd = WordView(intr);
  return sample;
}

std::vector<Finding> check_alone(const Sample& sample) {
  ValidityStage stage{abi::Arch::x86_64};
  std::vector<Finding> findings;
  stage.check({sample, abi::EventAttr{}, nullptr, {}}, findings);
  return findings;
}

TEST(R1, VectorsOfTheSimdAbiAreComparedWhereBothSetsHaveThem) {
  const auto gprs = test::words({1});
  const auto user = test::words({10, 11, 12, 13});
  EXPECT_TRUE(check_alone(simd_sample(gprs, user, user, 2)).empty());
  const auto fewer = test::words({10, 11});
  EXPECT_TRUE(check_alone(simd_sample(gprs, user, fewer, 1)).empty());
  const auto other = test::words({10, 99});
  const auto found = check_alone(simd_sample(gprs, user, other, 1));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rule, RuleId::r1);
  EXPECT_EQ(found[0].distrust, kDistrustUserVectors | kDistrustIntrVectors);
}

TEST(R2, AKernelInstructionPointerInTheUserSetIsAnError) {
  StageRun run;
  run.hit(kernel_gprs());
  EXPECT_TRUE(run.of(RuleId::r2).empty());
  Hit hit = kernel_gprs();
  hit.user_ip = 0xffffffff81000000;
  run.hit(hit);
  const auto found = run.of(RuleId::r2);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, Severity::error);
  EXPECT_EQ(found[0].distrust, kDistrustUserGpr | kDistrustUserVectors);
}

TEST(R2, ACodeSegmentThatIsNotRing3IsAnError) {
  StageRun run;
  Hit hit = kernel_gprs();
  hit.user_cs = 0x10;
  run.hit(hit);
  EXPECT_EQ(run.of(RuleId::r2).size(), 1U);
}

TEST(R2, TheVsyscallPageAndFramesNeverFilledAreLeftOut) {
  StageRun run;
  Hit vsyscall = kernel_gprs();
  vsyscall.user_ip = 0xffffffffff600400;
  run.hit(vsyscall);
  Hit worker = kernel_gprs();
  worker.user_ip = 0;
  worker.user_cs = 0;
  run.hit(worker);
  Hit guest = kernel_gprs();
  guest.mode = CpuMode::guest_kernel;
  guest.user_ip = 0xffffffff81000000;
  run.hit(guest);
  EXPECT_TRUE(run.of(RuleId::r2).empty());
}

TEST(R2, OtherArchitecturesTellTheHalvesDifferently) {
  StageRun run{abi::Arch::s390};
  Hit hit = kernel_gprs();
  hit.user_ip = 0xffffffff81000000;
  run.hit(hit);
  EXPECT_TRUE(run.of(RuleId::r2).empty());
}

TEST(R3, AKernelAddressInAUserOnlyEventLeaks) {
  StageRun run;
  Hit hit = kernel_gprs();
  hit.attr_flags = abi::kAttrExcludeKernel;
  run.hit(hit);
  const auto found = run.of(RuleId::r3);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].distrust, kDistrustIntrGpr | kDistrustIntrVectors);
  hit.attr_flags = 0;  // the event may see the kernel
  run.hit(hit);
  EXPECT_EQ(run.of(RuleId::r3).size(), 1U);
}

TEST(R3, TheInterruptSetAloneCanLeak) {
  StageRun run;
  Hit hit;
  hit.attr_flags = abi::kAttrExcludeKernel;
  hit.intr_ip = 0xffffffff81000010;
  run.hit(hit);
  EXPECT_EQ(run.of(RuleId::r3).size(), 1U);
}

TEST(R3, TheKernelsGuardTheVsyscallPageAndGuestsAreLeftOut) {
  StageRun run;
  Hit guarded = kernel_gprs();  // F8: ip 0 and an empty interrupt set
  guarded.attr_flags = abi::kAttrExcludeKernel;
  guarded.ip = 0;
  guarded.intr_abi = 0;
  run.hit(guarded);
  Hit vsyscall;
  vsyscall.attr_flags = abi::kAttrExcludeKernel;
  vsyscall.ip = 0xffffffffff600000;
  run.hit(vsyscall);
  Hit guest = kernel_gprs();
  guest.mode = CpuMode::guest_kernel;
  guest.attr_flags = abi::kAttrExcludeKernel;
  run.hit(guest);
  EXPECT_TRUE(run.of(RuleId::r3).empty());
}

TEST(R9, ARecorderThatEmptiedAllUserSetsIsNoDefect) {
  StageRun run;
  Hit hit;
  hit.user_abi = 0;
  for (int i = 0; i < 5; ++i) run.hit(hit);
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r9).empty());
}

TEST(R9, AUserHitWithoutUserSetIsAnError) {
  StageRun run;
  run.hit(Hit{});
  Hit hit;
  hit.user_abi = 0;
  run.hit(hit);
  ASSERT_EQ(run.of(RuleId::r9).size(), 1U);
  EXPECT_EQ(run.of(RuleId::r9)[0].severity, Severity::error);
  Hit kernel = kernel_gprs();  // F7
  kernel.user_abi = 0;
  run.hit(kernel);
  EXPECT_EQ(run.of(RuleId::r9).size(), 1U);
}

TEST(R10, APreciseKernelHitWithTwoBlocksIsTold) {
  StageRun run;
  Hit hit = kernel_hit(rich_lanes(1), rich_lanes(2));
  run.hit(hit);
  EXPECT_TRUE(run.of(RuleId::r10).empty());  // not precise
  hit.exact = true;
  run.hit(hit);
  ASSERT_EQ(run.of(RuleId::r10).size(), 1U);
  EXPECT_EQ(run.of(RuleId::r10)[0].severity, Severity::info);
  EXPECT_EQ(run.of(RuleId::r10)[0].distrust, kDistrustNothing);
  hit.intr = hit.user;
  run.hit(hit);
  EXPECT_EQ(run.of(RuleId::r10).size(), 1U);
}

TEST(R11, AUserHitWhoseChainStartsInTheKernelCameLate) {
  StageRun run;
  Hit hit;
  hit.callchain = {abi::PERF_CONTEXT_USER, 0x401000};
  run.hit(hit);
  EXPECT_TRUE(run.of(RuleId::r11).empty());
  hit.callchain = {abi::PERF_CONTEXT_KERNEL, 0xffffffff81000000, abi::PERF_CONTEXT_USER, 0x401000};
  run.hit(hit);
  ASSERT_EQ(run.of(RuleId::r11).size(), 1U);
  EXPECT_EQ(run.of(RuleId::r11)[0].severity, Severity::info);
}

TEST(R12, InterruptVectorsOutsideOfUserModeAreGuarded) {
  StageRun run;
  run.hit(user_hit(rich_lanes(1)));
  EXPECT_TRUE(run.of(RuleId::r12).empty());
  run.hit(kernel_hit(rich_lanes(1), rich_lanes(1)));
  Hit guest = kernel_hit(rich_lanes(1), rich_lanes(1));
  guest.mode = CpuMode::guest_user;
  run.hit(guest);
  run.hit(kernel_gprs());
  const auto found = run.of(RuleId::r12);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].severity, Severity::guard);
  EXPECT_EQ(found[0].distrust, kDistrustIntrVectors);
  EXPECT_EQ(found[1].sample.mode, CpuMode::guest_user);
}

TEST(R13, FiveRegistersOfAllOnesWereNotCaptured) {
  StageRun run;
  Hit hit = kernel_gprs();
  hit.user_bx = ~std::uint64_t{0};
  run.hit(hit);
  ASSERT_EQ(run.of(RuleId::r13).size(), 1U);
  EXPECT_EQ(run.of(RuleId::r13)[0].severity, Severity::guard);
  hit.mode = CpuMode::user;  // a program may hold all ones
  hit.ip = 0x401000;
  run.hit(hit);
  run.hit(kernel_gprs());
  EXPECT_EQ(run.of(RuleId::r13).size(), 1U);
}

TEST(SectionRules, AGuestHitIsJudgedByItsGuardAlone) {
  StageRun run;
  Hit guest = kernel_hit(kZeroLanes, rich_lanes(1));
  guest.mode = CpuMode::guest_kernel;
  guest.user_cs = 0x10;
  guest.intr_ax = 5;
  guest.attr_flags = abi::kAttrExcludeKernel;
  run.hit(guest);
  run.finish();
  ASSERT_EQ(run.findings().size(), 1U);
  EXPECT_EQ(run.findings()[0].rule, RuleId::r12);
}

}  // namespace
}  // namespace simdprof
