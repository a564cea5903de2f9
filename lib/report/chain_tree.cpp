#include "lib/report/chain_tree.h"

#include <utility>

namespace simdprof {

ChainId ChainTree::child(ChainId parent, FrameId frame) {
  const auto [id, added] = children_.find_or_add(Edge{parent, frame});
  if (added) {
    *id = static_cast<ChainId>(nodes_.size());
    nodes_.push_back({parent, frame});
  }
  return *id;
}

ChainId ChainTree::intern(std::span<const FrameId> frames) {
  ChainId chain = kNoChain;
  for (std::size_t i = frames.size(); i > 0; --i) chain = child(chain, frames[i - 1]);
  return chain;
}

std::vector<ChainId> ChainTree::exchange_frames(const std::unordered_map<FrameId, std::vector<FrameId>>& exchange) {
  const std::vector<Node> before = std::exchange(nodes_, {Node{}});
  children_.clear();
  std::vector<ChainId> numbers(before.size(), kNoChain);
  for (std::size_t i = 1; i < before.size(); ++i) {  // a caller stands before those that it calls
    const ChainId parent = numbers[before[i].parent];
    const auto known = exchange.find(before[i].frame);
    const auto frames = known == exchange.end() ? std::span(&before[i].frame, 1) : std::span(known->second);
    ChainId chain = parent;
    for (std::size_t k = frames.size(); k > 0; --k) chain = child(chain, frames[k - 1]);
    numbers[i] = chain;
  }
  return numbers;
}

}  // namespace simdprof
