#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "lib/report/flat_map.h"
#include "lib/report/frame_table.h"

namespace simdprof {

/// Number of a call chain in a ChainTree. kNoChain is the empty chain.
using ChainId = std::uint32_t;
inline constexpr ChainId kNoChain = 0;

/// All call chains of a profile as one tree, outermost frame at the root, so that chains share what they have in common
/// and a chain is one number.
class ChainTree {
 public:
  ChainTree() { nodes_.push_back({}); }

  /// @param frames  innermost first
  ChainId intern(std::span<const FrameId> frames);
  /// Makes the tree anew with other frames, those of one address innermost first, in the place of some. Gives the new
  /// number of each chain, by its old one.
  std::vector<ChainId> exchange_frames(const std::unordered_map<FrameId, std::vector<FrameId>>& exchange);
  /// The innermost frame of a chain that is not kNoChain.
  [[nodiscard]] FrameId frame(ChainId chain) const { return nodes_[chain].frame; }
  /// The chain without its innermost frame.
  [[nodiscard]] ChainId caller(ChainId chain) const { return nodes_[chain].parent; }
  [[nodiscard]] std::size_t size() const { return nodes_.size() - 1; }

 private:
  struct Node {
    ChainId parent = kNoChain;
    FrameId frame = 0;
  };
  struct Edge {
    ChainId parent = kNoChain;
    FrameId frame = 0;
    [[nodiscard]] std::uint64_t hash() const { return mix_hash((std::uint64_t{parent} << 32U) | frame); }
    friend bool operator==(const Edge&, const Edge&) = default;
  };

  ChainId child(ChainId parent, FrameId frame);

  std::vector<Node> nodes_;
  FlatMap<Edge> children_;
};

}  // namespace simdprof
