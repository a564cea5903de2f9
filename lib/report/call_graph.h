#pragma once

#include <cstdint>
#include <vector>

#include "lib/report/profile.h"
#include "lib/report/rows.h"

namespace simdprof {

/// A run of frames that all samples below it share, and where they part.
struct CallNode {
  std::vector<FrameId> run;        ///< in the order of the graph
  Weight weight;                   ///< of all samples that go through the run
  std::vector<CallNode> children;  ///< largest first
};

struct CallGraphOptions {
  enum class Order : std::uint8_t {
    callee,  ///< from the row's function out to its callers
    caller,  ///< from the row's function in to what it calls
  };
  enum class Share : std::uint8_t { graph, fractal };  ///< percent of the event's total, or of the node above
  Order order = Order::callee;
  Share share = Share::graph;
  double min_percent = 0.5;  ///< of the total, or of the node above; smaller branches are left out
};

/// The call graphs of all rows of a section.
class CallGraphs {
 public:
  CallGraphs(const Profile& profile, const Section& section, const CallGraphOptions& options);

  /// Branches of row `row` (by its place in the section). Without children they hold the chains of the samples that hit
  /// the row, with children those of all samples that passed through it.
  [[nodiscard]] std::vector<CallNode> build(std::size_t row) const;
  [[nodiscard]] const CallGraphOptions& options() const { return options_; }

 private:
  /// One entry of the profile that belongs to a row, and where on its chain the row's function is.
  struct Member {
    std::uint32_t entry = 0;
    ChainId at = kNoChain;  ///< chain up to and with the row's function
  };
  void add_member(const FlatMap<RowKey>& row_of_key, std::uint32_t entry, FrameId frame, ChainId at);

  const Profile& profile_;
  const Section& section_;
  CallGraphOptions options_;
  std::vector<std::vector<Member>> members_;  // of each row
};

}  // namespace simdprof
