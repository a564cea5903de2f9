#include "lib/capture/aux_capture.h"

#include <fmt/format.h>

#include "lib/base/cursor.h"
#include "lib/base/log.h"
#include "lib/capture/aux_info.h"
#include "lib/capture/cpu_list.h"
#include "lib/capture/record_time.h"

namespace simdprof {
namespace {

constexpr std::size_t kAuxFlagsOffset = abi::kRecordHeaderBytes + 16;  // aux_offset, aux_size

std::uint64_t aux_flags(std::span<const std::byte> record) {
  Cursor in{record};
  in.skip(kAuxFlagsOffset);
  return in.u64();
}

}  // namespace

AuxCapture::AuxCapture(const AuxPlan& plan, std::span<RingSet::CpuRing> rings, RecordSink& sink, Switches switches)
    : plan_(plan), switches_(std::move(switches)) {
  for (std::size_t i = 0; i < rings.size(); ++i) {
    area_index_.push_back(areas_.size());
    RingSet::CpuRing& ring = rings[i];
    if (!ring.aux.valid() || plan.use == AuxUse::samples) {
      area_index_.back() = rings.size();
      continue;
    }
    areas_.push_back({&ring, AuxWriter(sink, static_cast<std::uint32_t>(i), ring.cpu, ring.tid),
                      AuxSnapshot(ring.aux.bytes()), false});
  }
}

AuxCapture::Area* AuxCapture::area_of(std::size_t ring) {
  return area_index_[ring] < areas_.size() ? &areas_[area_index_[ring]] : nullptr;
}

void AuxCapture::observe(std::size_t ring, std::span<const std::byte> record) {
  Area* const area = area_of(ring);
  if (area == nullptr) return;
  const std::uint32_t type = record_type(record);
  // The record that tells of a full area can itself be lost.
  if (type == abi::PERF_RECORD_LOST) area->full = true;
  if (type != abi::PERF_RECORD_AUX || (aux_flags(record) & abi::PERF_AUX_FLAG_TRUNCATED) == 0) return;
  area->full = true;
  ++truncated_;
}

Status AuxCapture::drain_area(Area& area, std::uint64_t now_ns) {
  const AuxRing& aux = area.ring->aux;
  const AuxRun run = aux.pending();
  if (run.skipped != 0) log_warning(fmt::format("AUX area of CPU {}: {} bytes are gone", area.ring->cpu, run.skipped));
  unread_ += run.skipped;
  if (run.size() == 0 && run.skipped == 0) return {};
  area.full = true;  // it may have been; to enable what runs costs nothing
  if (run.size() == 0) return aux.release(run);
  // Where it cannot be given back it would be read twice: it is not written at all.
  if (const Status may = aux.may_release(run); !may) {
    unread_ += run.size();
    return may;
  }
  if (const Status written = area.writer.write(run, now_ns); !written) return written;
  return aux.release(run);
}

Status AuxCapture::drain(std::uint64_t now_ns, bool over) {
  if (plan_.use != AuxUse::full_trace) return {};
  for (Area& area : areas_) {
    if (const Status drained = drain_area(area, now_ns); !drained) return drained;
    if (area.full && !over) switches_.enable(*area.ring);
    area.full = false;
  }
  return {};
}

Status AuxCapture::take_snapshot(std::uint64_t now_ns, bool over) {
  if (plan_.use != AuxUse::snapshot) return {};
  for (const Area& area : areas_) switches_.disable(*area.ring);
  Status status;
  for (Area& area : areas_) {
    const AuxRing& aux = area.ring->aux;
    const auto window = area.snapshot.take(aux.area(), aux.load_head(), plan_.snapshot_bytes);
    if (status) status = area.writer.write(aux.run(window.begin, window.end), now_ns);
  }
  if (!over) {
    for (const Area& area : areas_) switches_.enable(*area.ring);
  }
  return status;
}

void AuxCapture::report(CaptureOutcome& outcome) const {
  outcome.aux_truncated = truncated_;
  outcome.aux_unread = unread_;
  outcome.lost += truncated_;
  outcome.aux_bytes = 0;
  for (const Area& area : areas_) outcome.aux_bytes += area.writer.bytes();
}

std::vector<std::vector<std::byte>> encode_aux_head(const CapturePlan& plan, std::span<const RingSet::CpuRing> rings) {
  std::vector<std::vector<std::byte>> records;
  const EventSystem system;
  for (const EventPlan& event : plan.events) {
    if (event.role != EventRole::aux) continue;
    AuxEventFacts facts{event, {}, plan.aux.use == AuxUse::snapshot, !plan.per_thread, {}};
    // With a clock of another kind the kernel does not say how ticks are converted to it.
    facts.time = rings.front().ring.control().load_time_conversion();
    for (const RingSet::CpuRing& ring : rings) {
      if (ring.cpu >= 0) facts.cpus.push_back(ring.cpu);
    }
    if (facts.cpus.empty()) facts.cpus = load_online_cpus();
    const AuxTraceInfo info = make_aux_info(system, facts);
    records.push_back(encode_auxtrace_info(static_cast<std::uint32_t>(info.type), info.words));
    for (const auto& [key, value] : collect_aux_facts(system, facts)) records.push_back(encode_host_fact(key, value));
  }
  return records;
}

}  // namespace simdprof
