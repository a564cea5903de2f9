#include "cmd/sample_groups.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <variant>

#include "decoders/validity/validity_stage.h"
#include "lib/abi/perf_event.h"
#include "lib/report/flat_map.h"

namespace simdprof::cmd {
namespace {

bool may_be_grouped(const SampleGroups::Rules& rules, const Record& record) {
  const auto* sample = record.type == 0 ? nullptr : std::get_if<Sample>(&record.body);
  if (sample == nullptr || sample->event >= rules.grouped.size() || !rules.grouped[sample->event]) return false;
  if (rules.chains && !depends_on_chain_alone(*sample)) return false;
  return !rules.plain || ValidityStage::is_plain(*sample, rules.events[sample->event].attr, rules.arch);
}

std::uint64_t word(std::uint32_t high, std::uint32_t low) { return (std::uint64_t{high} << 32U) | low; }

}  // namespace

bool depends_on_chain_alone(const Sample& sample) {
  const WordView& chain = sample.callchain;
  return !chain.empty() && sample.stack_user.empty() && !sample.guest() &&
         chain[chain.size() - 1] < abi::PERF_CONTEXT_MAX;
}

std::uint64_t hash_words(const WordView& words, Pid pid) {
  std::uint64_t mixed = static_cast<std::uint32_t>(pid);
  for (std::size_t i = 0; i < words.size(); ++i) mixed = (mixed ^ words[i]) * 0x9e3779b97f4a7c15;
  return mix_hash(mixed);
}

SampleGroups::Key SampleGroups::key_of(const Rules& rules, const Sample& sample) {
  return {sample.ip, sample.pid, sample.tid, rules.cpus ? sample.cpu : 0, sample.event, sample.mode};
}

SampleGroups::Wanted SampleGroups::wanted_of(const Rules& rules, const Record& record) {
  Wanted wanted;
  if (!may_be_grouped(rules, record)) return wanted;
  wanted.sample = &std::get<Sample>(record.body);
  if (rules.chains) wanted.chain_hash = hash_words(wanted.sample->callchain, wanted.sample->pid);
  const Key key = key_of(rules, *wanted.sample);
  const std::uint64_t task = mix_hash(word(static_cast<std::uint32_t>(key.tid), key.cpu));
  wanted.hash = mix_hash(key.ip ^ task ^ word(key.event, static_cast<std::uint32_t>(key.mode)) ^ wanted.chain_hash);
  return wanted;
}

void SampleGroups::start(std::size_t records) {
  group_of_.clear();
  groups_.clear();
  slots_.assign(std::min(kFirstSlots, std::bit_ceil(2 * records + 1)), Slot{});
}

void SampleGroups::add(const Rules& rules, std::span<const Record> records) {
  std::array<Wanted, kAtOnce> wanted;
  for (std::size_t first = group_of_.size(); first < records.size(); first = group_of_.size()) {
    const std::size_t count = std::min(kAtOnce, records.size() - first);
    for (std::size_t i = 0; i < count; ++i) {
      wanted[i] = wanted_of(rules, records[first + i]);
      fetch_line(&slots_[static_cast<std::size_t>(wanted[i].hash) & (slots_.size() - 1)]);
    }
    for (std::size_t i = 0; i < count; ++i) {
      group_of_.push_back(wanted[i].sample == nullptr ? kAlone : group_for(rules, wanted[i]));
    }
  }
}

std::uint32_t SampleGroups::group_for(const Rules& rules, const Wanted& wanted) {
  const Key key = key_of(rules, *wanted.sample);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = static_cast<std::size_t>(wanted.hash) & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.group == kAlone) {
      const std::uint32_t group = new_group(rules, wanted);
      slot = {wanted.hash, key, group};
      if (2 * groups_.size() > slots_.size()) make_room();
      return group;
    }
    if (slot.hash != wanted.hash || slot.key != key) continue;
    if (!rules.chains || wanted.sample->callchain.same_bytes(WordView(groups_[slot.group].chain))) return slot.group;
  }
}

std::uint32_t SampleGroups::new_group(const Rules& rules, const Wanted& wanted) {
  Group& group = groups_.emplace_back();
  group.chain_hash = wanted.chain_hash;
  if (rules.chains) group.chain = wanted.sample->callchain.bytes();
  return static_cast<std::uint32_t>(groups_.size() - 1);
}

void SampleGroups::make_room() {
  const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(2 * slots_.size()));
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.group == kAlone) continue;
    std::size_t at = static_cast<std::size_t>(slot.hash) & mask;
    while (slots_[at].group != kAlone) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace simdprof::cmd
