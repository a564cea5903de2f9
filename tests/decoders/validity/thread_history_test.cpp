#include "decoders/validity/thread_history.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(ThreadHistory, KeepsItsLastBlocks) {
  ThreadHistory thread;
  VectorBlock block;
  for (std::uint64_t hash = 0; hash < ThreadHistory::kBlocks + 3; ++hash) {
    block.hash = hash;
    thread.add_block(block, hash % 2 == 0, 0x401000);
  }
  ASSERT_EQ(thread.blocks.size(), ThreadHistory::kBlocks);
  EXPECT_EQ(thread.blocks.front().block.hash, 3U);
  EXPECT_FALSE(thread.blocks.front().user_mode);
  EXPECT_EQ(thread.blocks.back().block.hash, ThreadHistory::kBlocks + 2);
}

TEST(ThreadHistory, KnowsTheBlockOfTheLastUserModeHit) {
  ThreadHistory thread;
  VectorBlock block;
  EXPECT_TRUE(thread.last_user_block.empty());
  for (const bool user_mode : {true, false}) {
    ++block.hash;
    thread.add_block(block, user_mode, 0x401000);
  }
  EXPECT_EQ(thread.last_user_block.hash, 1U);
}

TEST(ThreadHistories, ClosesThoseLongestNotSeenWhenThereAreTooMany) {
  ThreadHistories table;
  std::vector<std::uint64_t> closed;
  const ThreadHistories::Close close = [&closed](const ThreadHistory& thread) { closed.push_back(thread.last_used); };
  const auto most = static_cast<Tid>(ThreadHistories::kMaxThreads);
  for (Tid tid = 0; tid < most; ++tid) (void)table.at(tid, static_cast<std::uint64_t>(tid), close);
  (void)table.at(0, 999'999, close);  // seen again
  EXPECT_TRUE(closed.empty());
  (void)table.at(most, 1'000'000, close);
  ASSERT_EQ(closed.size(), ThreadHistories::kMaxThreads / 2);
  EXPECT_EQ(closed.front(), 1U);
  EXPECT_EQ(table.size(), ThreadHistories::kMaxThreads / 2 + 1);
  EXPECT_NE(table.find(0), nullptr);
  EXPECT_EQ(table.find(1), nullptr);
}

TEST(ThreadHistories, AnEndedThreadIsClosedOnce) {
  ThreadHistories table;
  int closed = 0;
  const ThreadHistories::Close close = [&closed](const ThreadHistory&) { ++closed; };
  table.at(5, 0, close).samples = 3;
  EXPECT_EQ(table.at(5, 1, close).samples, 3U);
  table.remove(5, close);
  table.remove(5, close);
  EXPECT_EQ(closed, 1);
  EXPECT_EQ(table.at(5, 2, close).samples, 0U) << "a new thread of that id";
}

TEST(ThreadHistories, ClosesAllInTheOrderOfTheirIds) {
  ThreadHistories table;
  std::vector<std::uint64_t> closed;
  const ThreadHistories::Close close = [&closed](const ThreadHistory& thread) { closed.push_back(thread.samples); };
  for (const Tid tid : {9, 3, 7}) table.at(tid, 0, close).samples = static_cast<std::uint64_t>(tid);
  table.close_all(close);
  EXPECT_EQ(closed, (std::vector<std::uint64_t>{3, 7, 9}));
  EXPECT_EQ(table.size(), 0U);
}

}  // namespace
}  // namespace simdprof
