#include "decoders/validity/neighbour_rules.h"

#include <gtest/gtest.h>

#include "tests/decoders/validity/stage_input.h"

namespace simdprof {
namespace {

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

CommRecord exec_of(Pid pid) {
  CommRecord comm;
  comm.pid = comm.tid = pid;
  comm.exec = true;
  comm.comm = "next";
  return comm;
}
ForkRecord fork_of(Pid parent, Pid child) {
  ForkRecord fork;
  fork.pid = fork.tid = child;
  fork.parent_pid = fork.parent_tid = parent;
  return fork;
}

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

// R6

StageRun two_programs() {
  StageRun run;
  run.process(100, "/usr/bin/mine");
  run.process(200, "/usr/bin/other");
  return run;
}

TEST(R6, AnotherProcesssBlockIsStrong) {
  StageRun run = two_programs();
  run.hit(user_hit(kOthers, 200));
  const auto wrong = run.hit(kernel_hit(kOthers, kMine));
  run.hit(user_hit(kMine));
  EXPECT_TRUE(run.of(RuleId::r6).empty());  // a later block may still clear it
  run.finish();
  const auto found = run.of(RuleId::r6);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].sample.number, wrong);
  EXPECT_EQ(found[0].severity, Severity::strong);
  EXPECT_EQ(found[0].distrust, kDistrustUserVectors);
}

TEST(R6, IsDecidedAfterEnoughUserHitsWithOtherValues) {
  StageRun run = two_programs();
  run.hit(user_hit(kOthers, 200));
  run.hit(kernel_hit(kOthers, kMine));
  for (int i = 0; i < 63; ++i) run.hit(user_hit(kMine));
  EXPECT_TRUE(run.of(RuleId::r6).empty());
  run.hit(user_hit(kMine));
  EXPECT_EQ(run.of(RuleId::r6).size(), 1U);
}

TEST(R6, ALaterBlockOfItsOwnClearsIt) {
  StageRun run = two_programs();
  run.hit(user_hit(kOthers, 200));
  run.hit(kernel_hit(kOthers, kMine));
  run.hit(user_hit(kOthers));
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r6).empty());
}

TEST(R6, AnEarlierBlockOfItsOwnClearsIt) {
  StageRun run = two_programs();
  Hit elsewhere = user_hit(kOthers);
  elsewhere.cpu = 5;
  run.hit(elsewhere);
  run.hit(user_hit(kOthers, 200));
  run.hit(kernel_hit(kOthers, kMine));
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r6).empty());
}

TEST(R6, AnotherCpusBlockSaysNothing) {
  StageRun run = two_programs();
  Hit other = user_hit(kOthers, 200);
  other.cpu = 1;
  run.hit(other);
  run.hit(kernel_hit(kOthers, kMine));
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r6).empty());
}

TEST(R6, ForkedWorkersWithTheSameDataAreSuspectsAtMost) {
  StageRun run;
  run.process(100, "/usr/bin/server");
  run.record(fork_of(100, 200));
  run.hit(user_hit(kOthers, 200));
  run.hit(kernel_hit(kOthers, kOthers));
  run.finish();
  const auto found = run.of(RuleId::r6);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, Severity::medium);
  EXPECT_FALSE(found[0].note.empty());
}

TEST(R6, AForkThatExecutesAnotherProgramIsAnotherProgram) {
  StageRun run;
  run.process(100, "/usr/bin/shell");
  run.record(fork_of(100, 200));
  run.record(exec_of(200));
  run.process(200, "/usr/bin/tool");
  run.hit(user_hit(kOthers, 200));
  run.hit(kernel_hit(kOthers, kMine));
  run.finish();
  ASSERT_EQ(run.of(RuleId::r6).size(), 1U);
  EXPECT_EQ(run.of(RuleId::r6)[0].severity, Severity::strong);
}

TEST(R6, ProcessesOfUnknownProgramsAreSuspectsAtMost) {
  StageRun run;
  run.hit(user_hit(kOthers, 200));
  run.hit(kernel_hit(kOthers, kMine));
  run.finish();
  ASSERT_EQ(run.of(RuleId::r6).size(), 1U);
  EXPECT_EQ(run.of(RuleId::r6)[0].severity, Severity::medium);
}

TEST(R6, ConstantsAreNotRich) {
  for (const std::uint64_t word : {~std::uint64_t{0}, std::uint64_t{0x2020202020202020}, std::uint64_t{0}}) {
    StageRun run = two_programs();
    run.hit(user_hit(same_lanes(word), 200));
    run.hit(kernel_hit(same_lanes(word), kMine));
    run.finish();
    EXPECT_TRUE(run.of(RuleId::r6).empty()) << word;
  }
}

TEST(R6, ValuesThatAKernelHitLeftBehindAreASuspect) {
  StageRun run = two_programs();
  // 200 is in the kernel while the registers still hold what 100 had.
  run.hit(kernel_hit(rich_lanes(9), kMine, 200));
  run.hit(kernel_hit(kMine, kMine));
  run.finish();
  ASSERT_EQ(run.of(RuleId::r6).size(), 1U);
  EXPECT_EQ(run.of(RuleId::r6)[0].severity, Severity::medium);
}

TEST(R6, PendingFindingsAreBounded) {
  StageRun run = two_programs();
  run.hit(user_hit(kOthers, 200));
  const std::size_t hits = ThreadHistory::kMaxPending + 5;
  for (std::size_t i = 0; i < hits; ++i) run.hit(kernel_hit(kOthers, kMine));
  EXPECT_EQ(run.of(RuleId::r6).size(), 5U);
  run.finish();
  EXPECT_EQ(run.of(RuleId::r6).size(), hits);
}

// R7

TEST(R7, AnOlderBlockAfterAnotherUserBlockIsStale) {
  StageRun run;
  run.hit(user_hit(kMine));
  run.hit(user_hit(rich_lanes(5)));
  const auto stale = run.hit(kernel_hit(kMine, rich_lanes(5)));
  const auto found = run.of(RuleId::r7);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].sample.number, stale);
  EXPECT_EQ(found[0].severity, Severity::medium);
}

TEST(R7, TheLatestUserBlockIsWhatTheKernelShouldSee) {
  StageRun run;
  run.hit(user_hit(rich_lanes(5)));
  run.hit(user_hit(kMine));
  run.hit(kernel_hit(kMine, kMine));
  run.hit(kernel_hit(kMine, kMine));
  run.hit(user_hit(rich_lanes(6)));
  run.hit(user_hit(kMine));
  run.hit(kernel_hit(kMine, kMine));
  EXPECT_TRUE(run.of(RuleId::r7).empty());
}

TEST(R7, LoopInvariantRegistersNeedFourThatChanged) {
  for (const std::size_t changed : {std::size_t{3}, std::size_t{4}}) {
    StageRun run;
    Lanes between = kMine;
    for (std::size_t i = 0; i < changed; ++i) between[i] = rich_lanes(7)[i];
    run.hit(user_hit(kMine));
    run.hit(user_hit(between));
    run.hit(kernel_hit(kMine, between));
    EXPECT_EQ(run.of(RuleId::r7).size(), changed == 4 ? 1U : 0U);
  }
}

TEST(R7, AnotherProgramsBlocksAreForgotten) {
  StageRun run;
  run.hit(user_hit(kMine));
  run.record(exec_of(100));
  run.hit(user_hit(rich_lanes(5)));
  run.hit(kernel_hit(kMine, kMine));
  EXPECT_TRUE(run.of(RuleId::r7).empty());
}

}  // namespace
}  // namespace simdprof
