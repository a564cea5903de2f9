#include "cmd/record.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "cmd/exit_code.h"
#include "cmd/record_lists.h"
#include "cmd/record_options.h"
#include "cmd/record_plan.h"
#include "cmd/text_out.h"
#include "lib/abi/clock_reference.h"
#include "lib/base/log.h"
#include "lib/base/quiet_thread.h"
#include "lib/capture/clock.h"
#include "lib/capture/metadata.h"
#include "lib/capture/open_error.h"
#include "lib/capture/recording_sink.h"
#include "lib/container/writer.h"

namespace simdprof::cmd {
namespace {

StopFlag stop_requested{false};
SnapshotCount snapshots_requested{0};
volatile std::sig_atomic_t stop_signal = 0;

extern "C" void request_stop(int signal) {
  stop_signal = signal;
  stop_requested.store(true, std::memory_order_relaxed);
}

extern "C" void request_snapshot(int /*signal*/) { snapshots_requested.fetch_add(1, std::memory_order_relaxed); }

// No SA_RESTART: the wait for the rings has to end, so that the snapshot is of now.
void catch_snapshot_signal() {
  struct sigaction action {};
  action.sa_handler = request_snapshot;
  ::sigaction(SIGUSR2, &action, nullptr);
}

// SIGINT and SIGTERM end a recording in order, unless we were started with them ignored (nohup, a script's
// background). No SA_RESTART: the wait for the rings has to end too.
void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = request_stop;
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction before {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
  }
}

bool command_runs_on(const CaptureOutcome& outcome) { return outcome.command && !outcome.wait_status; }

// The recording can end before its command, by a signal to us or --duration: its end is waited for all the same. The
// terminal has sent it a SIGINT of its own; a SIGTERM is passed on. One more signal to us ends the waiting.
void await_command(CaptureOutcome& outcome) {
  if (!command_runs_on(outcome)) return;
  outcome.outlived = true;
  const auto take_signal = [&] {
    stop_requested.store(false, std::memory_order_relaxed);
    if (stop_signal == SIGTERM) ::kill(*outcome.command, SIGTERM);
  };
  bool asked_to_end = stop_signal != 0;
  if (asked_to_end) take_signal();
  int status = 0;
  while (::waitpid(*outcome.command, &status, 0) != *outcome.command) {
    if (errno != EINTR) return;
    if (!stop_requested.load(std::memory_order_relaxed)) continue;
    if (asked_to_end) return;
    asked_to_end = true;
    take_signal();
  }
  outcome.wait_status = status;
}

// After a failure in mid-recording the command runs on unharmed, in the foreground as it was started.
void await_children() {
  stop_requested.store(false, std::memory_order_relaxed);
  while (::waitpid(-1, nullptr, 0) > 0 || (errno == EINTR && !stop_requested.load(std::memory_order_relaxed))) {
  }
}

/// Hands full and half-full chunks to the file about once a second, so that a killed recorder loses little. Signals are
/// the main thread's: its wait must be the one that ends.
class PeriodicFlush {
 public:
  explicit PeriodicFlush(ContainerWriter& writer)
      : writer_(writer), thread_(start_without_signals([this] { run(); })) {}
  PeriodicFlush(const PeriodicFlush&) = delete;
  PeriodicFlush& operator=(const PeriodicFlush&) = delete;
  ~PeriodicFlush() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, std::chrono::seconds(1), [this] { return over_; })) (void)writer_.flush();
  }

  ContainerWriter& writer_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool over_ = false;
  std::thread thread_;
};

std::map<std::string, std::string> recording_facts(const RecordOptions& options, const CapturePlan& plan) {
  auto facts = collect_host_facts();
  std::string words = "simdprof record";
  for (const std::string& word : options.words) words += " " + word;
  facts["cmdline"] = words;
  facts["simdprof"] = SIMDPROF_VERSION;
  facts["clock"] = clock_name(plan.clockid);
  if (plan.clockid >= 0) {
    facts[std::string(abi::kClockReferenceFact)] = abi::clock_reference_text(take_clock_reference(plan.clockid));
  }
  const bool interrupt_vectors = std::any_of(plan.events.begin(), plan.events.end(), [](const EventPlan& event) {
    return KernelVectorFilter::applies_to(event.attr);
  });
  if (interrupt_vectors) facts["kernel_simd"] = options.kernel_simd ? "kept" : "left out";
  return facts;
}

constexpr int kSignalBase = 128;

int exit_status_of(const CaptureOutcome& outcome) {
  if (!outcome.wait_status) return outcome.command ? kSignalBase + stop_signal : kExitOk;
  const int status = *outcome.wait_status;
  return WIFSIGNALED(status) ? kSignalBase + WTERMSIG(status) : WEXITSTATUS(status);
}

std::optional<KernelVectorFilter> make_kernel_filter(const RecordOptions& options, const CapturePlan& plan) {
  if (options.kernel_simd) return std::nullopt;
  std::vector<abi::EventAttr> attrs;
  bool needed = false;
  for (const EventPlan& event : plan.events) {
    attrs.push_back(event.attr);
    needed = needed || KernelVectorFilter::applies_to(event.attr);
  }
  if (!needed) return std::nullopt;
  return KernelVectorFilter(std::move(attrs));
}

int report_failure(const RecordOptions& options, const Error& error) {
  log_error(render_error(error));
  // lib/capture/launch.h fixes this beginning; a shell answers the same two statuses.
  const bool command_failed =
      !options.target.command.empty() && error.fact.starts_with("cannot run " + options.target.command.front());
  if (command_failed) return error.code == Errc::not_found ? kExitNoCommand : kExitCannotExec;
  return error.code == Errc::usage ? kExitUsage : kExitFailure;
}

Result<CaptureOutcome> capture(const RecordOptions& options, const ReadyPlan& ready, ContainerWriter& writer) {
  RecordingSink sink(writer, make_kernel_filter(options, ready.plan));
  const Status head = write_recording_head(sink, ready.plan, ready.attempts, recording_facts(options, ready.plan));
  if (!head) return fail(head.error());
  auto outcome = [&] {
    const PeriodicFlush flush(writer);
    return ready.plan.source == SourceKind::ptrace
               ? run_ptrace_capture(ready.plan, sink, stop_requested)
               : run_ring_capture(ready.plan, sink, stop_requested, snapshots_requested);
  }();
  if (!outcome) return outcome;
  if (const std::uint64_t left_out = sink.left_out(); left_out != 0) {
    log_warning(
        fmt::format("{} samples of kernel hits are left out: their vector registers could not be found to be "
                    "removed; --kernel-simd keeps them",
                    left_out));
    outcome->lost += left_out;
  }
  // After a signal the command is about to end, and the file is to say how. After --duration it may run for ever.
  if (command_runs_on(*outcome) && stop_signal != 0) {
    if (const Status flushed = writer.flush(); !flushed) return fail(flushed.error());
    await_command(*outcome);
  }
  const Status tail = write_recording_tail(sink, *outcome, sink.load_build_ids());
  if (!tail) return fail(tail.error());
  return outcome;
}

// Which samples carry what the source is for: vectors of the kernel or of stops, general registers of gpr.
std::string render_registers(const RecordOptions& options, SourceKind source, const CaptureOutcome& outcome) {
  if (source == SourceKind::ptrace) return fmt::format("{} with vector registers", outcome.register_images);
  if (source == SourceKind::kernel) return fmt::format("{} with vector registers", outcome.samples);
  const bool general = options.sampling.user_regs != 0 || options.sampling.intr_regs != 0;
  return fmt::format("{} with general registers", general ? outcome.samples : 0);
}

std::string render_aux(const CaptureOutcome& outcome) {
  std::string text;
  if (outcome.aux_bytes != 0) text += fmt::format(", {} AUX bytes", outcome.aux_bytes);
  if (outcome.aux_truncated != 0) text += fmt::format(", an AUX area was full {} times", outcome.aux_truncated);
  if (outcome.aux_unread != 0) text += fmt::format(", {} AUX bytes not read", outcome.aux_unread);
  return text;
}

void say_result(const RecordOptions& options, SourceKind source, const CaptureOutcome& outcome,
                std::uint64_t file_bytes) {
  const std::string file = options.output == "-" ? "standard output" : options.output;
  log_note(fmt::format("wrote {}: {} samples, {}, {} lost{}, {} KiB", file, outcome.samples,
                       render_registers(options, source, outcome), outcome.lost, render_aux(outcome),
                       (file_bytes + 1023) / 1024));
}

// -v: every answer that led to the source, and what is opened.
void say_attempts(const ReadyPlan& ready) {
  for (const SourceAttempt& attempt : ready.attempts) {
    log_verbose(fmt::format("source {}: {}: {}", source_name(attempt.source),
                            attempt.error_number == 0 ? "available" : errno_name(attempt.error_number),
                            attempt.explanation));
  }
  for (const EventPlan& event : ready.plan.events) {
    log_verbose(fmt::format("event {}: type {}, config {:#x}, sample_type {:#x}, {} {}", event.name, event.attr.type,
                            event.attr.config, event.attr.sample_type,
                            (event.attr.flags & abi::kAttrFreq) != 0 ? "frequency" : "period",
                            event.attr.sample_period_or_freq));
  }
}

int record(const RecordOptions& options) {
  const auto ready = make_ready_plan(options);
  if (!ready) return report_failure(options, ready.error());
  for (const std::string& note : ready->notes) log_note(note);
  say_attempts(*ready);
  if (options.dry_run) return print_dry_run(options, *ready);
  log_note(ready->source_line);
  WriterOptions writer_options;
  writer_options.zstd_level = options.zstd_level;
  auto writer = ContainerWriter::create(options.output, writer_options);
  if (!writer) return report_failure(options, writer.error());
  catch_stop_signals();
  if (ready->plan.aux.use == AuxUse::snapshot) catch_snapshot_signal();
  auto outcome = capture(options, *ready, **writer);
  if (!outcome) {
    (void)(*writer)->finish();  // what was recorded before stays readable
    const int failure = report_failure(options, outcome.error());
    await_children();
    return failure;
  }
  if (const Status finished = (*writer)->finish(); !finished) return report_failure(options, finished.error());
  say_result(options, ready->plan.source, *outcome, (*writer)->totals().file_bytes);
  if (!outcome->outlived) await_command(*outcome);
  return exit_status_of(*outcome);
}

}  // namespace

int record_verb(const std::vector<std::string>& words) {
  int exit_status = kExitOk;
  const auto options = parse_record_options(words, exit_status);
  if (!options) return exit_status;
  if (!options->list.empty()) return print_record_list(options->list);
  return record(*options);
}

}  // namespace simdprof::cmd
