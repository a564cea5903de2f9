#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/abi/registers.h"
#include "lib/base/fetch_line.h"
#include "lib/model/event.h"
#include "lib/model/record.h"

namespace simdprof::cmd {

/// Whether what is made of a sample's call chain depends on nothing else of the sample. A user stack is unwound, which
/// depends on more than the chain. A guest's chain, and one that ends with a marker, may be the address of the sample
/// alone.
bool depends_on_chain_alone(const Sample& sample);
std::uint64_t hash_words(const WordView& words, Pid pid);

/// Samples of one run that a verb cannot tell apart: same event, task, CPU, mode, address and call chain. A run of 2500
/// samples of a real program has some 400 groups, so that what has to be looked up in the order of time is looked up
/// for a sixth of the samples; the groups are found on all cores.
///
/// Two other ways were weighed. Sums made by each core for its part of the recording need no order at all, but names
/// and mappings change in the middle, and the rules with a history want every sample. A cache of what was looked up
/// (there is one: PlaceCache, ChainMemo) still compares every chain in the one thread that has the order.
class SampleGroups {
 public:
  /// What tells samples apart.
  struct Rules {
    bool chains = false;  ///< the call chain does
    bool cpus = false;    ///< the CPU does
    bool plain = false;   ///< only samples of which no rule can speak are grouped: ValidityStage::is_plain
    abi::Arch arch = abi::Arch::unknown;
    std::vector<EventDesc> events;  ///< of the recording
    std::vector<bool> grouped;      ///< by event: whether its samples may be grouped at all
  };
  /// One group. What stands in it is the reader's, who sees the first sample first.
  struct Group {
    std::uint64_t version = 0;          ///< of the names and mappings that the following were looked up in; 0: not yet
    std::uint32_t leaf = 0;             ///< FrameId of the function
    std::uint32_t entry = 0;            ///< of the profile
    std::uint32_t slot = 0, stamp = 0;  ///< of a ChainMemo
    /// Of the call chain that its samples have, where that tells samples apart: the reader need not look for it in a
    /// sample, which another core has decoded.
    std::uint64_t chain_hash = 0;        ///< hash_words
    std::span<const std::byte> chain{};  ///< its words
  };

  /// Forgets the run before.
  /// @param records  about as many as will come
  void start(std::size_t records);
  /// Groups those of `records` that no earlier call since start() was given, by their number. `records` are those of
  /// the run so far; those with type 0 were not decoded.
  void add(const Rules& rules, std::span<const Record> records);

  /// The group of a record of the run; nullptr: it is no sample, or stands for itself.
  [[nodiscard]] Group* find(std::size_t number) {
    fetch_ahead(number);
    const std::uint32_t group = group_of_[number];
    return group == kAlone ? nullptr : &groups_[group];
  }
  [[nodiscard]] std::size_t size() const { return groups_.size(); }

 private:
  static constexpr std::uint32_t kAlone = ~std::uint32_t{0};
  static constexpr std::size_t kFirstSlots = 1024;  ///< at most; a run has a sixth as many groups as samples, or less
  static constexpr std::size_t kAtOnce = 16;
  /// What the samples of a group have in common, but for the chain.
  struct Key {
    VirtAddr ip = 0;
    Pid pid = 0;
    Tid tid = 0;
    std::uint32_t cpu = 0;  ///< 0 where CPUs do not tell samples apart
    std::uint32_t event = 0;
    CpuMode mode = CpuMode::unknown;
    bool operator==(const Key&) const = default;
  };
  /// All of it in one cache line: between two looks at a group, the samples of many others went through the caches.
  struct alignas(64) Slot {
    std::uint64_t hash = 0;
    Key key;
    std::uint32_t group = kAlone;
  };
  /// A sample that is to be grouped.
  struct Wanted {
    const Sample* sample = nullptr;  ///< nullptr: a record that stands for itself
    std::uint64_t hash = 0, chain_hash = 0;
  };

  /// Asks for what find() and its caller need some records later: first the group, then its chain.
  void fetch_ahead(std::size_t number) const {
    constexpr std::size_t kGroupAhead = 8, kChainAhead = 4;
    if (number + kGroupAhead >= group_of_.size()) return;
    if (const std::uint32_t later = group_of_[number + kGroupAhead]; later != kAlone) {
      fetch_line(&groups_[later]);
    }
    if (const std::uint32_t next = group_of_[number + kChainAhead]; next != kAlone && groups_[next].version == 0) {
      fetch_line(groups_[next].chain.data());
    }
  }
  static Key key_of(const Rules& rules, const Sample& sample);
  static Wanted wanted_of(const Rules& rules, const Record& record);
  std::uint32_t group_for(const Rules& rules, const Wanted& wanted);
  std::uint32_t new_group(const Rules& rules, const Wanted& wanted);
  void make_room();

  std::vector<std::uint32_t> group_of_;  ///< by number
  std::vector<Group> groups_;
  std::vector<Slot> slots_;  ///< open addressing; a power of two, at most half used
};

}  // namespace simdprof::cmd
