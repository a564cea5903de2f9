// R6 of neighbour_rules.cpp: vectors of another process.
#include <gtest/gtest.h>

#include "decoders/validity/neighbour_rules.h"
#include "tests/decoders/validity/stage_input.h"

namespace simdprof {
namespace {

using test::exec_of;
using test::fork_of;
using test::Hit;
using test::kernel_hit;
using test::Lanes;
using test::rich_lanes;
using test::same_lanes;
using test::StageRun;
using test::user_hit;

const Lanes kMine = rich_lanes(1);
const Lanes kOthers = rich_lanes(2);

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

TEST(R6, AForkedWorkersBlockBetweenOwnValuesIsASuspect) {
  StageRun run;
  run.process(100, "/usr/bin/server");
  run.record(fork_of(100, 200));
  run.hit(user_hit(kOthers, 200));
  run.hit(user_hit(kMine));
  run.hit(kernel_hit(kOthers, kMine));
  run.hit(user_hit(kMine));
  run.finish();
  const auto found = run.of(RuleId::r6);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, Severity::medium);
  EXPECT_FALSE(found[0].note.empty());
}

/// A process in a file that all have mapped.
constexpr VirtAddr kLoader = 0x7f0000000000;

StageRun two_programs_of_one_loader() {
  StageRun run = two_programs();
  for (const Pid pid : {100, 200}) run.map(pid, "/usr/lib/ld-linux-x86-64.so.2", kLoader);
  return run;
}

/// The other program had kOthers in the loader first.
StageRun other_in_the_loader() {
  StageRun run = two_programs_of_one_loader();
  Hit other = user_hit(kOthers, 200);
  other.ip = kLoader + 0x800;
  run.hit(other);
  return run;
}

// As recorded from programs that start: page faults of the loader with what it has in every process at that place,
// between user-mode hits elsewhere.
TEST(R6, AStartingProgramHasTheValuesOfTheLoaderItself) {
  StageRun run = other_in_the_loader();
  run.hit(user_hit(rich_lanes(4)));
  Hit starting = kernel_hit(kOthers, kOthers);
  starting.user_ip = kLoader + 0x10;
  run.hit(starting);
  // The values are still there in the program and in a library: the loader left them.
  starting.user_ip = 0x401000;
  run.hit(starting);
  run.hit(user_hit(rich_lanes(5)));
  run.hit(user_hit(rich_lanes(5)));
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r6).empty());
}

TEST(R6, ABlockOfSharedCodeBetweenOwnValuesIsASuspect) {
  StageRun run = other_in_the_loader();
  run.hit(user_hit(kMine));
  const auto first = run.hit(kernel_hit(kOthers, kMine));
  const auto second = run.hit(kernel_hit(kOthers, kMine));
  run.hit(user_hit(kMine));
  EXPECT_TRUE(run.of(RuleId::r6).empty());  // a later block may still clear it
  run.finish();
  const auto found = run.of(RuleId::r6);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].sample.number, first);
  EXPECT_EQ(found[1].sample.number, second);
  for (const Finding& finding : found) {
    EXPECT_EQ(finding.severity, Severity::medium);
    EXPECT_NE(finding.note.find("both have mapped"), std::string_view::npos) << finding.note;
  }
}

TEST(R6, ASuspectNeedsAUserHitOnEitherSide) {
  for (const bool before : {true, false}) {
    for (const bool after : {true, false}) {
      StageRun run = other_in_the_loader();
      if (before) run.hit(user_hit(kMine));
      run.hit(kernel_hit(kOthers, kMine));
      if (after) run.hit(user_hit(kMine));
      run.finish();
      EXPECT_EQ(run.of(RuleId::r6).size(), before && after ? 1U : 0U) << before << after;
    }
  }
}

TEST(R6, AnotherProgramOrAForkBetweenHasNoValuesOfItsOwnYet) {
  for (const bool exec : {true, false}) {
    for (const bool before : {true, false}) {
      StageRun run = other_in_the_loader();
      const auto part = [&] { exec ? run.record(exec_of(100)) : run.record(fork_of(100, 300)); };
      run.hit(user_hit(kMine));
      if (before) part();
      run.hit(kernel_hit(kOthers, kMine));
      if (!before) part();
      run.hit(user_hit(kMine));
      run.finish();
      // After an exec nothing is known of the files of the process; the finding has another reason then.
      EXPECT_TRUE(run.of(RuleId::r6).empty()) << exec << before;
    }
  }
}

TEST(R6, TwoRegistersAreEnoughToHoldAgainstASuspect) {
  for (const std::size_t held : {std::size_t{1}, std::size_t{2}}) {
    // Of what the thread holds before and after the suspect has all but `held` registers too.
    Lanes suspect = kMine;
    for (std::size_t i = 0; i < held; ++i) suspect[2 + i] = kOthers[2 + i];
    StageRun run = two_programs_of_one_loader();
    Hit other = user_hit(suspect, 200);
    other.ip = kLoader;
    run.hit(other);
    run.hit(user_hit(kMine));
    run.hit(kernel_hit(suspect, kMine));
    run.hit(user_hit(kMine));
    run.finish();
    EXPECT_EQ(run.of(RuleId::r6).size(), held == 2 ? 1U : 0U) << held;
  }
}

TEST(R6, RegistersThatAreZeroOrChangeHoldNothing) {
  Lanes before = kMine, after = rich_lanes(6);
  after[0] = before[0];                                                // one is held
  for (std::size_t i = 1; i < 10; ++i) before[i] = after[i] = {0, 0};  // and nine are zero
  StageRun run = other_in_the_loader();
  run.hit(user_hit(before));
  run.hit(kernel_hit(kOthers, before));
  run.hit(user_hit(after));
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r6).empty());
}

TEST(R6, WhereTheOtherProcessHadThemFirstIsWhatCounts) {
  for (const bool loader_first : {true, false}) {
    StageRun run = two_programs_of_one_loader();
    Hit in_loader = user_hit(kOthers, 200), in_program = user_hit(kOthers, 200);
    in_loader.ip = kLoader;
    run.hit(loader_first ? in_loader : in_program);
    run.hit(loader_first ? in_program : in_loader);
    run.hit(user_hit(kMine));
    run.hit(kernel_hit(kOthers, kMine));
    run.hit(user_hit(kMine));
    run.finish();
    ASSERT_EQ(run.of(RuleId::r6).size(), 1U);
    EXPECT_EQ(run.of(RuleId::r6)[0].severity, loader_first ? Severity::medium : Severity::strong);
  }
}

TEST(R6, ABlockOfAFileThatTheProcessHasNotMappedIsStrong) {
  StageRun run = two_programs_of_one_loader();
  run.map(200, "/usr/lib/libcodec.so.7", kLoader + 0x100000);
  Hit other = user_hit(kOthers, 200);
  other.ip = kLoader + 0x100800;
  run.hit(other);
  Hit wrong = kernel_hit(kOthers, kMine);
  wrong.user_ip = kLoader;  // in the middle of a system call
  run.hit(wrong);
  run.finish();
  ASSERT_EQ(run.of(RuleId::r6).size(), 1U);
  EXPECT_EQ(run.of(RuleId::r6)[0].severity, Severity::strong);
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
  run.hit(user_hit(kMine));
  run.hit(user_hit(kOthers, 200));
  run.hit(kernel_hit(kOthers, kMine));
  run.hit(user_hit(kMine));
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
  run.hit(user_hit(rich_lanes(4)));
  // 200 is in the kernel while the registers still hold what 100 had.
  run.hit(kernel_hit(rich_lanes(9), kMine, 200));
  run.hit(kernel_hit(kMine, kMine));
  run.hit(user_hit(rich_lanes(4)));
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

TEST(R6, SuspectsThatWaitTooLongAreNoFindings) {
  StageRun run = other_in_the_loader();
  run.hit(user_hit(kMine));
  for (std::size_t i = 0; i < ThreadHistory::kMaxPending + 5; ++i) run.hit(kernel_hit(kOthers, kMine));
  EXPECT_TRUE(run.of(RuleId::r6).empty());
  run.hit(user_hit(kMine));
  run.finish();
  EXPECT_EQ(run.of(RuleId::r6).size(), ThreadHistory::kMaxPending);
}

}  // namespace
}  // namespace simdprof
