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

Profile::Profile(SortKeys keys) : keys_(std::move(keys)) {
  wanted_ = {keys_.has(SortKey::comm), keys_.has(SortKey::pid), keys_.has(SortKey::tid), keys_.has(SortKey::cpu),
             keys_.has(SortKey::simd)};
}

void Profile::add(const ProfileSample& sample) {
  Group group;
  group.event = sample.event;
  if (wanted_.comm) group.comm = sample.comm;
  if (wanted_.pid) group.pid = sample.pid;
  if (wanted_.tid) group.tid = sample.tid;
  if (wanted_.cpu) group.cpu = sample.cpu;
  if (wanted_.simd) group.widest = sample.simd.widest;
  group.leaf = sample.leaf;
  group.chain = sample.chain;

  const Weight weight{1, sample.period_events};
  totals_[sample.event].add(weight);
  const auto [id, added] = ids_.find_or_add(group);
  if (added) {
    *id = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({group, {}, {}});
  }
  Entry& entry = entries_[*id];
  entry.weight.add(weight);
  entry.simd.add(sample.simd);
  any_simd_ = any_simd_ || sample.simd.widest != SimdWidth::unknown || sample.simd.mxcsr_recorded;
}

void Profile::add_filtered(std::uint32_t event, std::uint64_t period_events) { totals_[event].add({1, period_events}); }

Weight Profile::total(std::uint32_t event) const {
  const auto found = totals_.find(event);
  return found == totals_.end() ? Weight{} : found->second;
}

}  // namespace simdprof
