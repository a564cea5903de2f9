#include "lib/capture/ptrace_placement.h"

namespace simdprof {
namespace {

constexpr unsigned kFollowAfter = 8;   // stops in a row on another CPU
constexpr unsigned kGiveUpAfter = 32;  // scattered stops on other CPUs

}  // namespace

TracerPlacement::TracerPlacement() { ::sched_getaffinity(0, sizeof(before_), &before_); }

TracerPlacement::~TracerPlacement() {
  if (pinned_ >= 0) ::sched_setaffinity(0, sizeof(before_), &before_);
}

void TracerPlacement::stopped_on(std::int32_t cpu) {
  if (cpu < 0) return;
  run_length_ = cpu == candidate_ ? run_length_ + 1 : 1;
  candidate_ = cpu;
  if (cpu == pinned_) {
    if (run_length_ > kGiveUpAfter) elsewhere_ = 0;
    return;
  }
  if (run_length_ == kFollowAfter && cpu < CPU_SETSIZE) {
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(static_cast<std::size_t>(cpu), &only);
    // A CPU that is not ours to use (cpuset) is refused: the tracer then stays where it was.
    if (::sched_setaffinity(0, sizeof(only), &only) == 0) {
      pinned_ = cpu;
      elsewhere_ = 0;
    }
    return;
  }
  if (pinned_ >= 0 && ++elsewhere_ > kGiveUpAfter) {
    ::sched_setaffinity(0, sizeof(before_), &before_);
    pinned_ = -1;
    elsewhere_ = 0;
  }
}

}  // namespace simdprof
