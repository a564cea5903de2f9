#include "lib/capture/ptrace_tracer.h"

#include <fmt/format.h>

#include "lib/base/log.h"
#include "lib/capture/proc_thread.h"
#include "lib/capture/ptrace_requests.h"

namespace simdprof {

Status Tracer::handle(const TraceeEvent& event) {
  const TraceeStop stop = classify_stop(event.status);
  switch (stop.kind) {
    case TraceeStop::Kind::signal: on_signal(event.tid, stop.signal); break;
    case TraceeStop::Kind::ended: on_end(event.tid); break;
    case TraceeStop::Kind::group_stop: ptrace::listen(event.tid); break;
    case TraceeStop::Kind::new_task: on_new_task(event.tid); break;
    case TraceeStop::Kind::exec: return on_exec(event.tid);
    case TraceeStop::Kind::interrupted:
      context_.threads.adopt(event.tid);
      ptrace::resume(event.tid, 0);
      break;
    case TraceeStop::Kind::syscall:
    case TraceeStop::Kind::other: ptrace::resume(event.tid, 0); break;
  }
  return {};
}

void Tracer::on_signal(Tid tid, int signal) {
  if (signal != SIGTRAP) {
    ptrace::resume(tid, signal);
    return;
  }
  const auto info = ptrace::load_siginfo(tid);
  if (!info) return;  // killed: its end comes next
  if (is_perf_trap(*info, sigtrap_cookie())) {
    on_sample(tid, read_perf_trap(*info).late);
  } else {
    deliver_own_trap(tid, *info);
  }
}

void Tracer::on_sample(Tid tid, bool late) {
  const std::int32_t cpu = records_.add_image(tid, late);
  TracedThread& thread = context_.threads.adopt(tid);
  if (thread.resent) {  // two SIGTRAPs of a thread become one: this stop is for the signal that was sent again too
    pass_resent(thread);
    return;
  }
  if (!thread.guarded) {
    protect_process(thread);
    resume_settled(tid);
    return;
  }
  placement_.resume(tid, cpu);
}

// Lazily, at the first stop for a sample: before it nothing of ours can be pending, and to stop a thread just for this
// could disturb it.
void Tracer::protect_process(TracedThread& thread) {
  const auto before = context_.guard.protect(thread.tid);
  context_.threads.set_guarded(thread.pid);
  if (!before) {
    log_verbose(fmt::format("SIGTRAP of process {} stays as it is: {}", thread.pid, before.error().fact));
  } else if (*before == SigtrapGuard::Disposition::own_handler) {
    log_note(
        fmt::format("process {} handles SIGTRAP itself: should simdprof be killed with SIGKILL, one of the "
                    "recording's own may reach that handler",
                    thread.pid));
  }
}

void Tracer::resume_settled(Tid tid) {
  const auto stop = context_.remote.settle(tid);
  if (!stop) return;
  if (stop->kind == TraceeStop::Kind::group_stop) {
    ptrace::listen(tid);
  } else {
    ptrace::resume(tid, 0);
  }
}

// A SIGTRAP that is not ours. What the CPU raises (int3, single steps) the kernel forces through as it would untraced.
// What a process sends is dropped when SIGTRAP is ignored: if that ignoring is ours, it has to be undone first.
void Tracer::deliver_own_trap(Tid tid, const siginfo_t& info) {
  TracedThread& thread = context_.threads.adopt(tid);
  if (thread.resent) {
    pass_resent(thread);
    return;
  }
  const auto status = load_thread_status(tid);
  const bool sent = info.si_code <= 0;
  if (!sent || !status || (status->ignored & ThreadStatus::bit(SIGTRAP)) == 0) {
    ptrace::resume(tid, SIGTRAP);
    return;
  }
  const auto disposition = context_.guard.load(tid);
  if (!disposition) {
    ptrace::resume(tid, SIGTRAP);
    return;
  }
  if (*disposition == SigtrapGuard::Disposition::ours && context_.guard.restore(tid)) {
    // The calls have used up the stop at which the signal could be passed on: it is sent again, and looks the same.
    thread.resent = info;
    ptrace::resume(tid, SIGTRAP);
    return;
  }
  resume_settled(tid);  // ignored, as the target wants it
}

void Tracer::pass_resent(TracedThread& thread) {
  ptrace::store_siginfo(thread.tid, *thread.resent);
  thread.resent.reset();
  ptrace::resume(thread.tid, SIGTRAP);
}

void Tracer::on_new_task(Tid tid) {
  const TracedThread maker = context_.threads.adopt(tid);
  if (const auto child_tid = ptrace::load_event_tid(tid)) {
    TracedThread& child = context_.threads.adopt(*child_tid);
    if (child.events == nullptr) child.events = maker.events;  // unless it has executed a program already
    child.guarded = child.guarded || maker.guarded;
    placement_.inherit(tid, *child_tid);
  }
  ptrace::resume(tid, 0);
}

Status Tracer::on_exec(Tid tid) {
  records_.forget(tid);
  if (const auto former = ptrace::load_event_tid(tid); former && *former != tid) records_.forget(*former);
  TracedThread& thread = context_.threads.adopt(tid);
  for (const Tid gone : context_.threads.erase_others(thread.pid, tid)) records_.forget(gone);
  thread.events.reset();
  thread.resent.reset();
  const auto stop = context_.remote.settle(tid);
  if (!stop) return {};
  if (guard_new_programs_) {
    const Status guarded = context_.guard.protect_new_program(tid);
    if (!guarded) log_verbose(fmt::format("SIGTRAP of process {}: {}", tid, guarded.error().fact));
  }
  thread.guarded = true;
  auto set = context_.events.open_samples(tid, enabled_);
  if (set) thread.events = std::move(*set);
  const Status named = records_.write_event_ids();
  resume_settled(tid);
  if (!set && set.error().code != Errc::not_found) return fail(set.error());
  return named;
}

void Tracer::on_end(Tid tid) {
  records_.forget(tid);
  context_.threads.erase(tid);
}

}  // namespace simdprof
