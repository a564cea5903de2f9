#include "cmd/chain_memo.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/cmd/mmap_record.h"
#include "tests/support/bytes.h"

namespace simdprof::cmd {
namespace {

using test::Bytes;
using test::mmap_record;
using test::words;

constexpr std::uint64_t kUserMarker = abi::PERF_CONTEXT_USER;

class ChainMemoTest : public testing::Test {
 protected:
  static Sample sample_of(const Bytes& chain, Pid pid = 7) {
    Sample sample;
    sample.present = abi::PERF_SAMPLE_CALLCHAIN;
    sample.mode = CpuMode::user;
    sample.pid = pid;
    sample.callchain = WordView(chain);
    return sample;
  }
  /// What the memo gives, -1 where it knows nothing; it is then told `made`.
  int value_of(const Sample& sample, int made) {
    const auto found = memo.find(sample);
    if (found.value == nullptr) return -2;
    if (found.known) return *found.value;
    *found.value = made;
    return -1;
  }

  ChainMemo<int, 4> memo;
  const Bytes one = words({kUserMarker, 0x401000, 0x402000});
  const Bytes other = words({kUserMarker, 0x401000, 0x403000});
};

TEST_F(ChainMemoTest, KnowsAChainThatCameBefore) {
  EXPECT_EQ(value_of(sample_of(one), 1), -1);
  EXPECT_EQ(value_of(sample_of(one), 2), 1);
  const Bytes copy = one;
  EXPECT_EQ(value_of(sample_of(copy), 3), 1) << "by its words, not by its place";
}

TEST_F(ChainMemoTest, KeepsChainsProcessesModesAndEventsApart) {
  EXPECT_EQ(value_of(sample_of(one), 1), -1);
  EXPECT_EQ(value_of(sample_of(other), 2), -1);
  EXPECT_EQ(value_of(sample_of(one, 8), 3), -1);
  Sample kernel = sample_of(one);
  kernel.mode = CpuMode::kernel;
  EXPECT_EQ(value_of(kernel, 4), -1);
  Sample second = sample_of(one);
  second.event = 1;
  EXPECT_EQ(value_of(second, 5), -1);
  const Bytes shorter = words({kUserMarker, 0x401000});
  EXPECT_EQ(value_of(sample_of(shorter), 6), -1);
}

TEST_F(ChainMemoTest, ForgetsWhatMappingsOfTheProcessOrTheKernelChange) {
  EXPECT_EQ(value_of(sample_of(one), 1), -1);
  memo.observe(mmap_record(8, 0x401000, 0x1000, "/bin/other"));
  EXPECT_EQ(value_of(sample_of(one), 2), 1);
  memo.observe(mmap_record(7, 0x401000, 0x1000, "/bin/app"));
  EXPECT_EQ(value_of(sample_of(one), 3), -1);
  Record module = mmap_record(-1, 0xffffffffc0000000, 0x1000, "module");
  std::get<MmapRecord>(module.body).kernel = true;
  memo.observe(module);
  EXPECT_EQ(value_of(sample_of(one), 4), -1);
}

TEST_F(ChainMemoTest, RemembersNothingThatDependsOnMoreThanTheChain) {
  EXPECT_EQ(value_of(sample_of({}), 1), -2);
  const Bytes marker = words({kUserMarker});
  EXPECT_EQ(value_of(sample_of(marker), 1), -2) << "the frame is the sample's address";
  Sample guest = sample_of(one);
  guest.mode = CpuMode::guest_user;
  EXPECT_EQ(value_of(guest, 1), -2);
  Sample stack = sample_of(one);
  stack.stack_user = one;
  EXPECT_EQ(value_of(stack, 1), -2);
  const std::vector<std::uint64_t> many(129, 0x401000);
  Bytes longest;
  for (const std::uint64_t word : many) longest = test::operator+(longest, words({word}));
  EXPECT_EQ(value_of(sample_of(longest), 1), -2);
}

TEST_F(ChainMemoTest, AFullTableForgetsAndIsNeverWrong) {
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100; ++i) {
      const Bytes chain = words({kUserMarker, 0x401000 + static_cast<std::uint64_t>(i)});
      const int got = value_of(sample_of(chain), i);
      ASSERT_TRUE(got == -1 || got == i) << got << " for " << i;
    }
  }
}

/// A group of samples with this chain, as SampleGroups makes it.
SampleGroups::Group group_with(const Bytes& chain) {
  SampleGroups::Group group;
  group.chain = chain;
  group.chain_hash = hash_words(WordView(chain), 7);
  return group;
}

TEST_F(ChainMemoTest, AGroupsChainIsFoundWithoutALookAtIt) {
  SampleGroups::Group group = group_with(one);
  const auto first = memo.find(sample_of(one), &group);
  ASSERT_NE(first.value, nullptr);
  EXPECT_FALSE(first.known);
  *first.value = 11;
  const auto second = memo.find(sample_of(other), &group);  // by its group, whatever its words are
  EXPECT_TRUE(second.known);
  EXPECT_EQ(*second.value, 11);
}

TEST_F(ChainMemoTest, ASampleAndItsGroupHaveTheSameChain) {
  *memo.find(sample_of(one)).value = 11;
  SampleGroups::Group group = group_with(one);
  EXPECT_TRUE(memo.find_again(sample_of(one), group).known);
  EXPECT_TRUE(memo.find(sample_of(one), &group).known);
  EXPECT_FALSE(memo.find_again(sample_of(other), group_with(other)).known);
}

TEST_F(ChainMemoTest, AGroupIsNotTrustedBeyondAChangeOfMappingsOrOfItsSlot) {
  SampleGroups::Group group = group_with(one);
  *memo.find(sample_of(one), &group).value = 11;
  memo.observe(mmap_record(7, 0x400000, 0x2000, "//anon"));
  EXPECT_FALSE(memo.find(sample_of(one), &group).known);
  ChainMemo<int, 1> small;
  *small.find(sample_of(one), &group).value = 12;
  for (std::uint64_t i = 0; i < 64; ++i) {  // two slots: some of these take that of the first
    const Bytes chain = words({kUserMarker, 0x500000 + i});
    *small.find(sample_of(chain)).value = 13;
  }
  const auto again = small.find(sample_of(one), &group);
  EXPECT_FALSE(again.known) << "another chain has taken its slot";
}

}  // namespace
}  // namespace simdprof::cmd
