#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "cmd/map_generations.h"
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
  void observe(const Record& record) { generations_.observe(record); }

  struct Found {
    Value* value = nullptr;  ///< nullptr: this sample's chain cannot be remembered
    bool known = false;      ///< false: `value` is of another chain, or new, and is the caller's to make
  };
  /// The pointer holds until the next call.
  Found find(const Sample& sample) {
    if (!depends_on_chain_alone(sample)) return {};
    const std::span<const std::byte> words = sample.callchain.bytes();
    const Facts facts{generations_.version(sample.pid, CpuMode::user),
                      generations_.version(sample.pid, CpuMode::kernel), sample.mode, sample.event};
    if (slots_.empty()) slots_.resize(kSlots);
    Slot& slot = slots_[hash(sample.callchain, sample.pid) >> (64U - kSlotBits)];
    const bool known = slot.words.size() == words.size() && slot.facts == facts &&
                       std::memcmp(slot.words.data(), words.data(), words.size()) == 0;
    if (!known) {
      slot.words.assign(words.begin(), words.end());
      slot.facts = facts;
    }
    return {&slot.value, known};
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
    Value value{};
  };

  /// A user stack is unwound, which depends on more than the chain. A guest's chain, and one that ends with a marker,
  /// may be the address of the sample alone.
  static bool depends_on_chain_alone(const Sample& sample) {
    const WordView& chain = sample.callchain;
    return !chain.empty() && chain.bytes().size() <= kMostBytes && sample.stack_user.empty() && !sample.guest() &&
           chain[chain.size() - 1] < abi::PERF_CONTEXT_MAX;
  }

  static std::uint64_t hash(const WordView& words, Pid pid) {
    std::uint64_t mixed = static_cast<std::uint32_t>(pid);
    for (std::size_t i = 0; i < words.size(); ++i) mixed = (mixed ^ words[i]) * 0x9e3779b97f4a7c15;
    return mix_hash(mixed);
  }

  MapGenerations generations_;
  std::vector<Slot> slots_;
};

}  // namespace simdprof::cmd
