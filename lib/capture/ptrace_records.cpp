#include "lib/capture/ptrace_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "lib/base/cursor.h"
#include "lib/base/log.h"
#include "lib/base/quiet_thread.h"
#include "lib/capture/clock.h"
#include "lib/capture/record_time.h"
#include "lib/capture/synthesize.h"

namespace simdprof {
namespace {

constexpr std::chrono::milliseconds kRound{50};
constexpr unsigned kRoundsToHandOver = 10;

}  // namespace

PtraceRecords::PtraceRecords(const CapturePlan& plan, RecordSink& sink, TracedEvents& events)
    : plan_(plan),
      sink_(sink),
      events_(events),
      reader_(make_native_reader(plan.vectors)),
      standstill_(plan.events.front()),
      metadata_(sink, sink.open_stream({StreamKind::metadata, -1, -1})),
      images_(sink, sink.open_stream({StreamKind::images, -1, -1})) {
  for (const auto& ring : events.rings()) {
    rings_.emplace_back(sink, sink.open_stream({StreamKind::ring, ring.cpu, -1}));
  }
  heads_.resize(rings_.size());
  const auto task_event = static_cast<std::uint32_t>(plan.events.size());
  metadata_.add(encode_event_desc(task_event, events.task_attr(), "dummy:u"), kNoTime);
}

PtraceRecords::~PtraceRecords() { end_work(); }

Status PtraceRecords::write_event_ids() {
  const std::scoped_lock lock(mutex_);
  for (const auto& opened : events_.take_opened()) {
    metadata_.add(encode_event_id(opened.event, opened.cpu, opened.tid, opened.id), kNoTime);
    if (opened.event == plan_.events.size()) task_event_id_ = opened.id;
  }
  return metadata_.hand_over();
}

void PtraceRecords::drain_rings() {
  for (std::size_t i = 0; i < rings_.size(); ++i) {
    auto& ring = events_.rings()[i];
    if (!ring.ring.pending()) continue;
    const Status drained = ring.ring.drain([this, i](std::span<const std::byte> record) { take(i, record); });
    if (!drained) log_warning(fmt::format("ring of CPU {}: {}", ring.cpu, drained.error().fact));
  }
}

void PtraceRecords::take(std::size_t ring, std::span<const std::byte> record) {
  switch (record_type(record)) {
    case abi::PERF_RECORD_SAMPLE: take_sample(record); break;
    case abi::PERF_RECORD_LOST: {
      Cursor in{record.subspan(abi::kRecordHeaderBytes)};
      in.skip(8);  // id
      counts_.lost += in.u64();
      break;
    }
    case abi::PERF_RECORD_LOST_SAMPLES: counts_.lost += Cursor{record.subspan(abi::kRecordHeaderBytes)}.u64(); break;
    default: break;
  }
  rings_[ring].add_kernel(record);
}

void PtraceRecords::take_sample(std::span<const std::byte> record) {
  ++counts_.samples;
  Cursor in{record.subspan(abi::kRecordHeaderBytes)};
  const std::uint64_t id = in.u64();
  in.skip(8);  // ip
  Seen seen;
  seen.pid = in.i32();
  seen.tid = in.i32();
  seen.time_ns = in.u64();
  if (in.failed() || !events_.makes_stops(id)) return;
  const auto mode = static_cast<std::uint16_t>(record_misc(record) & abi::PERF_RECORD_MISC_CPUMODE_MASK);
  seen.in_user = mode == abi::PERF_RECORD_MISC_USER;
  seen_.push_back(seen);
}

std::int32_t PtraceRecords::add_image(Tid tid, bool late) {
  RegisterImage image;
  const bool readable = reader_.load(tid, image);
  image.tid = tid;
  image.time_ns = clock_now_ns(plan_.clockid);
  image.flags = late ? RegisterImage::kFlagLate : 0;
  if (!queue_.push(image, readable, reader_.general_hash())) {
    drain();
    queue_.push(image, readable, reader_.general_hash());
  }
  return look_at_rings();
}

/// Rings that fill sooner than the other thread comes back, with copies of stacks or on a busy machine, are drained
/// here: nothing is lost for the target's sake.
std::int32_t PtraceRecords::look_at_rings() {
  std::int32_t cpu = -1;
  unsigned written_to = 0;
  bool fills = false;
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    const auto& [ring_cpu, ring] = events_.rings()[i];
    const std::uint64_t written = ring.written();
    if (std::exchange(heads_[i], written) == written) continue;
    cpu = ring_cpu;
    ++written_to;
    fills = fills || ring.waiting_bytes() > ring.data_bytes() / 4;
  }
  if (fills) drain();
  return written_to == 1 ? cpu : -1;
}

/// The samples up to now that were not looked at before await their images.
void PtraceRecords::expect(std::uint64_t until_ns) {
  auto seen = seen_.begin();
  for (; seen != seen_.end() && seen->time_ns <= until_ns; ++seen) {
    without_image_ += pending_.add(seen->pid, seen->tid, seen->time_ns, seen->in_user);
  }
  seen_.erase(seen_.begin(), seen);
}

/// @param stop  all samples before it were expected, and none after it
void PtraceRecords::write_image(const ImageQueue::Stop& stop) {
  const Tid tid = stop.image.tid;
  const auto awaited = pending_.take(tid);
  if (!stop.readable) {
    unreadable_ += awaited ? awaited->samples : 0;
    return;
  }
  const std::uint64_t first_hit_ns = awaited ? awaited->first_time_ns : stop.image.time_ns;
  const bool in_user = awaited && awaited->in_user;
  const Standstill::Stop seen{stop.general_hash, first_hit_ns, stop.image.time_ns, in_user};
  stands_still_ = standstill_.add(tid, seen) || stands_still_;
  if (!awaited && pending_.take_repeat(tid)) return;
  RegisterImage image = stop.image;
  image.window_start_ns = image.time_ns;
  if (awaited) {
    image.pid = awaited->pid;
    image.window_start_ns = awaited->first_time_ns;
  } else {
    ++unmatched_;
  }
  images_.add(encode_register_image(image), image.window_start_ns);
  ++counts_.register_images;
}

/// The stops first: their samples are in the rings before they stop. What the rings have beyond them may be samples of
/// stops that come while we look. Up to `now_ns` it is not: a thread whose stop has not come has not run on since.
void PtraceRecords::move_on() {
  const std::uint64_t now_ns = clock_now_ns(plan_.clockid);
  const auto stops = queue_.take();
  drain_rings();
  std::ranges::stable_sort(seen_, {}, &Seen::time_ns);
  for (const ImageQueue::Stop& stop : stops) {
    expect(stop.image.time_ns);
    write_image(stop);
  }
  expect(now_ns);
}

/// In the thread that traces: no stop can come meanwhile.
void PtraceRecords::move_all_on() {
  move_on();
  expect(kNoTime);
}

void PtraceRecords::drain() {
  const std::scoped_lock lock(mutex_);
  move_all_on();
}

void PtraceRecords::forget(Tid tid) {
  const std::scoped_lock lock(mutex_);
  move_all_on();
  standstill_.forget(tid);
  if (const auto awaited = pending_.take(tid)) without_image_ += awaited->samples;
}

bool PtraceRecords::awaits(Tid tid) const {
  const std::scoped_lock lock(mutex_);
  return pending_.awaits(tid);
}

CaptureOutcome PtraceRecords::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

bool PtraceRecords::take_standstill() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(stands_still_, false);
}

Status PtraceRecords::written() const {
  const std::scoped_lock lock(mutex_);
  return written_;
}

void PtraceRecords::work_beside() {
  worker_ = start_without_signals([this] { work(); });
}

void PtraceRecords::work() {
  std::unique_lock lock(mutex_);
  for (unsigned round = 1; !end_.wait_for(lock, kRound, [this] { return ending_; }); ++round) {
    move_on();
    if (round % kRoundsToHandOver == 0 && written_) written_ = hand_over();
  }
}

void PtraceRecords::end_work() {
  if (!worker_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  end_.notify_one();
  worker_.join();
}

void PtraceRecords::synthesize(const std::vector<Pid>& processes, std::uint64_t time_ns) {
  const std::scoped_lock lock(mutex_);
  RecordBatch batch(sink_, sink_.open_stream({StreamKind::synthesized, -1, -1}));
  Synthesizer synthesizer(batch, time_ns, task_event_id_.value_or(0));
  const bool kernel_hits = std::any_of(plan_.events.begin(), plan_.events.end(),
                                       [](const EventPlan& event) { return event.attr.samples_kernel(); });
  if (kernel_hits) synthesizer.add_kernel();
  for (const Pid pid : processes) synthesizer.add_process(pid);
  if (const Status written = batch.hand_over(); !written) log_warning(written.error().fact);
}

Status PtraceRecords::hand_over() {
  for (RecordBatch& ring : rings_) {
    if (const Status written = ring.hand_over(); !written) return written;
  }
  return images_.hand_over();
}

void PtraceRecords::write_loss(LossCause cause, std::uint64_t count, std::uint64_t time_ns) {
  if (count == 0) return;
  metadata_.add(encode_loss(cause, -1, -1, count, time_ns), kNoTime);
  counts_.lost += count;
}

Status PtraceRecords::finish(std::uint64_t end_ns) {
  end_work();
  const std::scoped_lock lock(mutex_);
  move_all_on();
  without_image_ += pending_.drop_all();
  write_loss(LossCause::image_missing, without_image_, end_ns);
  write_loss(LossCause::image_unreadable, unreadable_, end_ns);
  write_loss(LossCause::image_unmatched, unmatched_, end_ns);
  if (!written_) return written_;
  if (const Status written = hand_over(); !written) return written;
  return metadata_.hand_over();
}

}  // namespace simdprof
