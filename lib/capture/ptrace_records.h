#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/capture/plan.h"
#include "lib/capture/ptrace_events.h"
#include "lib/capture/ptrace_native.h"
#include "lib/capture/ptrace_pending.h"
#include "lib/capture/record_batch.h"

namespace simdprof {

/// Everything that the ptrace source writes: what the rings hold, the register images, what was lost.
class PtraceRecords {
 public:
  /// @param events  has its rings already
  PtraceRecords(const CapturePlan& plan, RecordSink& sink, TracedEvents& events);

  /// Names the events opened since the last call.
  Status write_event_ids();
  /// Moves what is in the rings on, and notes the samples that await an image.
  void drain_rings();
  /// Reads and writes the registers of a thread that stopped for a sample.
  /// @return the CPU of the newest sample seen, where the thread ran; -1 when none was there
  std::int32_t add_image(Tid tid, bool late);
  /// The thread ended or runs a new program: its samples get no image any more.
  void forget(Tid tid);
  /// Whether a sample of the thread was seen whose stop has not come.
  [[nodiscard]] bool awaits(Tid tid) const { return pending_.awaits(tid); }
  /// Processes that run already, or the kernel: what the task event does not tell.
  void synthesize(const std::vector<Pid>& processes, std::uint64_t time_ns);
  /// What has gathered goes to the sink.
  Status hand_over();
  /// After the last stop: the rest of the rings, and the losses.
  Status finish(std::uint64_t end_ns);

  /// Samples, images and losses are filled in.
  [[nodiscard]] const CaptureOutcome& counts() const { return counts_; }

 private:
  void take(std::size_t ring, std::span<const std::byte> record);
  void take_sample(std::size_t ring, std::span<const std::byte> record);
  void write_loss(LossCause cause, std::uint64_t count, std::uint64_t time_ns);

  const CapturePlan& plan_;
  RecordSink& sink_;
  TracedEvents& events_;
  NativeImageReader reader_;
  PendingSamples pending_;
  RecordBatch metadata_;
  RecordBatch images_;
  std::vector<RecordBatch> rings_;
  std::int32_t last_cpu_ = -1;
  std::uint64_t without_image_ = 0;
  std::uint64_t unreadable_ = 0;
  std::uint64_t unmatched_ = 0;
  std::optional<std::uint64_t> task_event_id_;
  CaptureOutcome counts_;
};

}  // namespace simdprof
