#include "lib/capture/ptrace_placement.h"

#include <optional>

#include "lib/capture/ptrace_requests.h"

namespace simdprof {
namespace {

constexpr unsigned kFollowAgainAfter = 8;  // stops in a row on another CPU
constexpr unsigned kGiveUpAfter = 32;      // scattered stops on other CPUs

cpu_set_t only(std::int32_t cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(cpu), &set);
  return set;
}

// Where a thread may run; empty when it is gone, or when the machine has more CPUs than the set.
std::optional<cpu_set_t> load_cpus(Tid tid) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(tid, sizeof(set), &set) != 0) return std::nullopt;
  return set;
}

bool store_cpus(Tid tid, const cpu_set_t& set) { return ::sched_setaffinity(tid, sizeof(set), &set) == 0; }

}  // namespace

TracerPlacement::TracerPlacement(bool launched) : launched_(launched) {
  ::sched_getaffinity(0, sizeof(before_), &before_);
}

TracerPlacement::~TracerPlacement() {
  if (pinned_ >= 0) store_cpus(0, before_);
}

void TracerPlacement::resume(Tid tid, std::int32_t cpu) {
  if (launched_ && cpu >= 0) follow(cpu);
  if (cpu >= 0 && cpu == pinned_) {
    resume_here(tid);
  } else {
    ptrace::resume(tid, 0);
  }
}

void TracerPlacement::follow(std::int32_t cpu) {
  run_length_ = cpu == candidate_ ? run_length_ + 1 : 1;
  candidate_ = cpu;
  if (cpu == pinned_) {
    if (run_length_ > kGiveUpAfter) elsewhere_ = 0;
    return;
  }
  if (run_length_ == follow_after_ && cpu < CPU_SETSIZE) {
    follow_after_ = kFollowAgainAfter;
    // A CPU that is not ours to use (cpuset) is refused: the tracer then stays where it was.
    if (store_cpus(0, only(cpu))) {
      pinned_ = cpu;
      elsewhere_ = 0;
    }
    return;
  }
  if (pinned_ >= 0 && ++elsewhere_ > kGiveUpAfter) {
    store_cpus(0, before_);
    pinned_ = -1;
    elsewhere_ = 0;
  }
}

void TracerPlacement::resume_here(Tid tid) const {
  const auto own = load_cpus(tid);
  const cpu_set_t here = only(pinned_);
  const bool held = own && CPU_COUNT(&*own) > 1 && store_cpus(tid, here);
  ptrace::resume(tid, 0);
  if (!held) return;
  // Should it have run already and chosen its CPUs itself, its choice stands.
  const auto now = load_cpus(tid);
  if (now && CPU_EQUAL(&*now, &here)) store_cpus(tid, *own);
}

void TracerPlacement::inherit(Tid maker, Tid child) const {
  if (!launched_) return;
  const auto wanted = load_cpus(maker);
  const auto got = load_cpus(child);
  if (wanted && got && CPU_COUNT(&*got) == 1 && !CPU_EQUAL(&*got, &*wanted)) store_cpus(child, *wanted);
}

}  // namespace simdprof
