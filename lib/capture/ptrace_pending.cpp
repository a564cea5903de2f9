#include "lib/capture/ptrace_pending.h"

#include <utility>

namespace simdprof {

std::uint32_t PendingSamples::add(Pid pid, Tid tid, std::uint64_t time_ns, bool in_user) {
  Awaited& awaited = awaited_[tid];
  const std::uint32_t without = in_user ? awaited.samples : 0;
  if (in_user || awaited.samples == 0) awaited = {pid, time_ns, time_ns, 0, in_user, false};
  ++awaited.samples;
  awaited.last_time_ns = time_ns;
  return without;
}

std::optional<PendingSamples::Awaited> PendingSamples::take(Tid tid) {
  const auto found = awaited_.find(tid);
  if (found == awaited_.end() || found->second.samples == 0) return std::nullopt;
  const Awaited awaited = found->second;
  found->second.repeat_due = awaited.samples > 1;
  found->second.samples = 0;  // the entry stays: the next sample of this thread is a millisecond away
  return awaited;
}

bool PendingSamples::take_repeat(Tid tid) {
  const auto found = awaited_.find(tid);
  return found != awaited_.end() && std::exchange(found->second.repeat_due, false);
}

bool PendingSamples::awaits(Tid tid) const {
  const auto found = awaited_.find(tid);
  return found != awaited_.end() && found->second.samples != 0;
}

std::uint64_t PendingSamples::drop_all() {
  std::uint64_t samples = 0;
  for (const auto& [tid, awaited] : awaited_) samples += awaited.samples;
  awaited_.clear();
  return samples;
}

}  // namespace simdprof
