#pragma once

#include "lib/base/result.h"
#include "lib/capture/ptrace_context.h"
#include "lib/capture/ptrace_placement.h"
#include "lib/capture/ptrace_records.h"

namespace simdprof {

/// Answers the stops of the tracees: takes the register image at a stop of ours, and passes on everything else so that
/// the target runs as it would alone.
class Tracer {
 public:
  /// @param launched  the target is a command of ours
  Tracer(PtraceContext& context, PtraceRecords& records, bool launched)
      : context_(context), records_(records), placement_(launched) {}

  /// Whether new programs are from now on recorded from their first instruction.
  void set_enabled(bool enabled) { enabled_ = enabled; }
  /// @return an error of opening the events of a new program
  Status handle(const TraceeEvent& event);
  /// Looks at SIGTRAP of one process, the next at each call: one that the target itself has set to SIG_DFL is protected
  /// again at its next sample. A call costs one file of /proc.
  void check_a_guard();

 private:
  void on_signal(Tid tid, int signal);
  void on_sample(Tid tid, bool late);
  void deliver_own_trap(Tid tid, const siginfo_t& info);
  static void pass_resent(TracedThread& thread);
  void on_interrupted(Tid tid);
  void on_first_stop(TracedThread& thread);
  void on_new_task(Tid tid);
  Status on_exec(Tid tid);
  void on_end(Tid tid);
  void protect_process(TracedThread& thread);
  void protect_new_program(TracedThread& thread);
  void resume_settled(Tid tid);

  PtraceContext& context_;
  PtraceRecords& records_;
  TracerPlacement placement_;
  Pid checked_ = 0;  ///< the process that check_a_guard() looked at last
  bool enabled_ = false;
};

}  // namespace simdprof
