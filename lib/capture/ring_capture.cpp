#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <vector>

#include "lib/base/log.h"
#include "lib/capture/aux_capture.h"
#include "lib/capture/clock.h"
#include "lib/capture/cpu_list.h"
#include "lib/capture/launch.h"
#include "lib/capture/perf_clock.h"
#include "lib/capture/plan.h"
#include "lib/capture/record_batch.h"
#include "lib/capture/record_time.h"
#include "lib/capture/ring_set.h"
#include "lib/capture/snapshot_point.h"
#include "lib/capture/synthesize.h"
#include "lib/capture/target_tasks.h"

namespace simdprof {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{200};  // upper bound of the wait for what no descriptor announces

/// One recording through rings, from the opening of its events to the last record.
class RingCapture {
 public:
  RingCapture(const CapturePlan& plan, RecordSink& sink, const StopFlag& stop, const SnapshotCount& snapshots)
      : plan_(plan), sink_(sink), stop_(stop), snapshots_(snapshots) {}

  Result<CaptureOutcome> run() {
    if (const Status opened = open(); !opened) return fail(opened.error());
    if (const Status started = start(); !started) return fail(started.error());
    const Status recorded = record();
    rings_->disable();
    over_ = true;
    outcome_.end_ns = now_ns();
    Status last = recorded ? drain() : recorded;
    if (last) last = aux_->take_snapshot(outcome_.end_ns, over_);
    aux_->report(outcome_);
    if (const Status lost = count_unreported_loss(); last && !lost) last = lost;
    if (!last) return fail(last.error());
    return outcome_;
  }

 private:
  [[nodiscard]] bool has_command() const { return !plan_.target.command.empty(); }
  [[nodiscard]] bool per_cpu() const { return plan_.target.system_wide || !plan_.target.cpus.empty(); }
  [[nodiscard]] bool delayed() const { return plan_.start_delay.count() > 0; }

  // Before anything else: whether the clock is to be had decides how the events are opened.
  Status open_clock() {
    if (plan_.clockid != kPerfClock) return {};
    auto clock = PerfClock::open();
    if (!clock) return fail(clock.error());
    clock_.emplace(std::move(*clock));
    return {};
  }
  [[nodiscard]] std::uint64_t now_ns() const { return clock_ ? clock_->now_ns() : clock_now_ns(plan_.clockid); }

  Status open() {
    if (Status clock = open_clock(); !clock) return clock;
    if (has_command()) {
      auto command = LaunchedCommand::start(plan_.target.command, false);
      if (!command) return fail(command.error());
      command_.emplace(std::move(*command));
      outcome_.command = command_->pid();
      // Where there are no pid descriptors (before Linux 5.3) the tick looks for the end of the child.
      pidfd_.reset(static_cast<int>(::syscall(SYS_pidfd_open, command_->pid(), 0)));
    }
    std::vector<Tid> tasks{-1};
    if (!per_cpu()) {
      if (has_command()) {
        tasks = {command_->pid()};
      } else {
        auto threads = list_target_threads(plan_.target);
        if (!threads) return fail(threads.error());
        tasks = std::move(*threads);
      }
    }
    const auto cpus = plan_.target.cpus.empty() ? load_online_cpus() : plan_.target.cpus;
    const bool on_exec = has_command() && !per_cpu() && !delayed();
    auto rings = RingSet::open(plan_, tasks, cpus, on_exec);
    if (!rings) return fail(rings.error());
    rings_.emplace(std::move(*rings));
    enabled_ = on_exec;
    for (const auto& ring : rings_->rings()) {
      log_debug(fmt::format("CPU {}: {} events, ring of {} KiB", ring.cpu, ring.members.size(),
                            ring.ring.data_bytes() / 1024));
    }
    return open_streams();
  }

  Status open_streams() {
    RecordBatch ids(sink_, sink_.open_stream({StreamKind::metadata, -1, -1}));
    for (const auto& ring : rings_->rings()) {
      batches_.emplace_back(sink_, sink_.open_stream({StreamKind::ring, ring.cpu, ring.tid}));
      for (const auto& member : ring.members) {
        ids.add(encode_event_id(member.event, ring.cpu, member.tid, member.id), kNoTime);
      }
    }
    aux_.emplace(plan_.aux, rings_->rings(), sink_, AuxCapture::Switches{});
    for (const auto& record : encode_aux_head(plan_, rings_->rings())) ids.add(record, kNoTime);
    return ids.hand_over();
  }

  Status start() {
    outcome_.start_ns = now_ns();
    if (!enabled_ && !delayed()) enable();
    if (command_) {
      if (const Status gone = command_->go(); !gone) return gone;
    }
    if (const Status set = set_snapshot_point(); !set) return set;
    if (enabled_) return synthesize();
    return {};
  }

  // The target runs: only now is it known where its programs lie.
  Status set_snapshot_point() {
    const auto point = std::find_if(plan_.events.begin(), plan_.events.end(),
                                    [](const EventPlan& event) { return event.role == EventRole::snapshot_point; });
    if (point == plan_.events.end()) return {};
    const auto address = plan_.find_snapshot_point(target_process());
    if (!address) return fail(address.error());
    auto opened = SnapshotPoint::open(plan_, static_cast<std::size_t>(point - plan_.events.begin()), *address,
                                      rings_->rings(), sink_);
    if (!opened) return fail(opened.error());
    snapshot_point_.emplace(std::move(*opened));
    return {};
  }

  [[nodiscard]] Pid target_process() const {
    if (command_) return command_->pid();
    if (!plan_.target.pids.empty()) return plan_.target.pids.front();
    return find_process_of(plan_.target.tids.front()).value_or(-1);
  }

  void enable() {
    outcome_.start_ns = now_ns();
    rings_->enable();
    enabled_ = true;
  }

  // What existed before the events ran: the kernel's own records tell only what comes after.
  Status synthesize() {
    RecordBatch batch(sink_, sink_.open_stream({StreamKind::synthesized, -1, -1}));
    const std::uint64_t id = rings_->rings().front().members.front().id;
    Synthesizer synthesizer(batch, outcome_.start_ns, id);
    const bool kernel_hits = std::any_of(plan_.events.begin(), plan_.events.end(),
                                         [](const EventPlan& event) { return event.attr.samples_kernel(); });
    if (kernel_hits) synthesizer.add_kernel();
    std::vector<Pid> processes;
    if (per_cpu()) {
      processes = list_processes();
    } else if (has_command()) {
      if (delayed()) processes = list_descendants(command_->pid());
    } else {
      processes = plan_.target.pids;
      for (const Tid tid : plan_.target.tids) {
        if (const auto pid = find_process_of(tid)) processes.push_back(*pid);
      }
    }
    for (const Pid pid : processes) synthesizer.add_process(pid);
    return batch.hand_over();
  }

  Status record() {
    const std::uint64_t delay_ns = static_cast<std::uint64_t>(plan_.start_delay.count()) * kNsPerMs;
    const std::uint64_t enable_at_ns = outcome_.start_ns + delay_ns;
    for (;;) {
      wait();
      if (const Status drained = drain(); !drained) return drained;
      const std::uint64_t now = now_ns();
      if (!enabled_ && now >= enable_at_ns) {
        enable();
        if (const Status status = synthesize(); !status) return status;
      }
      if (const Status taken = take_wanted_snapshots(now); !taken) return taken;
      if (over(now)) return {};
    }
  }

  // Several that were asked for at one time are one.
  Status take_wanted_snapshots(std::uint64_t now) {
    const unsigned wanted = snapshots_.load(std::memory_order_relaxed);
    if ((wanted == snapshots_taken_ && !point_hit_) || !enabled_) return {};
    snapshots_taken_ = wanted;
    point_hit_ = false;
    return aux_->take_snapshot(now, over_);
  }

  bool over(std::uint64_t now) {
    if (reap_command()) return true;
    if (stop_.load(std::memory_order_relaxed)) return true;
    // After a delay the start is later than `now`, for once.
    const std::uint64_t elapsed_ns = now > outcome_.start_ns ? now - outcome_.start_ns : 0;
    if (plan_.duration && enabled_ && elapsed_ns >= static_cast<std::uint64_t>(plan_.duration->count()) * kNsPerMs) {
      return true;
    }
    return !has_command() && !per_cpu() && rings_->all_tasks_ended();
  }

  bool reap_command() {
    if (!command_ || outcome_.wait_status) return outcome_.wait_status.has_value();
    int status = 0;
    if (::waitpid(command_->pid(), &status, WNOHANG) != command_->pid()) return false;
    outcome_.wait_status = status;
    return true;
  }

  // Until a ring is a quarter full, the command ends, a signal comes, or the next thing is due.
  void wait() {
    std::vector<pollfd> polled;
    polled.push_back({pidfd_.get(), POLLIN, 0});
    for (const auto& ring : rings_->rings()) {
      const bool watched = ring.polled < ring.members.size();
      polled.push_back({watched ? ring.members[ring.polled].fd.get() : -1, POLLIN, 0});
    }
    const std::uint64_t now = now_ns();
    milliseconds timeout = kTick;
    const auto until = [&](milliseconds after_start) {
      const auto passed = milliseconds((now - outcome_.start_ns) / kNsPerMs);
      timeout = std::clamp(after_start - passed, milliseconds(0), timeout);
    };
    if (!enabled_) until(plan_.start_delay);
    if (enabled_ && plan_.duration) until(*plan_.duration);
    if (::poll(polled.data(), polled.size(), static_cast<int>(timeout.count())) <= 0) return;
    for (std::size_t i = 0; i < rings_->rings().size(); ++i) {
      // The descriptor of an ended task is always ready; another task's serves the same ring.
      if ((polled[i + 1].revents & (POLLHUP | POLLERR)) != 0) ++rings_->rings()[i].polled;
    }
  }

  Status drain() {
    for (std::size_t i = 0; i < batches_.size(); ++i) {
      auto& ring = rings_->rings()[i];
      const Status drained = ring.ring.drain([&](std::span<const std::byte> record) { take(ring, i, record); });
      if (!drained) log_warning(fmt::format("ring of CPU {}: {}", ring.cpu, drained.error().fact));
      if (const Status written = batches_[i].hand_over(); !written) return written;
    }
    return aux_->drain(now_ns(), over_ || !enabled_);
  }

  void take(RingSet::CpuRing& ring, std::size_t index, std::span<const std::byte> record) {
    const std::uint32_t type = record_type(record);
    if (type == abi::PERF_RECORD_SAMPLE) ++outcome_.samples;
    if (type == abi::PERF_RECORD_LOST || type == abi::PERF_RECORD_LOST_SAMPLES) {
      const std::uint64_t lost = lost_count(record);
      outcome_.lost += lost;
      if (type == abi::PERF_RECORD_LOST) ring.reported_lost += lost;
    }
    aux_->observe(index, record);
    if (snapshot_point_ && snapshot_point_->is_hit(record)) point_hit_ = true;
    batches_[index].add_kernel(record);
  }

  // The kernel reports a loss with the next record that fits; at the end there may be none.
  Status count_unreported_loss() {
    if (outcome_.aux_unread != 0) {
      const std::uint64_t end_ns = outcome_.end_ns;
      batches_.front().add(encode_loss(LossCause::aux_unread, -1, -1, outcome_.aux_unread, end_ns), end_ns);
    }
    for (std::size_t i = 0; i < batches_.size(); ++i) {
      const auto& ring = rings_->rings()[i];
      const std::uint64_t lost = rings_->load_lost(ring);
      if (lost > ring.reported_lost) {
        const std::uint64_t missing = lost - ring.reported_lost;
        outcome_.lost += missing;
        batches_[i].add(encode_loss(LossCause::ring_full, ring.cpu, ring.tid, missing, outcome_.end_ns),
                        outcome_.end_ns);
      }
      if (const Status written = batches_[i].hand_over(); !written) return written;
    }
    return {};
  }

  static constexpr std::uint64_t kNsPerMs = 1000000;

  const CapturePlan& plan_;
  RecordSink& sink_;
  const StopFlag& stop_;
  const SnapshotCount& snapshots_;
  unsigned snapshots_taken_ = 0;
  std::optional<PerfClock> clock_;  ///< when the recording's clock is perf's own
  std::optional<LaunchedCommand> command_;
  UniqueFd pidfd_;
  std::optional<RingSet> rings_;
  std::vector<RecordBatch> batches_;  ///< one a ring
  std::optional<AuxCapture> aux_;
  bool enabled_ = false;
  bool over_ = false;
  std::optional<SnapshotPoint> snapshot_point_;
  bool point_hit_ = false;
  CaptureOutcome outcome_;
};

}  // namespace

Result<CaptureOutcome> run_ring_capture(const CapturePlan& plan, RecordSink& sink, const StopFlag& stop,
                                        const SnapshotCount& snapshots) {
  return RingCapture(plan, sink, stop, snapshots).run();
}

Result<CaptureOutcome> run_ring_capture(const CapturePlan& plan, RecordSink& sink, const StopFlag& stop) {
  return run_ring_capture(plan, sink, stop, SnapshotCount{0});
}

}  // namespace simdprof
