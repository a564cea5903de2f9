#pragma once

#include <sched.h>

#include <cstdint>

namespace simdprof {

/// Keeps the tracer on the CPU where its one busy tracee runs. The tracee sleeps while the tracer works and the other
/// way round: on one CPU that is a switch, on two it is a wakeup of an idle CPU each way, with its interrupts.
///
/// Measured on a 2-CPU virtual machine, one FMA thread at 999 Hz, slowdown (median of 16): 8.2 % wherever the scheduler
/// puts the tracer, 6.2 % with the tracer following; of these 2.7 % are the timer interrupt and the sample alone.
/// SCHED_IDLE for the tracer was no faster on a quiet machine, and on a busy one the target waited for its tracer 10
/// times as long as it ran. SCHED_FIFO was no faster either, and needs a privilege.
class TracerPlacement {
 public:
  TracerPlacement();
  ~TracerPlacement();
  TracerPlacement(const TracerPlacement&) = delete;
  TracerPlacement& operator=(const TracerPlacement&) = delete;

  /// A tracee stopped that had run on `cpu` (-1: not known). Several tracees on several CPUs leave the tracer where it
  /// is: to follow each would cost a migration a stop.
  void stopped_on(std::int32_t cpu);

 private:
  cpu_set_t before_{};  ///< where this thread may run
  std::int32_t pinned_ = -1;
  std::int32_t candidate_ = -1;
  unsigned run_length_ = 0;  ///< stops in a row on candidate_
  unsigned elsewhere_ = 0;   ///< stops on other CPUs since the pinning
};

}  // namespace simdprof
