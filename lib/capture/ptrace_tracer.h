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
  /// `launched`: the target is a command of ours. `guard_new_programs`: SIGTRAP was not ignored before us, so that to
  /// ignore it is ours to do and to undo.
  Tracer(PtraceContext& context, PtraceRecords& records, bool launched, bool guard_new_programs)
      : context_(context), records_(records), placement_(launched), guard_new_programs_(guard_new_programs) {}

  /// From now on new programs are recorded from their first instruction.
  void set_enabled() { enabled_ = true; }
  /// @return an error of opening the events of a new program
  Status handle(const TraceeEvent& event);

 private:
  void on_signal(Tid tid, int signal);
  void on_sample(Tid tid, bool late);
  void deliver_own_trap(Tid tid, const siginfo_t& info);
  static void pass_resent(TracedThread& thread);
  void on_new_task(Tid tid);
  Status on_exec(Tid tid);
  void on_end(Tid tid);
  void protect_process(TracedThread& thread);
  void resume_settled(Tid tid);

  PtraceContext& context_;
  PtraceRecords& records_;
  TracerPlacement placement_;
  bool guard_new_programs_;  ///< SIGTRAP ignored by us at exec; false when it was ignored before us
  bool enabled_ = false;
};

}  // namespace simdprof
