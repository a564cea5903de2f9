#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "lib/capture/plan.h"
#include "lib/capture/ptrace_events.h"
#include "lib/capture/ptrace_image_queue.h"
#include "lib/capture/ptrace_native.h"
#include "lib/capture/ptrace_pending.h"
#include "lib/capture/ptrace_standstill.h"
#include "lib/capture/record_batch.h"

namespace simdprof {

/// Everything that the ptrace source writes: what the rings hold, the register images, what was lost.
///
/// While a thread is stopped for a sample its registers are read, and no more: what belongs to which sample is found
/// out and written by another thread, 20 times a second. The tracer shares its CPU with the target, which would wait
/// for that work, whether before it runs on or behind its back. Measured on a 2-CPU virtual machine, one FMA thread at
/// 999 Hz: of 37 us that a stop took from the target, that work was 9. To gather stops and to write 16 of them at once
/// in the tracer gained nothing.
///
/// The tracer does it itself when a thread ends or executes, and when the queue or a ring fills.
///
/// All functions but work_beside() may be called while that thread works; all from one thread.
class PtraceRecords {
 public:
  /// @param events  has its rings already
  PtraceRecords(const CapturePlan& plan, RecordSink& sink, TracedEvents& events);
  PtraceRecords(const PtraceRecords&) = delete;
  PtraceRecords& operator=(const PtraceRecords&) = delete;
  ~PtraceRecords();

  /// Starts the other thread, which ends with finish(). Without it everything waits for drain() or finish().
  void work_beside();

  /// Names the events opened since the last call.
  Status write_event_ids();
  /// Moves on what the rings hold and what threads stopped for, and notes the samples that await an image.
  void drain();
  /// Reads the registers of a thread that stopped for a sample.
  /// @return the CPU whose ring alone was written to since the last stop: where the thread ran; -1: not known
  std::int32_t add_image(Tid tid, bool late);
  /// The thread ended or runs a new program: its samples get no image any more.
  void forget(Tid tid);
  /// Whether a sample of the thread was seen whose stop has not come.
  [[nodiscard]] bool awaits(Tid tid) const;
  /// Processes that run already, or the kernel: what the task event does not tell.
  void synthesize(const std::vector<Pid>& processes, std::uint64_t time_ns);
  /// Whether a thread was found since the last call that its stops leave no time to run.
  bool take_standstill();
  /// Whether all could be written so far.
  [[nodiscard]] Status written() const;
  /// After the last stop: the rest of the rings, and the losses.
  Status finish(std::uint64_t end_ns);

  /// Samples, images and losses are filled in.
  [[nodiscard]] CaptureOutcome counts() const;

 private:
  /// A sample of a ring, until the stop that it makes is looked at.
  struct Seen {
    std::uint64_t time_ns = 0;
    Pid pid = 0;
    Tid tid = 0;
    bool in_user = false;
  };

  // With mutex_ held.
  void drain_rings();
  void take(std::size_t ring, std::span<const std::byte> record);
  void take_sample(std::span<const std::byte> record);
  void move_on();
  void move_all_on();
  void expect(std::uint64_t until_ns);
  void write_image(const ImageQueue::Stop& stop);
  Status hand_over();
  void write_loss(LossCause cause, std::uint64_t count, std::uint64_t time_ns);

  void work();
  void end_work();
  std::int32_t look_at_rings();

  const CapturePlan& plan_;
  RecordSink& sink_;
  TracedEvents& events_;
  NativeImageReader reader_;
  ImageQueue queue_;
  std::vector<std::uint64_t> heads_;  ///< by ring: how far it was when look_at_rings() did last

  mutable std::mutex mutex_;  ///< of all below, as far as it changes
  std::vector<Seen> seen_;    ///< in the order of time; after move_on() those that came meanwhile
  PendingSamples pending_;
  Standstill standstill_;
  bool stands_still_ = false;
  RecordBatch metadata_;
  RecordBatch images_;
  std::vector<RecordBatch> rings_;
  std::uint64_t without_image_ = 0;
  std::uint64_t unreadable_ = 0;
  std::uint64_t unmatched_ = 0;
  std::optional<std::uint64_t> task_event_id_;
  CaptureOutcome counts_;
  Status written_;
  bool ending_ = false;
  std::condition_variable end_;
  std::thread worker_;
};

}  // namespace simdprof
