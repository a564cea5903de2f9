#pragma once

#include "lib/capture/plan.h"
#include "lib/capture/ptrace_events.h"
#include "lib/capture/ptrace_records.h"
#include "lib/capture/ptrace_remote.h"
#include "lib/capture/ptrace_sigtrap.h"
#include "lib/capture/ptrace_threads.h"
#include "lib/capture/ptrace_wait.h"

namespace simdprof {

/// The parts of one ptrace recording. All of it belongs to the thread that traces: the kernel takes a tracee's requests
/// from that thread alone. Only the rings of `events` are drained by another one, that of PtraceRecords.
struct PtraceContext {
  PtraceContext(const CapturePlan& capture_plan, bool follow_new_tasks)
      : plan(capture_plan),
        follow(follow_new_tasks),
        events(capture_plan, follow_new_tasks),
        remote(stops),
        guard(remote) {}
  PtraceContext(const PtraceContext&) = delete;
  PtraceContext& operator=(const PtraceContext&) = delete;
  ~PtraceContext() = default;

  const CapturePlan& plan;
  bool follow;  ///< threads and processes made later are traced too
  StopQueue stops;
  ThreadTable threads;
  TracedEvents events;
  RemoteCaller remote;
  SigtrapGuard guard;
};

/// Attaches to what -p and -t name and opens its events, disabled. Threads that sleep are not disturbed; those that run
/// are stopped for the time of the opening and found in `context.stops`.
/// @return permission (who traces it already, or what forbids it) or not_found
Status attach_targets(PtraceContext& context);

/// Ends the tracing of everything that is still traced, without a trace: no event, no pending signal of ours, SIGTRAP
/// as it was, nothing stopped that was not stopped. Threads that sleep, with nothing of ours pending, are left alone:
/// the kernel detaches them when the calling thread ends, which it must do next.
void release_targets(PtraceContext& context, PtraceRecords& records);

}  // namespace simdprof
