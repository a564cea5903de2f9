#include "cmd/sample_groups.h"

#include <algorithm>
#include <bit>
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

/// @param chain_hash  0 where chains do not tell samples apart
std::uint64_t hash_of(const SampleGroups::Rules& rules, const Sample& sample, std::uint64_t chain_hash) {
  std::uint64_t hash = sample.ip ^ mix_hash(word(static_cast<std::uint32_t>(sample.tid), rules.cpus ? sample.cpu : 0));
  hash ^= word(sample.event, static_cast<std::uint32_t>(sample.mode));
  return mix_hash(hash ^ chain_hash);
}

bool same_group(const SampleGroups::Rules& rules, const Sample& a, const Sample& b) {
  return a.ip == b.ip && a.tid == b.tid && a.pid == b.pid && a.mode == b.mode && a.event == b.event &&
         (!rules.cpus || a.cpu == b.cpu) && (!rules.chains || a.callchain.same_bytes(b.callchain));
}

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

void SampleGroups::assign(const Rules& rules, std::span<const Record> records) {
  group_of_.assign(records.size(), kAlone);
  groups_.clear();
  slots_.assign(std::bit_ceil(2 * records.size() + 1), Slot{});
  for (std::uint32_t number = 0; number < records.size(); ++number) {
    if (may_be_grouped(rules, records[number])) group_of_[number] = group_for(rules, records, number);
  }
}

std::uint32_t SampleGroups::group_for(const Rules& rules, std::span<const Record> records, std::uint32_t number) {
  const auto& sample = std::get<Sample>(records[number].body);
  const std::uint64_t chain_hash = rules.chains ? hash_words(sample.callchain, sample.pid) : 0;
  const std::uint64_t hash = hash_of(rules, sample, chain_hash);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = static_cast<std::size_t>(hash) & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.group == kAlone) {
      slot = {hash, static_cast<std::uint32_t>(groups_.size()), number};
      Group& group = groups_.emplace_back();
      group.chain_hash = chain_hash;
      if (rules.chains) group.chain = sample.callchain.bytes();
      return slot.group;
    }
    if (slot.hash == hash && same_group(rules, sample, std::get<Sample>(records[slot.first].body))) return slot.group;
  }
}

}  // namespace simdprof::cmd
