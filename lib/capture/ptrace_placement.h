#pragma once

#include <sched.h>

#include <cstdint>

#include "lib/base/units.h"

namespace simdprof {

/// Keeps the tracer and its one busy tracee on one CPU. The tracee sleeps while the tracer works and the other way
/// round: on one CPU that is a switch, on two it is a wakeup of an idle CPU each way, with its interrupts.
///
/// To move the tracer is not enough: while it runs, the scheduler wakes the tracee on any other CPU that is idle. So
/// the tracee may run on the tracer's CPU alone for the moment in which it is woken, a few microseconds, in which the
/// tracer has that CPU; then its own set stands again. Measured on a quiet 2-CPU virtual machine, one FMA thread at 999
/// Hz, slowdown (medians of 5 and 7): 23 % with only the tracer following, 8.9 % so; the timer interrupt and the sample
/// alone are 2.8 %. A bare tracer, on the same machine: 15 % wherever the scheduler puts both, 6 % so, and 8 % with the
/// tracer as SCHED_IDLE, so that its CPU counts as idle; but on a busy machine the target then waits for its tracer 10
/// times as long as it runs.
///
/// Only for a command that we started: after a call of sched_setaffinity the kernel no longer widens a thread's set
/// when its cpuset grows, and an attached process is to be left without a trace.
class TracerPlacement {
 public:
  explicit TracerPlacement(bool launched);
  ~TracerPlacement();
  TracerPlacement(const TracerPlacement&) = delete;
  TracerPlacement& operator=(const TracerPlacement&) = delete;

  /// Lets the tracee run on from a stop at a sample of `cpu` (-1: not known). Several tracees on several CPUs leave the
  /// tracer free, after some stops: to follow each would cost a migration a stop.
  void resume(Tid tid, std::int32_t cpu);
  /// `child` was made by `maker`, possibly in the moment in which the maker was held here: it gets its maker's CPUs.
  void inherit(Tid maker, Tid child) const;

 private:
  void follow(std::int32_t cpu);
  void resume_here(Tid tid) const;

  bool launched_;
  cpu_set_t before_{};  ///< where this thread may run
  std::int32_t pinned_ = -1;
  std::int32_t candidate_ = -1;
  unsigned run_length_ = 0;    ///< stops in a row on candidate_
  unsigned follow_after_ = 1;  ///< so many of them; at first there is but one thread, and each stop across costs double
  unsigned elsewhere_ = 0;     ///< stops on other CPUs since the pinning
};

}  // namespace simdprof
