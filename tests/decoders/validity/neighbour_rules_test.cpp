#include "decoders/validity/neighbour_rules.h"

#include <gtest/gtest.h>

#include "tests/decoders/validity/stage_input.h"

namespace simdprof {
namespace {

using test::exec_of;
using test::fork_of;
using test::Hit;
using test::kernel_hit;
using test::kZeroLanes;
using test::Lanes;
using test::rich_lanes;
using test::same_lanes;
using test::StageRun;
using test::user_hit;

const Lanes kMine = rich_lanes(1);
const Lanes kOthers = rich_lanes(2);
const Lanes kKernel = rich_lanes(3);

// R4

TEST(R4, KernelValuesAsUserValuesInASimdRoutineAreStrong) {
  StageRun run;
  Hit hit = kernel_hit(kKernel, kKernel);
  hit.symbol = "aesni_cbc_enc";
  run.hit(hit);
  const auto found = run.of(RuleId::r4);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, Severity::strong);
  EXPECT_TRUE(found[0].heuristic);
  EXPECT_EQ(found[0].distrust, kDistrustUserVectors);
}

TEST(R4, EqualSetsOutsideOfSimdRoutinesAreTheNormalCase) {
  StageRun run;
  for (const char* symbol : {"do_syscall_64", "", "aes_encrypt_generic", "chacha_block_generic"}) {
    Hit hit = kernel_hit(kMine, kMine);
    hit.symbol = symbol;
    run.hit(hit);
  }
  EXPECT_TRUE(run.of(RuleId::r4).empty());
}

TEST(R4, ASimdRoutineWithTwoBlocksOrPoorValuesIsRight) {
  StageRun run;
  for (const Lanes& user : {kMine, kZeroLanes, same_lanes(~std::uint64_t{0}), same_lanes(0x5a5a5a5a5a5a5a5a)}) {
    Hit hit = kernel_hit(user, user == kMine ? kKernel : user);
    hit.symbol = "aesni_cbc_enc";
    run.hit(hit);
  }
  EXPECT_TRUE(run.of(RuleId::r4).empty());
}

TEST(R4, ValuesThatTheThreadHadInUserModeAreItsOwn) {
  StageRun run;
  run.hit(user_hit(kMine));
  Hit hit = kernel_hit(kMine, kMine);  // at the first instruction of the routine
  hit.symbol = "aesni_cbc_enc";
  for (int i = 0; i < 20; ++i) run.hit(hit);
  EXPECT_TRUE(run.of(RuleId::r4).empty());
  Hit overwritten = kernel_hit(kKernel, kKernel);
  overwritten.symbol = "aesni_cbc_enc";
  run.hit(overwritten);
  EXPECT_EQ(run.of(RuleId::r4).size(), 1U);
}

// R5

Hit precise_hit(const Lanes& user, const Lanes& intr) {
  Hit hit = kernel_hit(user, intr);
  hit.exact = true;
  return hit;
}

TEST(R5, WithoutAPreciseEventItIsASuspect) {
  StageRun run;
  run.hit(user_hit(kMine));
  run.hit(kernel_hit(kZeroLanes, kMine));
  run.hit(user_hit(kMine));
  ASSERT_EQ(run.of(RuleId::r5).size(), 1U);
  EXPECT_EQ(run.of(RuleId::r5)[0].severity, Severity::medium);
}

TEST(R5, AfterAnotherThreadOnTheCpuItIsASuspect) {
  StageRun run;
  run.hit(user_hit(kMine));
  run.hit(user_hit(kOthers, 200));
  run.hit(precise_hit(kZeroLanes, kOthers));
  run.hit(user_hit(kMine));
  ASSERT_EQ(run.of(RuleId::r5).size(), 1U);
  EXPECT_EQ(run.of(RuleId::r5)[0].severity, Severity::medium);
}

TEST(R5, ZeroBetweenRichNeighboursIsLost) {
  StageRun run;
  run.hit(user_hit(kMine));
  const auto lost = run.hit(precise_hit(kZeroLanes, kMine));
  EXPECT_TRUE(run.of(RuleId::r5).empty());  // the next user hit decides
  run.hit(user_hit(rich_lanes(4)));
  const auto found = run.of(RuleId::r5);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].sample.number, lost);
  EXPECT_EQ(found[0].severity, Severity::strong);
  EXPECT_EQ(found[0].distrust, kDistrustUserVectors);
}

TEST(R5, AllPendingHitsAreDecidedByTheNextUserHit) {
  StageRun run;
  run.hit(user_hit(kMine));
  for (int i = 0; i < 3; ++i) run.hit(kernel_hit(kZeroLanes, kMine));
  run.hit(user_hit(kMine));
  run.hit(user_hit(kMine));
  EXPECT_EQ(run.of(RuleId::r5).size(), 3U);
}

TEST(R5, AfterVzeroallTheLiveRegistersAreZeroToo) {
  StageRun run;
  run.hit(user_hit(kMine));
  run.hit(kernel_hit(kZeroLanes, kZeroLanes));
  run.hit(user_hit(kMine));
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r5).empty());
}

TEST(R5, AfterVzeroallAKernelSimdRoutineHasItsOwnValues) {
  StageRun run;
  run.hit(user_hit(kMine));
  Hit hit = kernel_hit(kZeroLanes, kKernel);
  hit.symbol = "chacha_block_xor_avx2";
  run.hit(hit);
  run.hit(user_hit(kMine));
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r5).empty());
}

TEST(R5, AClearedNeighbourSaysTheProgramClearsItsRegisters) {
  StageRun run;
  run.hit(user_hit(kMine));
  run.hit(kernel_hit(kZeroLanes, kMine));
  run.hit(user_hit(kZeroLanes));
  run.hit(kernel_hit(kZeroLanes, kMine));
  run.hit(user_hit(kMine));
  EXPECT_TRUE(run.of(RuleId::r5).empty());
}

TEST(R5, ExecAndForkPartFromTheNeighbours) {
  for (const bool exec : {true, false}) {
    for (const bool before : {true, false}) {
      StageRun run;
      const auto part = [&] { exec ? run.record(exec_of(100)) : run.record(fork_of(99, 100)); };
      run.hit(user_hit(kMine));
      if (before) part();
      run.hit(kernel_hit(kZeroLanes, kMine));
      if (!before) part();
      run.hit(user_hit(kMine));
      EXPECT_TRUE(run.of(RuleId::r5).empty()) << exec << before;
    }
  }
}

TEST(R5, NeighboursOutsideOfTheTimeBoundDoNotCount) {
  for (const std::uint64_t after_ns : {std::uint64_t{50'000'000}, std::uint64_t{200'000'000}}) {
    StageRun run;
    Hit first = user_hit(kMine);
    first.time_ns = 2'000'000'000;
    run.hit(first);
    run.hit(kernel_hit(kZeroLanes, kMine));
    Hit last = user_hit(kMine);
    last.time_ns = 2'001'000'000 + after_ns;
    run.hit(last);
    EXPECT_EQ(run.of(RuleId::r5).size(), after_ns < 100'000'000 ? 1U : 0U);
  }
}

TEST(R5, AThreadThatEndsLeavesItUndecided) {
  StageRun run;
  run.hit(user_hit(kMine));
  run.hit(kernel_hit(kZeroLanes, kMine));
  ExitRecord exit;
  exit.pid = exit.tid = 100;
  run.record(exit);
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r5).empty());
}

}  // namespace
}  // namespace simdprof
