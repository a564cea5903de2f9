#include <fmt/format.h>

#include <cerrno>
#include <set>

#include "lib/capture/kernel_limits.h"
#include "lib/capture/proc_thread.h"
#include "lib/capture/ptrace_context.h"
#include "lib/capture/ptrace_requests.h"
#include "lib/capture/target_tasks.h"

namespace simdprof {
namespace {

class Attacher {
 public:
  explicit Attacher(PtraceContext& context) : context_(context) {}

  Status attach_process(Pid pid) {
    if (list_threads(pid).empty()) return fail(Errc::not_found, fmt::format("no process {}", pid));
    // A thread not yet attached can make another one meanwhile; an attached one cannot without being seen.
    for (bool found = true; found;) {
      found = false;
      for (const Tid tid : list_threads(pid)) {
        if (!seen_.insert(tid).second) continue;
        found = true;
        if (const Status attached = attach_thread(tid); !attached) return attached;
      }
    }
    return {};
  }

  Status attach_thread(Tid tid) {
    const int error_number = ptrace::seize(tid, context_.follow);
    if (error_number == ESRCH) return {};
    if (error_number != 0) return explain_refusal(tid, error_number);
    context_.threads.adopt(tid).begun = true;
    return open_events(tid);
  }

  /// -t: the thread has to be there.
  Status attach_one(Tid tid) {
    if (!load_thread_status(tid)) return fail(Errc::not_found, fmt::format("no process or thread {}", tid));
    return attach_thread(tid);
  }

 private:
  // A thread that clones while its events are being opened leaves a child that may have inherited them or not. One that
  // sleeps all the while does not clone.
  Status open_events(Tid tid) {
    const auto before = load_thread_status(tid);
    if (before && before->state == 'S') {
      if (const Status opened = open_on(tid); !opened) return opened;
      const auto after = load_thread_status(tid);
      if (after && after->state == 'S' && after->switches == before->switches) return {};
    }
    const auto stop = stop_thread(tid);
    if (!stop) return open_on(tid);  // it does not run either
    if (const Status opened = open_on(tid); !opened) return opened;
    if (classify_stop(*stop).kind == TraceeStop::Kind::new_task) {
      const auto child = ptrace::load_event_tid(tid);
      if (child && seen_.insert(*child).second) {
        context_.threads.adopt(*child);
        if (const Status opened = open_on(*child); !opened) return opened;
      }
    }
    context_.stops.keep({tid, *stop});
    return {};
  }

  std::optional<int> stop_thread(Tid tid) {
    if (!ptrace::interrupt(tid)) return std::nullopt;
    return context_.stops.wait_a_second_for(tid);
  }

  Status open_on(Tid tid) {
    TracedThread& thread = context_.threads.adopt(tid);
    thread.events.reset();  // closes those of an attempt before, and what was inherited from them
    if (!has_task_event_.insert(tid).second) {
      // The task event of the attempt before stands; it makes no stops, so a child without it loses only names.
    } else if (const Status opened = context_.events.open_task_event(tid); !opened) {
      return gone_is_fine(opened.error());
    }
    auto set = context_.events.open_samples(tid, false);
    if (!set) return gone_is_fine(set.error());
    thread.events = std::move(*set);
    return {};
  }

  static Status gone_is_fine(const Error& error) {
    if (error.code == Errc::not_found) return {};
    return fail(error);
  }

  static Status explain_refusal(Tid tid, int error_number) {
    const auto status = load_thread_status(tid);
    if (!status || status->state == 'Z' || status->state == 'X') return {};
    if (status->tracer != 0) {
      const Pid tracer = find_process_of(status->tracer).value_or(status->tracer);  // /proc names its thread
      return fail(Errc::permission, fmt::format("cannot attach to {}: already traced by pid {}", tid, tracer));
    }
    const auto scope = load_kernel_limits().yama_scope;
    if (error_number == EPERM && scope && *scope > 0) {
      return fail(Errc::permission, fmt::format("cannot attach to {}: kernel.yama.ptrace_scope is {}; run as root, or "
                                                "sysctl kernel.yama.ptrace_scope=0",
                                                tid, *scope));
    }
    return fail_errno(error_number, fmt::format("cannot attach to {}", tid));
  }

  PtraceContext& context_;
  std::set<Tid> seen_;
  std::set<Tid> has_task_event_;
};

}  // namespace

Status attach_targets(PtraceContext& context) {
  Attacher attacher(context);
  for (const Pid pid : context.plan.target.pids) {
    if (const Status attached = attacher.attach_process(pid); !attached) return attached;
  }
  for (const Tid tid : context.plan.target.tids) {
    if (const Status attached = attacher.attach_one(tid); !attached) return attached;
  }
  if (context.threads.size() == 0) return fail(Errc::not_found, "none of the targets is there");
  return {};
}

}  // namespace simdprof
