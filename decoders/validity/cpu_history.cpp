#include "decoders/validity/cpu_history.h"

#include <algorithm>

namespace simdprof {

CpuHistory::Ring* CpuHistory::ring_of(std::uint32_t cpu) {
  if (rings_.size() >= kMaxCpus && rings_.find(cpu) == rings_.end()) return nullptr;
  return &rings_[cpu];
}

void CpuHistory::note_thread(std::uint32_t cpu, Tid tid, bool user_mode) {
  Ring* const ring = ring_of(cpu);
  if (ring == nullptr || ring->owner == tid) return;
  ring->owner = user_mode ? tid : -1;
}

void CpuHistory::release(std::uint32_t cpu, Tid tid) {
  const auto found = rings_.find(cpu);
  if (found != rings_.end() && found->second.owner == tid) found->second.owner = -1;
}

bool CpuHistory::owns_registers(std::uint32_t cpu, Tid tid) const {
  const auto found = rings_.find(cpu);
  return found != rings_.end() && found->second.owner == tid;
}

void CpuHistory::add(std::uint32_t cpu, const SeenBlock& block) {
  Ring* const place = ring_of(cpu);
  if (place == nullptr) return;
  Ring& ring = *place;
  const auto end = ring.blocks.begin() + static_cast<std::ptrdiff_t>(ring.used);
  const auto same = std::find_if(ring.blocks.begin(), end, [&block](const SeenBlock& seen) {
    return seen.hash == block.hash && seen.pid == block.pid;
  });
  if (same != end) {
    if (!same->owned) same->user_ip = block.user_ip;
    same->owned = same->owned || block.owned;
    same->user_mode = same->user_mode || block.user_mode;
    return;
  }
  ring.blocks[ring.next] = block;
  ring.next = (ring.next + 1) % kBlocks;
  ring.used = std::min(ring.used + 1, kBlocks);
}

std::span<const SeenBlock> CpuHistory::blocks(std::uint32_t cpu) const {
  const auto found = rings_.find(cpu);
  if (found == rings_.end()) return {};
  return std::span(found->second.blocks).first(found->second.used);
}

}  // namespace simdprof
