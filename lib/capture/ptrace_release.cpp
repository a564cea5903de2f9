#include <chrono>
#include <set>

#include "lib/base/log.h"
#include "lib/capture/proc_thread.h"
#include "lib/capture/ptrace_context.h"
#include "lib/capture/ptrace_requests.h"

namespace simdprof {
namespace {

using Clock = std::chrono::steady_clock;

// A thread that waits in the kernel without being interruptible (a disk, the parent of a vfork) stops late or never.
constexpr std::chrono::seconds kPatience{3};

class Releaser {
 public:
  Releaser(PtraceContext& context, PtraceRecords& records) : context_(context), records_(records) {}

  void run() {
    for (const auto& set : context_.threads.event_sets()) TracedEvents::disable(*set);
    context_.events.disable_task_events();
    records_.drain();
    choose();
    const auto deadline = Clock::now() + kPatience;
    while (!awaited_.empty()) {
      if (Clock::now() > deadline) {
        log_warning("some threads did not stop to be detached from; they are released as they are");
        return;
      }
      TraceeEvent event;
      const auto wait = context_.stops.next(event);
      if (wait == StopQueue::Wait::nobody_left) return;
      if (wait == StopQueue::Wait::stop) handle(event);
    }
  }

 private:
  // Interrupting a sleeping thread makes some system calls (epoll_wait, sigtimedwait) return EINTR: only those are
  // stopped that may have a signal of ours on the way, and one of each process whose SIGTRAP has to be restored.
  void choose() {
    const bool lost_any = records_.counts().lost != 0;
    std::set<Pid> reached;
    std::vector<const TracedThread*> quiet;
    for (const Tid tid : context_.threads.tids()) {
      const TracedThread& thread = *context_.threads.find(tid);
      const auto status = load_thread_status(tid);
      const bool asleep = status && status->state == 'S' && !lost_any && !records_.awaits(tid) &&
                          (status->pending & ThreadStatus::bit(SIGTRAP)) == 0;
      if (asleep) {
        quiet.push_back(&thread);
        continue;
      }
      await(tid);
      reached.insert(thread.pid);
    }
    for (const TracedThread* thread : quiet) {
      if (thread->guarded && reached.insert(thread->pid).second) await(thread->tid);
    }
  }

  void await(Tid tid) {
    awaited_.insert(tid);
    ptrace::interrupt(tid);  // one that is stopped already stops again at once when it is resumed
  }

  void handle(const TraceeEvent& event) {
    const TraceeStop stop = classify_stop(event.status);
    switch (stop.kind) {
      case TraceeStop::Kind::ended:
        context_.threads.erase(event.tid);
        awaited_.erase(event.tid);
        return;
      case TraceeStop::Kind::signal: pass_signal(event.tid, stop.signal); return;
      case TraceeStop::Kind::group_stop:
      case TraceeStop::Kind::interrupted:
        // Stopped before its maker told of it: it may have inherited our ignoring.
        if (context_.threads.find(event.tid) == nullptr) context_.threads.adopt(event.tid).guarded = true;
        let_go(event.tid, stop.kind == TraceeStop::Kind::group_stop && come_to_user_mode(event.tid));
        return;
      case TraceeStop::Kind::exec: on_exec(event.tid); return;
      case TraceeStop::Kind::new_task: {
        const TracedThread maker = context_.threads.adopt(event.tid);
        if (const auto child = ptrace::load_event_tid(event.tid); child && !released_.contains(*child)) {
          TracedThread& made = context_.threads.adopt(*child);
          made.guarded = maker.guarded;
          made.ignored_by_us = maker.ignored_by_us;
          awaited_.insert(*child);
        }
        break;
      }
      case TraceeStop::Kind::syscall:
      case TraceeStop::Kind::other: break;
    }
    await(event.tid);
    ptrace::resume(event.tid, 0);
  }

  // The exec has kept an ignored SIGTRAP but not our mark on it, by which let_go() knows what to undo.
  void on_exec(Tid tid) {
    const TracedThread thread = context_.threads.adopt(tid);
    for (const Tid gone : context_.threads.erase_others(thread.pid, tid)) awaited_.erase(gone);
    awaited_.insert(tid);
    if (!context_.remote.settle(tid)) return;  // ended: next() tells
    if (thread.ignored_by_us) {
      const auto marked = context_.guard.protect_new_program(tid);
      if (!marked) log_verbose(marked.error().fact);
    }
    let_go(tid);
  }

  // The stop that the interrupt asks for comes after the signal, and there all that the kernel still had to send for
  // the events has been sent.
  void pass_signal(Tid tid, int signal) {
    const auto info = ptrace::load_siginfo(tid);
    const bool ours = info && is_perf_trap(*info, sigtrap_cookie());
    if (ours) records_.add_image(tid, read_perf_trap(*info).late);
    // Sent while we have it ignored: it is to end the process, as it would without us.
    const bool sent = info && !ours && signal == SIGTRAP && info->si_code <= 0;
    if (sent && context_.threads.adopt(tid).ignored_by_us) {
      if (const Status restored = context_.guard.restore(tid); !restored) log_verbose(restored.error().fact);
    }
    await(tid);
    if (!context_.stops.keeps(tid)) ptrace::resume(tid, ours ? 0 : signal);
  }

  // A sample taken on the way into a group stop is sent as a signal when the thread next returns to user mode: after
  // our leaving, when it would end the thread, unless a call takes it there now. Other stops are asked for when the
  // events are closed, and come behind what the kernel had to send.
  bool come_to_user_mode(Tid tid) { return context_.guard.load(tid).has_value(); }

  /// @param called  the thread stands at the return of a call of ours
  void let_go(Tid tid, bool called = false) {
    const TracedThread thread = context_.threads.adopt(tid);
    bool dropped_all = false;
    for (const siginfo_t& info : ptrace::peek_pending(tid)) {
      if (dropped_all || !is_perf_trap(info, sigtrap_cookie())) continue;
      dropped_all = called = true;
      if (const Status dropped = context_.guard.drop_sample(tid); !dropped) log_verbose(dropped.error().fact);
    }
    awaited_.erase(tid);
    if (thread.guarded && last_of_process(thread.pid)) {
      called = true;
      if (const Status restored = context_.guard.restore(tid); !restored) log_verbose(restored.error().fact);
    }
    if (called && !context_.remote.settle(tid)) return;  // ended: next() tells
    ptrace::detach(tid, 0);
    released_.insert(tid);
    context_.threads.erase(tid);
  }

  [[nodiscard]] bool last_of_process(Pid pid) const {
    for (const Tid tid : awaited_) {
      const TracedThread* const other = context_.threads.find(tid);
      if (other != nullptr && other->pid == pid) return false;
    }
    return true;
  }

  PtraceContext& context_;
  PtraceRecords& records_;
  std::set<Tid> awaited_;
  std::set<Tid> released_;  ///< also some whose makers are still to tell of them
};

}  // namespace

void release_targets(PtraceContext& context, PtraceRecords& records) { Releaser(context, records).run(); }

}  // namespace simdprof
