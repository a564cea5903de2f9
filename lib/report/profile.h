#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lib/base/units.h"
#include "lib/report/chain_tree.h"
#include "lib/report/flat_map.h"
#include "lib/report/frame_table.h"
#include "lib/report/simd_state.h"
#include "lib/report/sort_keys.h"
#include "lib/report/text_pool.h"

namespace simdprof {

/// How much samples weigh.
struct Weight {
  std::uint64_t samples = 0;
  std::uint64_t period_events = 0;  ///< events the samples stand for: what overhead is measured in, as perf does

  void add(const Weight& other) {
    samples += other.samples;
    period_events += other.period_events;
  }
  friend bool operator==(const Weight&, const Weight&) = default;
};

/// One sample with its addresses turned into frames.
struct ProfileSample {
  std::uint32_t event = 0;
  TextId comm = 0;
  Pid pid = 0;
  Tid tid = 0;
  std::uint32_t cpu = 0;
  std::uint64_t period_events = 1;
  FrameId leaf = 0;          ///< the function whose code was hit: not an inlined one
  ChainId chain = kNoChain;  ///< of Profile::chains, inlined functions among its frames; kNoChain: no call chain wanted
  SimdState simd;
};

/// Samples of a recording, added up by everything a view can tell them apart by. Views (rows.h, call_graph.h) are made
/// from the sums, so that their cost does not grow with the number of samples.
class Profile {
 public:
  /// Samples that differ in nothing that `keys` asks for.
  struct Group {
    std::uint32_t event = 0;
    TextId comm = 0;  ///< 0 where the keys do not ask for it, as are the next four
    Pid pid = 0;
    Tid tid = 0;
    std::uint32_t cpu = 0;
    SimdWidth widest = SimdWidth::unknown;
    FrameId leaf = 0;
    ChainId chain = kNoChain;

    [[nodiscard]] std::uint64_t hash() const;
    friend bool operator==(const Group&, const Group&) = default;
  };
  struct Entry {
    Group group;
    Weight weight;
    SimdTally simd;
  };

  /// What placeholders turned out to be: frames of one address, innermost first, by placeholder.
  using FrameExchange = std::unordered_map<FrameId, std::vector<FrameId>>;

  explicit Profile(SortKeys keys);
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;
  Profile(Profile&&) = default;
  Profile& operator=(Profile&&) = default;
  ~Profile() = default;

  void add(const ProfileSample& sample);
  /// The entry that a sample belongs to; its number holds until exchange_frames().
  std::uint32_t entry_of(const ProfileSample& sample);
  /// As add(), for a sample without SIMD state.
  void add_to(std::uint32_t entry, std::uint64_t period_events);
  /// A sample that a filter keeps out of the rows but not out of the total that percentages are of.
  void add_filtered(std::uint32_t event, std::uint64_t period_events);

  /// Puts real frames in the place of placeholders: groups that are then the same become one. Ends the adding: chains
  /// have new numbers.
  void exchange_frames(const FrameExchange& exchange);

  [[nodiscard]] const SortKeys& keys() const { return keys_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  /// Of all samples of `event`, filtered ones too.
  [[nodiscard]] Weight total(std::uint32_t event) const;
  /// Whether any sample has its SIMD state recorded.
  [[nodiscard]] bool any_simd() const { return any_simd_; }

  TextPool texts;
  FrameTable frames;
  ChainTree chains;

 private:
  /// What the keys ask for; asked of every sample.
  struct Wanted {
    bool comm = false, pid = false, tid = false, cpu = false, simd = false;
  };

  [[nodiscard]] Group group_of(const ProfileSample& sample) const;
  std::uint32_t find_entry(const Group& group);
  Weight& total_of(std::uint32_t event);

  /// Entries that were used last, by a part of their hash: a loop's samples come back to few of them.
  static constexpr unsigned kRecentBits = 12;

  SortKeys keys_;
  Wanted wanted_;
  std::vector<Entry> entries_;
  FlatMap<Group> ids_;
  std::vector<std::uint32_t> recent_;
  std::map<std::uint32_t, Weight> totals_;
  std::pair<std::uint32_t, Weight*> last_total_{0, nullptr};  ///< event that was asked for last
  bool any_simd_ = false;
};

}  // namespace simdprof
