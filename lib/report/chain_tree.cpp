#include "lib/report/chain_tree.h"

namespace simdprof {

ChainId ChainTree::intern(std::span<const FrameId> frames) {
  ChainId chain = kNoChain;
  for (std::size_t i = frames.size(); i > 0; --i) {
    const auto [child, added] = children_.find_or_add(Edge{chain, frames[i - 1]});
    if (added) {
      *child = static_cast<ChainId>(nodes_.size());
      nodes_.push_back({chain, frames[i - 1]});
    }
    chain = *child;
  }
  return chain;
}

}  // namespace simdprof
