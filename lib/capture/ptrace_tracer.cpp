#include "lib/capture/ptrace_tracer.h"

#include <fmt/format.h>

#include <utility>

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
    case TraceeStop::Kind::interrupted: on_interrupted(event.tid); break;
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
  using Disposition = SigtrapGuard::Disposition;
  const auto before = context_.guard.protect(thread.tid);
  if (before && *before == Disposition::awaited) return;  // the next sample tries again
  const bool ours = before && (*before == Disposition::by_default || *before == Disposition::ours);
  context_.threads.set_guard(thread.pid, true, ours);
  if (!before) {
    log_verbose(fmt::format("SIGTRAP of process {} stays as it is: {}", thread.pid, before.error().fact));
  } else if (*before == Disposition::own_handler) {
    log_note(
        fmt::format("process {} handles SIGTRAP itself: should simdprof be killed with SIGKILL, one of the "
                    "recording's own may reach that handler",
                    thread.pid));
  }
}

// What is ignored in a new program was ignored before its exec, by us or by the target itself: the exec has wiped the
// mark that tells them apart, so it is what we knew before.
void Tracer::protect_new_program(TracedThread& thread) {
  using Disposition = SigtrapGuard::Disposition;
  const bool kept = thread.ignored_by_us;
  const auto found = kept ? context_.guard.protect_new_program(thread.tid) : context_.guard.protect(thread.tid);
  thread.guarded = !found || *found != Disposition::awaited;
  if (found) thread.ignored_by_us = *found == (kept ? Disposition::ours : Disposition::by_default);
  if (!found) log_verbose(fmt::format("SIGTRAP of process {}: {}", thread.tid, found.error().fact));
}

void Tracer::check_a_guard() {
  checked_ = context_.threads.next_process(checked_);
  const TracedThread* const thread = context_.threads.find_any_of(checked_);
  // While a signal is sent again the default is ours too.
  if (thread == nullptr || !thread->guarded || context_.threads.resends(checked_)) return;
  const auto status = load_thread_status(thread->tid);
  if (!status || status->state == 'Z' || status->state == 'X') return;  // an ended thread shows no signals
  const bool by_default = ((status->ignored | status->caught) & ThreadStatus::bit(SIGTRAP)) == 0;
  if (by_default) context_.threads.set_guard(checked_, false, false);
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
    if (!context_.stops.keeps(tid)) ptrace::resume(tid, SIGTRAP);
    return;
  }
  if (*disposition == SigtrapGuard::Disposition::ours && context_.guard.restore(tid)) {
    // The calls have used up the stop at which the signal could be passed on: it is sent again, and looks the same.
    context_.threads.set_guard(thread.pid, true, false);
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

void Tracer::on_interrupted(Tid tid) {
  TracedThread& thread = context_.threads.adopt(tid);
  if (std::exchange(thread.begun, true)) {
    ptrace::resume(tid, 0);
  } else {
    on_first_stop(thread);
  }
}

// A process that was made starts with its maker's SIGTRAP. The maker may have set it to SIG_IGN itself meanwhile, for
// the programs that it then runs: that is seen here or, after their exec, never.
void Tracer::on_first_stop(TracedThread& thread) {
  const bool process = thread.tid == thread.pid;
  if (process && !thread.guarded) {  // its maker may not have been heard yet
    const auto status = load_thread_status(thread.tid);
    const TracedThread* const maker = status ? context_.threads.find_any_of(status->parent) : nullptr;
    if (maker != nullptr) {
      thread.guarded = maker->guarded;
      thread.ignored_by_us = maker->ignored_by_us;
    }
  }
  if (!process || !thread.ignored_by_us) {
    ptrace::resume(thread.tid, 0);
    return;
  }
  const auto now = context_.guard.load(thread.tid);
  if (now && *now != SigtrapGuard::Disposition::ours) {
    thread.ignored_by_us = false;
    thread.guarded = *now != SigtrapGuard::Disposition::by_default;
  }
  resume_settled(thread.tid);
}

void Tracer::on_new_task(Tid tid) {
  const TracedThread maker = context_.threads.adopt(tid);
  if (const auto child_tid = ptrace::load_event_tid(tid)) {
    TracedThread& child = context_.threads.adopt(*child_tid);
    if (child.events == nullptr) child.events = maker.events;  // unless it has executed a program already
    if (!child.begun) {
      child.guarded = maker.guarded;
      child.ignored_by_us = maker.ignored_by_us;
    }
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
  protect_new_program(thread);
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
