#include "lib/report/profile.h"

#include <utility>

namespace simdprof {

std::uint64_t Profile::Group::hash() const {
  const auto word = [](auto high, auto low) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(high)) << 32U) | static_cast<std::uint32_t>(low);
  };
  std::uint64_t hash = mix_hash(word(leaf, chain));
  hash = mix_hash(hash ^ word(comm, tid));
  hash = mix_hash(hash ^ word(pid, cpu));
  return mix_hash(hash ^ word(event, static_cast<std::uint32_t>(widest)));
}

Profile::Profile(SortKeys keys) : keys_(std::move(keys)), recent_(std::size_t{1} << kRecentBits) {
  wanted_ = {keys_.has(SortKey::comm), keys_.has(SortKey::pid), keys_.has(SortKey::tid), keys_.has(SortKey::cpu),
             keys_.has(SortKey::simd)};
}

Profile::Group Profile::group_of(const ProfileSample& sample) const {
  Group group;
  group.event = sample.event;
  if (wanted_.comm) group.comm = sample.comm;
  if (wanted_.pid) group.pid = sample.pid;
  if (wanted_.tid) group.tid = sample.tid;
  if (wanted_.cpu) group.cpu = sample.cpu;
  if (wanted_.simd) group.widest = sample.simd.widest;
  group.leaf = sample.leaf;
  group.chain = sample.chain;
  return group;
}

std::uint32_t Profile::find_entry(const Group& group) {
  std::uint32_t& recent = recent_[short_hash((std::uint64_t{group.chain} << 32U) ^ group.leaf, kRecentBits)];
  if (recent < entries_.size() && entries_[recent].group == group) return recent;
  const auto [id, added] = ids_.find_or_add(group);
  if (added) {
    *id = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({group, {}, {}});
  }
  recent = *id;
  return recent;
}

Weight& Profile::total_of(std::uint32_t event) {
  if (last_total_.second == nullptr || last_total_.first != event) last_total_ = {event, &totals_[event]};
  return *last_total_.second;
}

std::uint32_t Profile::entry_of(const ProfileSample& sample) { return find_entry(group_of(sample)); }

void Profile::add_to(std::uint32_t entry, std::uint64_t period_events) {
  const Weight weight{1, period_events};
  total_of(entries_[entry].group.event).add(weight);
  entries_[entry].weight.add(weight);
}

void Profile::add(const ProfileSample& sample) {
  const std::uint32_t entry = entry_of(sample);
  add_to(entry, sample.period_events);
  entries_[entry].simd.add(sample.simd);
  any_simd_ = any_simd_ || sample.simd.widest != SimdWidth::unknown || sample.simd.mxcsr_recorded;
}

void Profile::add_filtered(std::uint32_t event, std::uint64_t period_events) {
  total_of(event).add({1, period_events});
}

void Profile::exchange_frames(const FrameExchange& exchange) {
  if (exchange.empty()) return;
  const std::vector<ChainId> new_chains = chains.exchange_frames(exchange);
  std::vector<Entry> before;
  before.swap(entries_);
  ids_.clear();
  for (Entry& entry : before) {
    if (const auto known = exchange.find(entry.group.leaf); known != exchange.end()) {
      entry.group.leaf = known->second.back();
    }
    entry.group.chain = new_chains[entry.group.chain];
    Entry& merged = entries_[find_entry(entry.group)];
    merged.weight.add(entry.weight);
    merged.simd.add(entry.simd);
  }
}

Weight Profile::total(std::uint32_t event) const {
  const auto found = totals_.find(event);
  return found == totals_.end() ? Weight{} : found->second;
}

}  // namespace simdprof
