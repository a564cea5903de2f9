#include "decoders/validity/thread_rules.h"

#include <gtest/gtest.h>

#include "tests/decoders/validity/stage_input.h"

namespace simdprof {
namespace {

using test::Hit;
using test::kernel_hit;
using test::kZeroLanes;
using test::Lanes;
using test::rich_lanes;
using test::StageRun;
using test::user_hit;

constexpr std::uint64_t kPointer = 0xffff888012345678;

Lanes with_pointers(std::size_t count) {
  Lanes lanes = rich_lanes(1);
  for (std::size_t i = 0; i < count; ++i) lanes[i / 2][i % 2] = kPointer + 64 * i;
  return lanes;
}

TEST(R8, OneOrAFewPointersInOneSampleAreChance) {
  for (const std::size_t count : {std::size_t{1}, std::size_t{3}}) {
    StageRun run;
    run.hit(user_hit(with_pointers(count)));
    for (int i = 0; i < 50; ++i) run.hit(user_hit(rich_lanes(2)));
    run.finish();
    EXPECT_TRUE(run.of(RuleId::r8).empty()) << count;
  }
}

TEST(R8, PointersInTwoSamplesOfOneThreadAreNot) {
  StageRun run;
  const auto first = run.hit(user_hit(with_pointers(1)));
  run.hit(user_hit(rich_lanes(2)));
  const auto second = run.hit(kernel_hit(with_pointers(1), rich_lanes(3)));
  const auto found = run.of(RuleId::r8);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].sample.number, first);
  EXPECT_EQ(found[1].sample.number, second);
  EXPECT_EQ(found[0].severity, Severity::medium);
  EXPECT_EQ(found[0].distrust, kDistrustUserVectors);
}

TEST(R8, ManyPointersInOneSampleAreNotEither) {
  StageRun run;
  run.hit(user_hit(with_pointers(4)));
  EXPECT_EQ(run.of(RuleId::r8).size(), 1U);
}

TEST(R8, OneSampleEachOfTwoThreadsIsChance) {
  StageRun run;
  run.hit(user_hit(with_pointers(1), 100));
  run.hit(user_hit(with_pointers(1), 200));
  EXPECT_TRUE(run.of(RuleId::r8).empty());
}

TEST(R8, PackedIntegersAndAllOnesAreNoPointers) {
  StageRun run;
  for (const std::uint64_t word :
       {std::uint64_t{0xffff9c40ffff9c40}, ~std::uint64_t{0}, std::uint64_t{0xffffffffffffff38}}) {
    for (int i = 0; i < 5; ++i) run.hit(user_hit(test::same_lanes(word)));
  }
  EXPECT_TRUE(run.of(RuleId::r8).empty());
}

TEST(R8, KernelTextCountsOnceItsMappingIsTold) {
  StageRun run;
  MmapRecord map;
  map.kernel = true;
  map.start = 0xffffffff81000000;
  map.length = 0x1000000;
  map.path = "[kernel.kallsyms]_text";
  Lanes lanes = rich_lanes(1);
  lanes[2] = {0xffffffff81002345, 0xffffffff81345678};
  for (int i = 0; i < 3; ++i) run.hit(user_hit(lanes));
  EXPECT_TRUE(run.of(RuleId::r8).empty());
  run.record(map, abi::PERF_RECORD_MISC_KERNEL);
  for (int i = 0; i < 3; ++i) run.hit(user_hit(lanes));
  EXPECT_EQ(run.of(RuleId::r8).size(), 3U);
}

TEST(R9, AThreadWhoseKernelHitsOftenLackTheUserSetIsTold) {
  StageRun run;
  for (int i = 0; i < 90; ++i) run.hit(Hit{});
  Hit without = kernel_hit(kZeroLanes, kZeroLanes);
  without.user.reset();
  without.intr.reset();
  without.user_abi = 0;
  for (int i = 0; i < 10; ++i) run.hit(without);
  EXPECT_TRUE(run.of(RuleId::r9).empty());
  run.finish();
  const auto found = run.of(RuleId::r9);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, Severity::medium);
  EXPECT_TRUE(found[0].whole_thread);
  EXPECT_EQ(found[0].thread_samples, 10U);
}

TEST(R9, RareHitsInTheEntryCodeAndKernelThreadsAreLegal) {
  StageRun run;
  Hit without = kernel_hit(kZeroLanes, kZeroLanes);
  without.user.reset();
  without.intr.reset();
  without.user_abi = 0;
  for (int i = 0; i < 1000; ++i) run.hit(Hit{});
  for (int i = 0; i < 5; ++i) run.hit(without);
  without.pid = without.tid = 7;  // kernel thread: no user-mode samples
  for (int i = 0; i < 100; ++i) run.hit(without);
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r9).empty());
}

TEST(R15, AThreadOfZerosIsInInitStateWhenOthersHaveValues) {
  StageRun run;
  for (int i = 0; i < 3; ++i) run.hit(user_hit(kZeroLanes, 100));
  run.hit(user_hit(rich_lanes(1), 200));
  run.hit(kernel_hit(rich_lanes(2), rich_lanes(2), 100));  // kernel hits say nothing of it
  run.finish();
  const auto found = run.of(RuleId::r15);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].sample.tid, 100);
  EXPECT_EQ(found[0].thread_samples, 3U);
  EXPECT_NE(found[0].note.find("integer-only"), std::string_view::npos);
}

TEST(R15, WithoutAnyValueThereIsNoDataSource) {
  StageRun run;
  run.hit(user_hit(kZeroLanes, 100));
  ExitRecord exit;
  exit.pid = exit.tid = 100;
  run.record(exit);
  run.hit(user_hit(kZeroLanes, 200));
  run.finish();
  const auto found = run.of(RuleId::r15);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_NE(found[0].note.find("no data source"), std::string_view::npos);
}

TEST(R15, OneValueIsEnough) {
  StageRun run;
  run.hit(user_hit(kZeroLanes));
  Lanes one = kZeroLanes;
  one[15][1] = 1;
  run.hit(user_hit(one));
  run.finish();
  EXPECT_TRUE(run.of(RuleId::r15).empty());
}

}  // namespace
}  // namespace simdprof
