#include "lib/capture/ptrace_standstill.h"

#include <functional>
#include <string_view>

namespace simdprof {
namespace {

// From where a stop was seen: the rest of the stop, and the way back to user mode, are in it.
constexpr std::uint64_t kAtOnceNs = 40'000;  // whatever was hit
constexpr std::uint64_t kSoonNs = 100'000;   // when only the kernel was hit

bool counts_happenings(const abi::EventAttr& event) {
  const std::uint64_t id = event.config;
  switch (event.type) {
    case abi::PERF_TYPE_TRACEPOINT:
    case abi::PERF_TYPE_BREAKPOINT: return true;
    case abi::PERF_TYPE_SOFTWARE: return id != abi::PERF_COUNT_SW_CPU_CLOCK && id != abi::PERF_COUNT_SW_TASK_CLOCK;
    default: return false;
  }
}

}  // namespace

Standstill::Standstill(const EventPlan& event)
    : is_counted_(counts_happenings(event.attr)),
      is_of_calls_(event.name.starts_with("syscalls:") || event.name.starts_with("raw_syscalls:")) {}

bool Standstill::has_moved(const Thread& thread, const Stop& stop) const {
  if (thread.stops == 0 || thread.general_hash != stop.general_hash) return true;
  const std::uint64_t ran_ns = stop.first_hit_ns > thread.last_ns ? stop.first_hit_ns - thread.last_ns : 0;
  if (is_of_calls_ || (is_counted_ && stop.in_user)) return true;
  return ran_ns > (stop.in_user ? kAtOnceNs : kSoonNs);
}

bool Standstill::add(Tid tid, const Stop& stop) {
  Thread& thread = threads_[tid];
  const std::uint32_t stops = has_moved(thread, stop) ? 1 : thread.stops + 1;
  const bool stands_still = stops > kMostStops;
  thread = {stop.general_hash, stop.time_ns, stands_still ? 1 : stops};
  return stands_still;
}

std::uint64_t hash_general_registers(std::span<const std::byte> block) {
  return std::hash<std::string_view>{}(
      {static_cast<const char*>(static_cast<const void*>(block.data())), block.size()});
}

}  // namespace simdprof
