#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "cmd/map_generations.h"
#include "cmd/sample_groups.h"
#include "lib/abi/perf_event.h"
#include "lib/model/record.h"
#include "lib/report/flat_map.h"

namespace simdprof::cmd {

/// What a verb made of the call chains that it saw last, in a table of fixed size. A loop's samples have few chains,
/// and to look up a chain that is known costs a comparison of its words; to look up its frames one by one is most of
/// the work of a report with call graphs.
///
/// Value: what is made of a chain and nothing else than the chain, the process's mappings and the event.
/// kSlotBits: 2^kSlotBits chains are remembered.
template <class Value, unsigned kSlotBits>
class ChainMemo {
 public:
  /// Mappings changed: what was made of chains in that process no longer holds.
  void observe(const Record& record) { version_ += generations_.observe(record) ? 1U : 0U; }

  struct Found {
    Value* value = nullptr;  ///< nullptr: this sample's chain cannot be remembered
    bool known = false;      ///< false: `value` is of another chain, or new, and is the caller's to make
  };
  /// The pointer holds until the next call.
  /// @param group  of the sample in its run, whose samples have one chain, or nullptr: what was found for one is found
  /// for the others without a look at their chains
  Found find(const Sample& sample, SampleGroups::Group* group) {
    if (group == nullptr) return find(sample);
    if (group->version == version_ && slots_[group->slot].stamp == group->stamp)
      return {&slots_[group->slot].value, true};
    const Found found = find_again(sample, *group);
    if (found.value == nullptr) return found;
    group->version = version_;
    group->slot = last_;
    group->stamp = slots_[last_].stamp;
    return found;
  }
  /// The same without trust in what was found before, for who keeps something else with the group.
  Found find_again(const Sample& sample, const SampleGroups::Group& group) {
    return find(sample, group.chain, group.chain_hash);
  }
  Found find(const Sample& sample) {
    if (!depends_on_chain_alone(sample)) return {};
    return find(sample, sample.callchain.bytes(), hash_words(sample.callchain, sample.pid));
  }

 private:
  static constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;
  static constexpr std::size_t kMostBytes = 1024;  ///< the kernel's own limit is 127 frames

  struct Facts {
    MapGenerations::Version user, kernel;
    CpuMode mode = CpuMode::unknown;  ///< of the frames before the first marker
    std::uint32_t event = 0;
    bool operator==(const Facts&) const = default;
  };
  struct Slot {
    std::vector<std::byte> words;  ///< of the chain, as recorded
    Facts facts;
    std::uint32_t stamp = 0;  ///< counts its chains
    Value value{};
  };

  Found find(const Sample& sample, std::span<const std::byte> words, std::uint64_t hash) {
    if (words.size() > kMostBytes) return {};
    const Facts facts{generations_.version(sample.pid, CpuMode::user),
                      generations_.version(sample.pid, CpuMode::kernel), sample.mode, sample.event};
    if (slots_.empty()) slots_.resize(kSlots);
    last_ = static_cast<std::uint32_t>(hash >> (64U - kSlotBits));
    Slot& slot = slots_[last_];
    const bool known = slot.words.size() == words.size() && slot.facts == facts &&
                       std::memcmp(slot.words.data(), words.data(), words.size()) == 0;
    if (!known) {
      slot.words.assign(words.begin(), words.end());
      slot.facts = facts;
      ++slot.stamp;
    }
    return {&slot.value, known};
  }

  MapGenerations generations_;
  std::vector<Slot> slots_;
  std::uint32_t last_ = 0;     ///< slot that was found last
  std::uint64_t version_ = 1;  ///< of all mappings
};

}  // namespace simdprof::cmd
