// R7 of neighbour_rules.cpp: vectors of an earlier moment.
#include <gtest/gtest.h>

#include "decoders/validity/neighbour_rules.h"
#include "tests/decoders/validity/stage_input.h"

namespace simdprof {
namespace {

using test::exec_of;
using test::Hit;
using test::kernel_hit;
using test::kZeroLanes;
using test::Lanes;
using test::rich_lanes;
using test::StageRun;
using test::user_hit;

const Lanes kMine = rich_lanes(1);

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

TEST(R7, AStaleBlockThatComesAgainIsStaleAgain) {
  StageRun run;
  run.hit(user_hit(kMine));
  run.hit(user_hit(rich_lanes(5)));
  run.hit(kernel_hit(kMine, rich_lanes(5)));
  run.hit(kernel_hit(rich_lanes(5), rich_lanes(5)));
  run.hit(kernel_hit(kMine, rich_lanes(5)));
  run.hit(user_hit(rich_lanes(5)));
  EXPECT_EQ(run.of(RuleId::r7).size(), 2U);
}

// The values of a system call, asked for again and again, are nothing old.
TEST(R7, ABlockOfKernelHitsAloneIsNoOlderBlock) {
  StageRun run;
  run.hit(user_hit(rich_lanes(5)));
  for (int i = 0; i < 3; ++i) {
    run.hit(kernel_hit(kMine, kMine));
    run.hit(kernel_hit(rich_lanes(7), kMine));
  }
  run.hit(user_hit(rich_lanes(6)));
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r7).empty());
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

// As recorded from a loader: it came back, and the next user-mode hit was far behind.
TEST(R7, AKernelHitThatHasAPartOfThemGoesOnWithThem) {
  for (const std::size_t kept : {std::size_t{1}, std::size_t{2}}) {
    Lanes next = rich_lanes(6);
    for (std::size_t i = 0; i < kept; ++i) next[3 + i] = kMine[3 + i];
    StageRun run;
    run.hit(user_hit(kMine));
    run.hit(user_hit(rich_lanes(5)));
    run.hit(kernel_hit(kMine, kMine));
    run.hit(kernel_hit(next, next));
    run.hit(user_hit(rich_lanes(7)));
    run.finish();
    EXPECT_EQ(run.of(RuleId::r7).size(), kept == 2 ? 0U : 1U) << kept;
  }
}

TEST(R7, TheWholeBlockInAnotherKernelHitIsNoWitness) {
  StageRun run;
  run.hit(user_hit(kMine));
  run.hit(user_hit(rich_lanes(5)));
  run.hit(kernel_hit(kMine, rich_lanes(5)));
  run.hit(kernel_hit(kMine, rich_lanes(5)));
  run.hit(user_hit(rich_lanes(5)));
  EXPECT_EQ(run.of(RuleId::r7).size(), 2U);
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

// It puts back what it has used when it has found a function for its caller.
TEST(R7, AHitInTheLoaderIsNoWitness) {
  for (const char* path : {"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "/usr/lib/x86_64-linux-gnu/libc.so.6"}) {
    StageRun run;
    run.process(100, "/usr/bin/app");
    run.map(100, path, 0x7f0000);
    run.hit(user_hit(kMine));
    Hit resolving = user_hit(rich_lanes(5));
    resolving.ip = 0x7f0100;
    run.hit(resolving);
    run.hit(kernel_hit(kMine, kMine));
    run.hit(user_hit(rich_lanes(6)));
    EXPECT_EQ(run.of(RuleId::r7).size(), std::string_view(path).ends_with("libc.so.6") ? 1U : 0U) << path;
  }
}

// What was seen before the loader, in code of the program, still counts.
TEST(R7, AnEarlierWitnessIsOneBesideTheLoader) {
  StageRun run;
  run.process(100, "/usr/bin/app");
  run.map(100, "/lib64/ld-linux-x86-64.so.2", 0x7f0000);
  run.hit(user_hit(kMine));
  run.hit(user_hit(rich_lanes(5)));
  Hit resolving = user_hit(rich_lanes(7));
  resolving.ip = 0x7f0100;
  run.hit(resolving);
  run.hit(kernel_hit(kMine, kMine));
  run.hit(user_hit(rich_lanes(6)));
  EXPECT_EQ(run.of(RuleId::r7).size(), 1U);
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

// As recorded from a thread that had slept and ended: it had cleared some registers again, and others were as before.
TEST(R7, RegistersThatAreZeroAgainAreNotAmongTheFour) {
  for (const std::size_t changed : {std::size_t{3}, std::size_t{4}}) {
    StageRun run;
    Lanes mine = kMine, between = kMine;
    for (std::size_t i = 0; i < changed; ++i) between[i] = rich_lanes(7)[i];
    for (std::size_t i = 12; i < mine.size(); ++i) mine[i] = {0, 0};
    run.hit(user_hit(mine));
    run.hit(user_hit(between));
    run.hit(kernel_hit(mine, between));
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
