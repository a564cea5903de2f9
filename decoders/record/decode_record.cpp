#include "decoders/record/decode_record.h"

#include <fmt/format.h>

#include "decoders/record/decode_sample.h"
#include "decoders/record/event_lookup.h"
#include "decoders/record/kernel_records.h"
#include "decoders/record/own_records.h"

namespace simdprof {
namespace {

std::string type_text(std::uint32_t type) {
  const char* name = abi::record_type_name(type);
  return name != nullptr ? name : fmt::format("{:#x}", type);
}

/// The sample_id trailer. Wire order: TID, TIME, ID, STREAM_ID, CPU, IDENTIFIER.
SampleId read_trailer(Cursor& in, std::uint64_t sample_type) {
  SampleId id;
  if ((sample_type & abi::PERF_SAMPLE_TID) != 0) {
    id.pid = in.i32();
    id.tid = in.i32();
  }
  if ((sample_type & abi::PERF_SAMPLE_TIME) != 0) id.time_ns = in.u64();
  if ((sample_type & abi::PERF_SAMPLE_ID) != 0) id.id = in.u64();
  if ((sample_type & abi::PERF_SAMPLE_STREAM_ID) != 0) in.skip(8);
  if ((sample_type & abi::PERF_SAMPLE_CPU) != 0) {
    id.cpu = in.u32();
    in.skip(4);  // reserved
  }
  if ((sample_type & abi::PERF_SAMPLE_IDENTIFIER) != 0) id.id = in.u64();
  return id;
}

/// A time that the body itself carries; where a record has a trailer too, the trailer's is used.
std::uint64_t body_time(const RecordBody& body) {
  if (const auto* fork = std::get_if<ForkRecord>(&body)) return fork->time_ns;
  if (const auto* exit = std::get_if<ExitRecord>(&body)) return exit->time_ns;
  if (const auto* throttle = std::get_if<ThrottleRecord>(&body)) return throttle->time_ns;
  if (const auto* image = std::get_if<RegisterImageRecord>(&body)) return image->image.window_start_ns;
  if (const auto* loss = std::get_if<LossRecord>(&body)) return loss->time_ns;
  return kNoTime;
}

Status check_body(const BodyReader& reader, std::uint32_t type, std::uint64_t body_offset) {
  if (reader.in.failed()) {
    return fail(Errc::truncated, fmt::format("record {} ends inside its fields", type_text(type)), reader.in.offset());
  }
  if (reader.refused != nullptr) {
    return fail(Errc::malformed, fmt::format("record {}: {}", type_text(type), reader.refused), body_offset);
  }
  return {};
}

Status decode_kernel_record(BodyReader& reader, const abi::EventAttr& attr, Record& record) {
  reader.read_format = attr.read_format;
  const std::uint64_t body_offset = reader.in.offset();
  if (!read_kernel_record(record.type, reader)) {
    return fail(Errc::unsupported, fmt::format("record type {:#x} is not known", record.type), record.offset);
  }
  if (auto checked = check_body(reader, record.type, body_offset); !checked) return checked;
  // A recorder's own MMAP2, COMM and FORK records may come without the trailer that the kernel's have.
  if (reader.in.remaining() == 0) return {};
  if (reader.in.remaining() != trailer_bytes(attr)) {
    return fail(Errc::malformed,
                fmt::format("{} bytes follow the fields of record {}, a trailer has {}", reader.in.remaining(),
                            type_text(record.type), trailer_bytes(attr)),
                reader.in.offset());
  }
  record.sample_id = read_trailer(reader.in, attr.sample_type);
  return {};
}

Status decode_own_record(BodyReader& reader, Record& record) {
  const std::uint64_t body_offset = reader.in.offset();
  if (!read_own_record(record.type, reader)) {
    return fail(Errc::unsupported, fmt::format("record type {:#x} is not known", record.type), record.offset);
  }
  if (auto checked = check_body(reader, record.type, body_offset); !checked) return checked;
  if (reader.in.remaining() == 0) return {};
  return fail(Errc::malformed,
              fmt::format("{} bytes follow the fields of record {:#x}", reader.in.remaining(), record.type),
              reader.in.offset());
}

Status decode_sample_record(const RawRecord& raw, const EventTable& events, Record& record) {
  const auto event = find_sample_event(raw, events);
  if (!event) return fail(event.error());
  // decode_sample overwrites all of a sample; to make it anew as well would clear its 700 bytes twice.
  if (!std::holds_alternative<Sample>(record.body)) record.body.emplace<Sample>();
  Sample& sample = std::get<Sample>(record.body);
  sample.event = *event;
  if (auto decoded = decode_sample(raw, events.events[*event].attr, sample); !decoded) return decoded;
  if (sample.has(abi::PERF_SAMPLE_TIME)) record.time_ns = sample.time_ns;
  return {};
}

Status decode_other_record(const RawRecord& raw, const EventTable& events, Record& record) {
  constexpr std::uint32_t kFirstOwnType = kRecordStream;
  BodyReader reader{Cursor{raw.payload, raw.offset + abi::kRecordHeaderBytes, raw.order}, raw.misc, 0, record.body};
  Status decoded;
  if (raw.type >= kFirstOwnType) {
    decoded = decode_own_record(reader, record);
  } else {
    static const abi::EventAttr kNoEvent;  // no trailer
    const bool described = !events.events.empty();
    decoded = decode_kernel_record(reader, described ? events.events[find_trailer_event(raw, events)].attr : kNoEvent,
                                   record);
  }
  if (!decoded) return decoded;
  record.time_ns = record.sample_id.time_ns != kNoTime ? record.sample_id.time_ns : body_time(record.body);
  return {};
}

}  // namespace

Status decode_record(const RawRecord& raw, const EventTable& events, Record& out) {
  out.type = raw.type;
  out.misc = raw.misc;
  out.offset = raw.offset;
  out.stream = raw.stream;
  out.time_ns = kNoTime;
  out.sample_id = SampleId{};
  return raw.type == abi::PERF_RECORD_SAMPLE ? decode_sample_record(raw, events, out)
                                             : decode_other_record(raw, events, out);
}

Result<Record> decode_record(const RawRecord& raw, const EventTable& events) {
  Result<Record> result{tl::in_place};
  Status decoded = decode_record(raw, events, *result);
  if (!decoded) result = fail(std::move(decoded.error()));
  return result;
}

}  // namespace simdprof
