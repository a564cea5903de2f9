#include "decoders/validity/cpu_history.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(CpuHistory, KeepsTheLastBlocksOfEachCpu) {
  CpuHistory history;
  for (std::uint64_t hash = 0; hash < CpuHistory::kBlocks + 1; ++hash) history.add(3, {hash, 1, true, true});
  EXPECT_TRUE(history.blocks(2).empty());
  const auto blocks = history.blocks(3);
  ASSERT_EQ(blocks.size(), CpuHistory::kBlocks);
  for (const SeenBlock& block : blocks) EXPECT_NE(block.hash, 0U) << "the oldest is gone";
}

TEST(CpuHistory, ABlockOfOneProcessTakesOnePlaceAndKeepsTheSurerFact) {
  CpuHistory history;
  history.add(0, {7, 1, false, false});
  history.add(0, {7, 1, true, true});
  history.add(0, {7, 1, false, false});
  history.add(0, {7, 2, false, false});
  const auto blocks = history.blocks(0);
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_TRUE(blocks[0].owned);
  EXPECT_TRUE(blocks[0].user_mode);
  EXPECT_FALSE(blocks[1].owned);
}

TEST(CpuHistory, ABlockIsWhereItsProcessWasFirstSeenToOwnIt) {
  CpuHistory history;
  history.add(0, {7, 1, false, false, 0x1000});
  history.add(0, {7, 1, true, false, 0x2000});
  history.add(0, {7, 1, true, true, 0x3000});
  ASSERT_EQ(history.blocks(0).size(), 1U);
  EXPECT_EQ(history.blocks(0)[0].user_ip, 0x2000U);
}

TEST(CpuHistory, RegistersAreTheLastThreadsThatWasInUserMode) {
  CpuHistory history;
  EXPECT_FALSE(history.owns_registers(1, 10));
  history.note_thread(1, 10, true);
  history.note_thread(1, 10, false);
  EXPECT_TRUE(history.owns_registers(1, 10));
  EXPECT_FALSE(history.owns_registers(2, 10));
  history.note_thread(1, 11, false);  // switched in, still in the kernel
  EXPECT_FALSE(history.owns_registers(1, 10));
  EXPECT_FALSE(history.owns_registers(1, 11));
  history.note_thread(1, 11, true);
  EXPECT_TRUE(history.owns_registers(1, 11));
  history.release(1, 10);
  EXPECT_TRUE(history.owns_registers(1, 11));
  history.release(1, 11);
  EXPECT_FALSE(history.owns_registers(1, 11));
}

TEST(CpuHistory, TheNumberOfCpusIsBounded) {
  CpuHistory history;
  for (std::uint32_t cpu = 0; cpu < CpuHistory::kMaxCpus + 10; ++cpu) history.add(cpu * 7, {1, 1, true, true});
  EXPECT_EQ(history.cpus(), CpuHistory::kMaxCpus);
  EXPECT_EQ(history.blocks(0).size(), 1U);
}

}  // namespace
}  // namespace simdprof
