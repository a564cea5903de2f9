#include "cmd/export_records.h"

#include <algorithm>

#include "decoders/record/event_lookup.h"
#include "lib/base/check.h"

namespace simdprof::cmd {
namespace {

/// Records that only describe the recording; the file says it in its header.
bool is_description(std::uint32_t type) {
  switch (type) {
    case kRecordStream:
    case kRecordEventDesc:
    case kRecordEventId:
    case kRecordHostFact:
    case kRecordTracepointInfo:
    case kRecordXsaveTable:
    case kRecordBuildId:
    case kRecordSource:
    case kRecordEnd: return true;
    default: return false;
  }
}

/// Kernel records that perf 6.1 knows.
bool is_known_to_perf(std::uint32_t type) {
  return type >= abi::PERF_RECORD_MMAP && type <= abi::PERF_RECORD_AUX_OUTPUT_HW_ID;
}

bool has_trailer(const SampleId& id) { return id.pid || id.id || id.cpu || id.time_ns != kNoTime; }

}  // namespace

RecordExporter::RecordExporter(perfdata::Writer& writer, const EventTable& table, SampleLowering& lowering,
                               ExportEvents& events, bool strip_registers)
    : writer_(&writer),
      table_(&table),
      lowering_(&lowering),
      events_(&events),
      strip_registers_(strip_registers),
      payload_(writer.order()) {}

void RecordExporter::leave_out(const RawRecord& raw, const char* why) {
  ++totals_.left_out[why == nullptr ? record_name(raw.type) : record_name(raw.type) + " " + why];
}

// A copy of the stack fills records up to the brim; what the file adds takes the place of its far end.
RegisterMasks RecordExporter::make_room(const Sample& sample, const RawRecord& raw, perfdata::SampleChange& change,
                                        const RegisterMasks& masks) {
  RegisterMasks fitting = masks;
  const std::uint64_t excess = (payload_.size() - perfdata::kMaxPayloadBytes + 7) / 8 * 8;
  if (perfdata::stack_copy_bytes(raw, sample) > excess) {
    change.cut_stack_bytes = excess;
    ++totals_.cut_stacks;
  } else if (change.user || change.intr) {
    fitting = SampleLowering::drop_xmm(sample, change);
    ++totals_.too_large_for_xmm;
  }
  encode_sample(raw, sample, change, payload_);
  return fitting;
}

Status RecordExporter::write_sample(const Sample& sample, const RawRecord& raw) {
  if (sample.event >= table_->events.size()) {
    leave_out(raw, "of no event");
    return {};
  }
  perfdata::SampleChange change;
  change.drop_registers = strip_registers_;
  change.drop_deferred_chain = true;
  RegisterMasks masks;
  if (!strip_registers_) masks = lowering_->lower(sample, change);
  encode_sample(raw, sample, change, payload_);
  if (payload_.size() > perfdata::kMaxPayloadBytes) masks = make_room(sample, raw, change, masks);
  if (payload_.size() > perfdata::kMaxPayloadBytes || payload_.size() % 8 != 0) {
    leave_out(raw, "of a size perf cannot have");
    return {};
  }
  const auto id = events_->id_of_sample(sample, masks);
  if (!id) return fail(id.error());
  change.id = *id;
  encode_sample(raw, sample, change, payload_);
  ++totals_.samples;
  totals_.deferred_chains += perfdata::has_deferred_chain(sample) ? 1U : 0U;
  totals_.branch_counters += sample.branches.counters.empty() ? 0U : 1U;
  if (sample.has(abi::PERF_SAMPLE_TIME)) {
    if (totals_.first_time_ns == kNoTime) totals_.first_time_ns = sample.time_ns;
    totals_.first_time_ns = std::min(totals_.first_time_ns, sample.time_ns);
    if (totals_.last_time_ns == kNoTime) totals_.last_time_ns = sample.time_ns;
    totals_.last_time_ns = std::max(totals_.last_time_ns, sample.time_ns);
    timed_since_round_ = true;
  }
  return writer_->write(raw.type, raw.misc, payload_.view());
}

Status RecordExporter::write_other(const Record& record, const RawRecord& raw) {
  const bool described = !table_->events.empty();
  const std::uint32_t event = described ? find_trailer_event(raw, *table_) : 0;
  std::size_t body_bytes = raw.payload.size();
  if (described && has_trailer(record.sample_id)) body_bytes -= trailer_bytes(table_->events[event].attr);
  payload_.clear();
  payload_.bytes(raw.payload.first(body_bytes));
  if (described && events_->sample_id_all()) {
    const auto trailer = raw.payload.subspan(body_bytes);
    const std::uint64_t id = trailer.empty() ? 0 : events_->id_of_record(event, record.sample_id.id);
    perfdata::append_trailer(trailer, table_->events[trailer.empty() ? 0 : event].attr.sample_type, id, payload_);
  }
  if (payload_.size() > perfdata::kMaxPayloadBytes || payload_.size() % 8 != 0) {
    leave_out(raw, "of a size perf cannot have");
    return {};
  }
  const bool timed = record.sample_id.time_ns != kNoTime && record.sample_id.time_ns != 0;
  if (!timed && timed_since_round_) {
    // perf hands a record without a time on at once: the ones before it must be through. The first end of a round says
    // up to where, the second hands them on.
    for (int i = 0; i < 2; ++i) {
      if (auto ended = writer_->finish_round(); !ended) return ended;
    }
    timed_since_round_ = false;
  }
  timed_since_round_ = timed_since_round_ || timed;
  return writer_->write(raw.type, raw.misc, payload_.view());
}

Status RecordExporter::write(const Record& record, const RawRecord& raw) {
  if (const auto* sample = std::get_if<Sample>(&record.body)) {
    if (raw.order == writer_->order()) return write_sample(*sample, raw);
    leave_out(raw, "of another byte order");
    return {};
  }
  if (const auto observed = lowering_->observe(record); !observed) leave_out(raw, "that is damaged");
  if (raw.type == kRecordRegisterImage || is_description(raw.type)) return {};
  if (is_known_to_perf(raw.type) && raw.order == writer_->order()) return write_other(record, raw);
  leave_out(raw, is_known_to_perf(raw.type) ? "of another byte order" : nullptr);
  return {};
}

}  // namespace simdprof::cmd
