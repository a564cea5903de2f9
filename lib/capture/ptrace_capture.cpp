#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "lib/base/log.h"
#include "lib/capture/clock.h"
#include "lib/capture/launch.h"
#include "lib/capture/plan.h"
#include "lib/capture/ptrace_context.h"
#include "lib/capture/ptrace_native.h"
#include "lib/capture/ptrace_requests.h"
#include "lib/capture/ptrace_tick.h"
#include "lib/capture/ptrace_tracer.h"
#include "lib/capture/target_tasks.h"

namespace simdprof {
namespace {

constexpr std::uint64_t kNsPerMs = 1000000;
// Each costs as much as a stop or two.
constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::milliseconds kFineTick{50};  // where there is an end or a start to be in time for
constexpr std::uint64_t kGuardNs = 190 * kNsPerMs;  // about 5 times a second: a look at a guard costs three stops

std::uint64_t to_ns(std::chrono::milliseconds time) { return static_cast<std::uint64_t>(time.count()) * kNsPerMs; }

/// One recording with the ptrace source. Lives on a thread of its own, whose end releases whatever is still traced.
class PtraceCapture {
 public:
  PtraceCapture(const CapturePlan& plan, RecordSink& sink, const StopFlag& stop)
      : plan_(plan), sink_(sink), stop_(stop), context_(plan, plan.target.tids.empty()) {}

  Result<CaptureOutcome> run() {
    auto tick = Tick::start(delayed() || plan_.duration ? kFineTick : kTick);
    if (!tick) return fail(tick.error());
    Status status = plan_.target.command.empty() ? attach() : launch();
    if (!records_) return fail(status.error());
    if (status) status = record();
    const std::uint64_t end_ns = clock_now_ns(plan_.clockid);
    release_targets(context_, *records_);
    const Status finished = records_->finish(end_ns);
    if (!status) return fail(status.error());
    if (!finished) return fail(finished.error());
    CaptureOutcome outcome = records_->counts();
    outcome.start_ns = start_ns_;
    outcome.end_ns = end_ns;
    outcome.paused_ns = paused_ns_ + (paused_ ? end_ns - paused_since_ns_ : 0);
    outcome.wait_status = wait_status_;
    if (command_) outcome.command = command_->pid();
    return outcome;
  }

 private:
  // A command is not released before its exec: SIGTRAP, which it was forked with as ignored, is put in order there.
  [[nodiscard]] bool before_exec() const { return command_ && !command_runs_ && !wait_status_; }
  [[nodiscard]] bool delayed() const { return plan_.start_delay.count() > 0; }

  Status launch() {
    auto command = LaunchedCommand::start(plan_.target.command, true);
    if (!command) return fail(command.error());
    command_.emplace(std::move(*command));
    const Pid pid = command_->pid();
    if (const int refused = ptrace::seize(pid, context_.follow); refused != 0) {
      return fail_errno(refused, "cannot trace the command");
    }
    // Before the exec, so that the kernel reports the exec and every mapping of the new program.
    if (const Status opened = context_.events.open_task_event(pid); !opened) return opened;
    if (const Status ready = make_records(); !ready) return ready;
    TracedThread& thread = context_.threads.adopt(pid);
    thread.begun = thread.guarded = true;
    thread.ignored_by_us = !LaunchedCommand::sigtrap_was_ignored();
    start_ns_ = clock_now_ns(plan_.clockid);
    if (!delayed()) enable();
    command_->release();
    return {};
  }

  Status attach() {
    Status attached = attach_targets(context_);
    if (!context_.events.rings().empty()) {
      if (const Status ready = make_records(); attached && !ready) attached = ready;
    }
    if (!attached) return attached;
    start_ns_ = clock_now_ns(plan_.clockid);
    std::vector<Pid> processes = plan_.target.pids;
    for (const Tid tid : plan_.target.tids) processes.push_back(context_.threads.adopt(tid).pid);
    std::sort(processes.begin(), processes.end());
    processes.erase(std::unique(processes.begin(), processes.end()), processes.end());
    records_->synthesize(processes, start_ns_);
    if (!delayed()) enable();
    return {};
  }

  Status make_records() {
    records_.emplace(plan_, sink_, context_.events);
    tracer_.emplace(context_, *records_, command_.has_value());
    records_->work_beside();
    return records_->write_event_ids();
  }

  void enable() {
    enabled_ = true;
    start_ns_ = clock_now_ns(plan_.clockid);
    tracer_->set_enabled(true);
    for (const auto& set : context_.threads.event_sets()) TracedEvents::enable(*set);
  }

  Status record() {
    if (command_) records_->synthesize({}, start_ns_);
    for (;;) {
      if (Tick::take()) {
        if (const Status status = on_tick(); !status) return status;
      }
      if ((stop_.load(std::memory_order_relaxed) || over_) && !before_exec()) return {};
      TraceeEvent event;
      switch (context_.stops.next(event)) {
        case StopQueue::Wait::nobody_left: return {};
        case StopQueue::Wait::interrupted: continue;
        case StopQueue::Wait::stop: break;
      }
      if (const Status handled = handle(event); !handled) return handled;
    }
  }

  Status handle(const TraceeEvent& event) {
    const Status handled = tracer_->handle(event);
    if (!command_ || event.tid != command_->pid()) return warn_of(handled);
    if (!WIFSTOPPED(event.status)) {
      over_ = true;
      wait_status_ = event.status;
      return command_runs_ ? Status{} : command_->exec_outcome();
    }
    if (classify_stop(event.status).kind != TraceeStop::Kind::exec) return handled;
    if (!handled && !command_runs_) {
      ::kill(event.tid, SIGKILL);  // it has not run an instruction of its own
      return handled;
    }
    command_runs_ = true;
    return warn_of(handled);
  }

  // A program that may not be sampled (set-user-id) runs on unsampled.
  static Status warn_of(const Status& handled) {
    if (handled || handled.error().code == Errc::io) return handled;
    log_warning(handled.error().fact);
    return {};
  }

  Status on_tick() {
    const std::uint64_t now_ns = clock_now_ns(plan_.clockid);
    // Before its exec the command's process has yet to ignore SIGTRAP: it may wait long for a CPU.
    if (!before_exec() && now_ns - guard_looked_at_ns_ >= kGuardNs) {
      guard_looked_at_ns_ = now_ns;
      tracer_->check_a_guard();
    }
    if (!enabled_) {
      if (now_ns - start_ns_ >= to_ns(plan_.start_delay)) enable();
      return records_->written();
    }
    mind_standstill(now_ns);
    if (plan_.duration && now_ns - start_ns_ >= to_ns(*plan_.duration)) over_ = true;
    return records_->written();
  }

  /// Where stops leave the target no time to run, it runs every other tick without them.
  void mind_standstill(std::uint64_t now_ns) {
    const bool pause = records_->take_standstill() && !paused_;
    if (pause == paused_) return;
    if (paused_) paused_ns_ += now_ns - paused_since_ns_;
    paused_ = pause;
    paused_since_ns_ = now_ns;
    tracer_->set_enabled(!pause);
    for (const auto& set : context_.threads.event_sets()) {
      if (pause) {
        TracedEvents::disable(*set);
      } else {
        TracedEvents::enable(*set);
      }
    }
    if (!pause || std::exchange(told_of_pause_, true)) return;
    log_note(
        "stops come so fast that the target hardly gets on: sampling pauses now and then to let it run; a lower rate "
        "(-F) or --source=gpr does without");
  }

  const CapturePlan& plan_;
  RecordSink& sink_;
  const StopFlag& stop_;
  PtraceContext context_;
  std::optional<PtraceRecords> records_;
  std::optional<Tracer> tracer_;
  std::optional<LaunchedCommand> command_;
  bool command_runs_ = false;
  bool enabled_ = false;
  bool paused_ = false;  ///< enabled, but for a while without samples
  bool told_of_pause_ = false;
  std::uint64_t paused_since_ns_ = 0;
  std::uint64_t paused_ns_ = 0;  ///< all pauses that are over
  bool over_ = false;
  std::uint64_t start_ns_ = 0;
  std::uint64_t guard_looked_at_ns_ = 0;
  std::optional<int> wait_status_;
};

Status check_plan(const CapturePlan& plan) {
  if (plan.events.empty()) return fail(Errc::usage, "the ptrace source needs an event");
  if (plan.target.system_wide || !plan.target.cpus.empty()) {
    return fail(Errc::usage, "the ptrace source records a command, -p or -t, not whole CPUs");
  }
  return check_native_reader();
}

}  // namespace

Result<CaptureOutcome> run_ptrace_capture(const CapturePlan& plan, RecordSink& sink, const StopFlag& stop) {
  if (const Status checked = check_plan(plan); !checked) return fail(checked.error());
  Result<CaptureOutcome> outcome = fail(Errc::io, "the tracing thread did not run");
  std::thread([&] { outcome = PtraceCapture(plan, sink, stop).run(); }).join();
  return outcome;
}

}  // namespace simdprof
