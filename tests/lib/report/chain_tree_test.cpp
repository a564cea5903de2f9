#include "lib/report/chain_tree.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace simdprof
