// R6 and R7 of neighbour_rules.cpp: vectors of another process, or of an earlier moment.
#include <gtest/gtest.h>

#include "decoders/validity/neighbour_rules.h"
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

/// A process in a file that all have mapped.
constexpr VirtAddr kLoader = 0x7f0000000000;

StageRun two_programs_of_one_loader() {
  StageRun run = two_programs();
  for (const Pid pid : {100, 200}) run.map(pid, "/usr/lib/ld-linux-x86-64.so.2", kLoader);
  return run;
}

TEST(R6, ProgramsThatStartTogetherHaveTheValuesOfOneLoader) {
  StageRun run = two_programs_of_one_loader();
  Hit other = user_hit(kOthers, 200);
  other.ip = kLoader + 0x800;
  run.hit(other);
  Hit starting = kernel_hit(kOthers, kOthers);
  starting.user_ip = kLoader + 0x10;
  run.hit(starting);
  // The values are still there in the program and in a library: the loader left them.
  starting.user_ip = 0x401000;
  run.hit(starting);
  run.hit(user_hit(kMine));
  run.finish();
  const auto found = run.of(RuleId::r6);
  ASSERT_EQ(found.size(), 2U);
  for (const Finding& finding : found) {
    EXPECT_EQ(finding.severity, Severity::medium);
    EXPECT_NE(finding.note.find("both have mapped"), std::string_view::npos) << finding.note;
  }
}

TEST(R6, WhereTheOtherProcessHadThemFirstIsWhatCounts) {
  for (const bool loader_first : {true, false}) {
    StageRun run = two_programs_of_one_loader();
    Hit in_loader = user_hit(kOthers, 200), in_program = user_hit(kOthers, 200);
    in_loader.ip = kLoader;
    run.hit(loader_first ? in_loader : in_program);
    run.hit(loader_first ? in_program : in_loader);
    run.hit(kernel_hit(kOthers, kMine));
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
  EXPECT_TRUE(run.of(RuleId::r7).empty());  // the next hit may still clear it
  run.hit(user_hit(rich_lanes(5)));
  const auto found = run.of(RuleId::r7);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].sample.number, stale);
  EXPECT_EQ(found[0].severity, Severity::medium);
}

TEST(R7, AThreadThatEndsOrExecutesGoesOnWithNothing) {
  for (const bool exec : {true, false}) {
    StageRun run;
    run.hit(user_hit(kMine));
    run.hit(user_hit(rich_lanes(5)));
    run.hit(kernel_hit(kMine, rich_lanes(5)));
    if (exec) run.record(exec_of(100));
    if (!exec) run.finish();
    EXPECT_EQ(run.of(RuleId::r7).size(), 1U);
  }
}

TEST(R7, AThreadThatGoesOnWithTheValuesCameBackToThem) {
  StageRun run;
  run.hit(user_hit(kMine));
  run.hit(user_hit(rich_lanes(5)));
  run.hit(kernel_hit(kMine, kMine));
  run.hit(user_hit(kMine));
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r7).empty());
}

// As recorded from a loader: two functions take turns, and the second has the arguments of the last turn.
TEST(R7, TwoOfTheChangedRegistersAreEnoughToGoOnWith) {
  for (const std::size_t kept : {std::size_t{1}, std::size_t{2}}) {
    Lanes next = rich_lanes(6);
    for (std::size_t i = 0; i < kept; ++i) next[3 + i] = kMine[3 + i];
    StageRun run;
    run.hit(kernel_hit(kMine, kMine));
    run.hit(user_hit(rich_lanes(5)));
    run.hit(kernel_hit(kMine, kMine));
    run.hit(user_hit(next));
    run.finish();
    EXPECT_EQ(run.of(RuleId::r7).size(), kept == 2 ? 0U : 1U) << kept;
  }
}

TEST(R7, RegistersThatAreZeroOrNeverChangedTellNothing) {
  Lanes mine = kMine, between = rich_lanes(5), next = rich_lanes(6);
  for (const std::size_t zero : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) mine[zero] = next[zero] = {0, 0};
  for (const std::size_t same : {std::size_t{7}, std::size_t{8}, std::size_t{9}})
    between[same] = next[same] = mine[same];
  StageRun run;
  run.hit(user_hit(mine));
  run.hit(user_hit(between));
  run.hit(kernel_hit(mine, between));
  run.hit(user_hit(next));
  EXPECT_EQ(run.of(RuleId::r7).size(), 1U);
}

TEST(R7, FewValuesAreChance) {
  Lanes few = kZeroLanes;
  for (std::size_t i = 0; i < 3; ++i) few[i] = kMine[i];
  StageRun run;
  run.hit(user_hit(few));
  run.hit(user_hit(rich_lanes(5)));
  run.hit(kernel_hit(few, rich_lanes(5)));
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r7).empty());
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
  run.finish();
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
    run.finish();
    EXPECT_EQ(run.of(RuleId::r7).size(), changed == 4 ? 1U : 0U);
  }
}

TEST(R7, AnotherProgramsBlocksAreForgotten) {
  StageRun run;
  run.hit(user_hit(kMine));
  run.record(exec_of(100));
  run.hit(user_hit(rich_lanes(5)));
  run.hit(kernel_hit(kMine, kMine));
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r7).empty());
}

}  // namespace
}  // namespace simdprof
