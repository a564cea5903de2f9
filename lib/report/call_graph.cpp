#include "lib/report/call_graph.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

namespace simdprof {
namespace {

/// Adds up the paths of one row, then cuts, joins and orders them.
class GraphBuilder {
 public:
  GraphBuilder(const Profile& profile, const CallGraphOptions& options, std::uint64_t total_events)
      : profile_(profile), options_(options), total_events_(total_events) {}

  /// @param path  in the order of the graph
  void add(std::vector<FrameId>& path, const Weight& weight) {
    std::reverse(path.begin(), path.end());  // a ChainTree starts at the last frame
    const ChainId node = tree_.intern(path);
    weights_.resize(tree_.size() + 1);
    weights_[node].add(weight);
  }

  std::vector<CallNode> finish() {
    children_.resize(weights_.size());
    for (std::size_t node = weights_.size(); node-- > 1;) {  // a node's children have larger numbers
      const ChainId parent = tree_.caller(static_cast<ChainId>(node));
      weights_[parent].add(weights_[node]);
      children_[parent].push_back(static_cast<ChainId>(node));
    }
    if (weights_.empty()) return {};
    return branches(kNoChain);
  }

 private:
  std::vector<CallNode> branches(ChainId parent) {
    const std::uint64_t whole =
        options_.share == CallGraphOptions::Share::graph ? total_events_ : weights_[parent].period_events;
    std::vector<CallNode> out;
    for (const ChainId child : children_[parent]) {
      if (percent_of(weights_[child].period_events, whole) < options_.min_percent) continue;
      out.push_back(branch(child));
    }
    std::sort(out.begin(), out.end(), [this](const CallNode& a, const CallNode& b) {
      if (a.weight.period_events != b.weight.period_events) return a.weight.period_events > b.weight.period_events;
      return order_of(a.run.front()) < order_of(b.run.front());
    });
    return out;
  }

  CallNode branch(ChainId node) {
    CallNode out;
    out.weight = weights_[node];
    out.run.push_back(tree_.frame(node));
    while (children_[node].size() == 1 && weights_[children_[node].front()] == out.weight) {
      node = children_[node].front();
      out.run.push_back(tree_.frame(node));
    }
    out.children = branches(node);
    return out;
  }

  [[nodiscard]] std::tuple<std::string_view, std::string_view, std::uint64_t, FrameId> order_of(FrameId id) const {
    const Frame& frame = profile_.frames.at(id);
    return {profile_.texts.text(frame.symbol), profile_.texts.text(frame.dso), frame.start, id};
  }

  const Profile& profile_;
  const CallGraphOptions& options_;
  std::uint64_t total_events_;
  ChainTree tree_;
  std::vector<Weight> weights_;                 // of each node of tree_
  std::vector<std::vector<ChainId>> children_;  // of each node of tree_
};

}  // namespace

CallGraphs::CallGraphs(const Profile& profile, const Section& section, const CallGraphOptions& options)
    : profile_(profile), section_(section), options_(options), members_(section.rows.size()) {
  FlatMap<RowKey> row_of_key;
  for (std::size_t i = 0; i < section.rows.size(); ++i) {
    *row_of_key.find_or_add(section.rows[i].key).first = static_cast<std::uint32_t>(i);
  }
  const auto& entries = profile.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& group = entries[i].group;
    if (group.event != section.event || group.chain == kNoChain) continue;
    const auto entry = static_cast<std::uint32_t>(i);
    if (!section.children) {
      add_member(row_of_key, entry, group.leaf, group.chain);
      continue;
    }
    for (ChainId at = group.chain; at != kNoChain; at = profile.chains.caller(at)) {
      add_member(row_of_key, entry, profile.chains.frame(at), at);
    }
  }
}

void CallGraphs::add_member(const FlatMap<RowKey>& row_of_key, std::uint32_t entry, FrameId frame, ChainId at) {
  const std::uint32_t* row = row_of_key.find(row_key(profile_, profile_.entries()[entry], frame));
  if (row == nullptr) return;  // below the percent limit, or kept out by a filter
  std::vector<Member>& members = members_[*row];
  if (members.empty() || members.back().entry != entry) {
    members.push_back({entry, at});
  } else if (options_.order == CallGraphOptions::Order::caller) {
    members.back().at = at;  // recursion: what it calls starts at its outermost call, who calls it at its innermost
  }
}

std::vector<CallNode> CallGraphs::build(std::size_t row) const {
  GraphBuilder builder(profile_, options_, section_.total.period_events);
  std::vector<FrameId> path;
  for (const Member& member : members_[row]) {
    const Profile::Entry& entry = profile_.entries()[member.entry];
    path.clear();
    if (options_.order == CallGraphOptions::Order::callee) {
      for (ChainId at = member.at; at != kNoChain; at = profile_.chains.caller(at)) {
        path.push_back(profile_.chains.frame(at));
      }
    } else {
      const ChainId end = section_.children ? profile_.chains.caller(member.at) : kNoChain;
      for (ChainId at = entry.group.chain; at != end; at = profile_.chains.caller(at)) {
        path.push_back(profile_.chains.frame(at));
      }
      std::reverse(path.begin(), path.end());
    }
    builder.add(path, entry.weight);
  }
  return builder.finish();
}

}  // namespace simdprof
