#include "lib/capture/ptrace_records.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/base/cursor.h"
#include "lib/base/log.h"
#include "lib/capture/clock.h"
#include "lib/capture/record_time.h"
#include "lib/capture/synthesize.h"

namespace simdprof {

PtraceRecords::PtraceRecords(const CapturePlan& plan, RecordSink& sink, TracedEvents& events)
    : plan_(plan),
      sink_(sink),
      events_(events),
      reader_(make_native_reader(plan.vectors)),
      metadata_(sink, sink.open_stream({StreamKind::metadata, -1, -1})),
      images_(sink, sink.open_stream({StreamKind::images, -1, -1})) {
  for (const auto& ring : events.rings()) {
    rings_.emplace_back(sink, sink.open_stream({StreamKind::ring, ring.cpu, -1}));
  }
  const auto task_event = static_cast<std::uint32_t>(plan.events.size());
  metadata_.add(encode_event_desc(task_event, events.task_attr(), "dummy:u"), kNoTime);
}

Status PtraceRecords::write_event_ids() {
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
    case abi::PERF_RECORD_SAMPLE: take_sample(ring, record); break;
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

void PtraceRecords::take_sample(std::size_t ring, std::span<const std::byte> record) {
  ++counts_.samples;
  Cursor in{record.subspan(abi::kRecordHeaderBytes)};
  const std::uint64_t id = in.u64();
  in.skip(8);  // ip
  const Pid pid = in.i32();
  const Tid tid = in.i32();
  const std::uint64_t time_ns = in.u64();
  if (in.failed() || !events_.makes_stops(id)) return;
  const auto mode = static_cast<std::uint16_t>(record_misc(record) & abi::PERF_RECORD_MISC_CPUMODE_MASK);
  without_image_ += pending_.add(pid, tid, time_ns, mode == abi::PERF_RECORD_MISC_USER);
  last_cpu_ = events_.rings()[ring].cpu;
}

std::int32_t PtraceRecords::add_image(Tid tid, bool late) {
  last_cpu_ = -1;
  RegisterImage image;
  const bool readable = reader_.load(tid, image);
  drain_rings();
  const auto awaited = pending_.take(tid);
  if (!readable) {
    unreadable_ += awaited ? awaited->samples : 0;
    return last_cpu_;
  }
  if (!awaited && pending_.take_repeat(tid)) return last_cpu_;
  image.tid = tid;
  image.time_ns = clock_now_ns(plan_.clockid);
  image.window_start_ns = image.time_ns;
  image.flags = late ? RegisterImage::kFlagLate : 0;
  if (awaited) {
    image.pid = awaited->pid;
    image.window_start_ns = awaited->first_time_ns;
  } else {
    ++unmatched_;
  }
  images_.add(encode_register_image(image), image.window_start_ns);
  ++counts_.register_images;
  return last_cpu_;
}

void PtraceRecords::forget(Tid tid) {
  drain_rings();
  if (const auto awaited = pending_.take(tid)) without_image_ += awaited->samples;
}

void PtraceRecords::synthesize(const std::vector<Pid>& processes, std::uint64_t time_ns) {
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
  drain_rings();
  without_image_ += pending_.drop_all();
  write_loss(LossCause::image_missing, without_image_, end_ns);
  write_loss(LossCause::image_unreadable, unreadable_, end_ns);
  write_loss(LossCause::image_unmatched, unmatched_, end_ns);
  if (const Status written = hand_over(); !written) return written;
  return metadata_.hand_over();
}

}  // namespace simdprof
