#include "lib/capture/ptrace_standstill.h"

#include <functional>
#include <string_view>

namespace simdprof {

bool Standstill::add(Tid tid, std::uint64_t general_hash, std::uint64_t time_ns, bool ran) {
  Thread& thread = threads_[tid];
  if (ran || thread.stops == 0 || thread.general_hash != general_hash) {
    thread = {general_hash, time_ns, 1};
    return false;
  }
  if (++thread.stops <= kMostStops) return false;
  const bool stands_still = time_ns - thread.since_ns <= kMostStops * kMostNsOfEach;
  thread = {general_hash, time_ns, 1};
  return stands_still;
}

std::uint64_t hash_general_registers(std::span<const std::byte> block) {
  return std::hash<std::string_view>{}(
      {static_cast<const char*>(static_cast<const void*>(block.data())), block.size()});
}

}  // namespace simdprof
