#include "lib/report/chain_tree.h"

#include <gtest/gtest.h>

#include <vector>

namespace simdprof {
namespace {

TEST(ChainTree, TheEmptyChainIsNone) {
  ChainTree tree;
  EXPECT_EQ(tree.intern({}), kNoChain);
  EXPECT_EQ(tree.size(), 0U);
}

TEST(ChainTree, WalksFromTheInnermostFrameOut) {
  ChainTree tree;
  const FrameId chain[] = {7, 5, 3};  // innermost first
  ChainId at = tree.intern(chain);
  for (const FrameId frame : chain) {
    ASSERT_NE(at, kNoChain);
    EXPECT_EQ(tree.frame(at), frame);
    at = tree.caller(at);
  }
  EXPECT_EQ(at, kNoChain);
}

TEST(ChainTree, EqualChainsAreOneNumber) {
  ChainTree tree;
  const FrameId chain[] = {7, 5, 3}, other[] = {7, 3, 5};
  EXPECT_EQ(tree.intern(chain), tree.intern(chain));
  EXPECT_NE(tree.intern(chain), tree.intern(other));
}

TEST(ChainTree, SharesTheOuterFrames) {
  ChainTree tree;
  const FrameId first[] = {7, 5, 3}, second[] = {8, 5, 3};
  const ChainId one = tree.intern(first), two = tree.intern(second);
  EXPECT_EQ(tree.caller(one), tree.caller(two));
  EXPECT_EQ(tree.size(), 4U);
}

std::vector<FrameId> frames_of(const ChainTree& tree, ChainId chain) {
  std::vector<FrameId> frames;
  for (; chain != kNoChain; chain = tree.caller(chain)) frames.push_back(tree.frame(chain));
  return frames;
}

TEST(ChainTree, ExchangesPlaceholdersForFramesInnermostFirst) {
  ChainTree tree;
  const FrameId first[] = {100, 5, 3}, second[] = {101, 5, 3}, third[] = {7, 100, 3};
  const ChainId one = tree.intern(first), two = tree.intern(second), three = tree.intern(third);
  const auto numbers = tree.exchange_frames({{100, {8, 9}}, {101, {8, 9}}});
  EXPECT_EQ(numbers[kNoChain], kNoChain);
  EXPECT_EQ(numbers[one], numbers[two]) << "two addresses of one function";
  EXPECT_EQ(frames_of(tree, numbers[one]), (std::vector<FrameId>{8, 9, 5, 3}));
  EXPECT_EQ(frames_of(tree, numbers[three]), (std::vector<FrameId>{7, 8, 9, 3}));
}

}  // namespace
}  // namespace simdprof
