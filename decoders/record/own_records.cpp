#include "decoders/record/own_records.h"

#include <algorithm>
#include <array>

#include "decoders/record/take_words.h"
#include "lib/abi/attr_bytes.h"

namespace simdprof {
namespace {

/// Text up to its NUL, which is used too; the cursor latches when there is none.
std::string_view read_text(Cursor& in) {
  Cursor ahead = in;
  const auto rest = ahead.take(ahead.remaining());
  const auto nul = std::find(rest.begin(), rest.end(), std::byte{0});
  if (nul == rest.end()) {
    in.latch();
    return {};
  }
  return in.padded_text(static_cast<std::uint64_t>(nul - rest.begin()) + 1);
}

void refuse(BodyReader& r, const char* what) {
  if (r.refused == nullptr && !r.in.failed()) r.refused = what;
}

/// The NULs that pad a record to 8 bytes.
void read_padding(BodyReader& r) {
  const auto rest = r.in.take(r.in.remaining());
  const bool zero = std::all_of(rest.begin(), rest.end(), [](std::byte b) { return b == std::byte{0}; });
  if (rest.size() >= 8 || !zero) refuse(r, "bytes follow the last field");
}

void read_stream(BodyReader& r) {
  StreamRecord record;
  if (r.in.u64() != kStreamMagic) refuse(r, "the stream record lacks its magic");
  record.start.version = r.in.u16();
  if (!decode_stream_kind(r.in.u16(), record.start.info)) refuse(r, "the kind of the stream is not known");
  record.start.stream = r.in.u32();
  record.start.info.cpu = r.in.i32();
  record.start.info.tid = r.in.i32();
  record.start.record_count = r.in.u32();
  record.start.record_bytes = r.in.u32();
  record.start.first_time_ns = r.in.u64();
  record.start.last_time_ns = r.in.u64();
  r.out = record;
}

void read_event_desc(BodyReader& r) {
  EventDescRecord record;
  record.event = r.in.u32();
  const std::uint32_t size = r.in.u32();
  const auto bytes = r.in.take(size);
  if (size < abi::PERF_ATTR_SIZE_VER0) refuse(r, "event attributes of less than 64 bytes");
  if (abi::has_unknown_fields(bytes)) refuse(r, "event attributes have fields that are not known");
  record.attr = abi::decode_attr(Cursor{bytes, 0, r.in.order()});
  record.name = read_text(r.in);
  read_padding(r);
  r.out = record;
}

void read_event_id(BodyReader& r) {
  EventIdRecord record;
  record.event = r.in.u32();
  record.cpu = r.in.i32();
  record.tid = r.in.i32();
  r.in.skip(4);  // reserved
  record.id = r.in.u64();
  r.out = record;
}

void read_host_fact(BodyReader& r) {
  HostFactRecord record;
  record.key = read_text(r.in);
  record.value = read_text(r.in);
  read_padding(r);
  r.out = record;
}

void read_xsave_table(BodyReader& r) {
  // The largest component there is (AMX tile data) has 8192 bytes.
  constexpr std::uint32_t kMaxComponentBytes = 1U << 16U;
  abi::XsaveTable table;
  table.xcr0_mask = r.in.u64();
  table.max_bytes = r.in.u32();
  const std::uint32_t count = r.in.u32();
  if (count > r.in.remaining() / 16) return r.in.latch();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t index = r.in.u32();
    const abi::XsaveTable::Component component{r.in.u32(), r.in.u32(), r.in.u32()};
    if (index >= abi::kXsaveComponents) return refuse(r, "an XSAVE component above 62");
    auto& place = table.components[index];
    if (place.size != 0) return refuse(r, "an XSAVE component is there twice");
    if (component.size > kMaxComponentBytes) return refuse(r, "an XSAVE component of more than 64 KiB");
    place = component;
  }
  r.out = XsaveTableRecord{std::make_shared<const abi::XsaveTable>(table)};
}

void read_register_image(BodyReader& r) {
  RegisterImage image;
  image.pid = r.in.i32();
  image.tid = r.in.i32();
  image.window_start_ns = r.in.u64();
  image.time_ns = r.in.u64();
  image.ip = r.in.u64();
  image.syscall = static_cast<std::int64_t>(r.in.u64());
  image.format = r.in.u32();
  image.flags = r.in.u32();
  image.available = r.in.u64();
  image.in_use = r.in.u64();
  image.stored = r.in.u64();
  image.mxcsr = r.in.u32();
  const std::uint32_t size = r.in.u32();
  image.data = r.in.take(size);
  read_padding(r);
  r.out = RegisterImageRecord{image};
}

void read_loss(BodyReader& r) {
  LossRecord record;
  const std::uint32_t cause = r.in.u32();
  if (cause > static_cast<std::uint32_t>(LossCause::aux_unread)) refuse(r, "the cause of the loss is not known");
  record.cause = static_cast<LossCause>(cause);
  record.cpu = r.in.i32();
  record.tid = r.in.i32();
  r.in.skip(4);  // reserved
  record.count = r.in.u64();
  record.time_ns = r.in.u64();
  r.out = record;
}

void read_build_id(BodyReader& r) {
  BuildIdRecord record;
  const std::uint32_t size = r.in.u32();
  record.id = r.in.take(size);
  record.path = read_text(r.in);
  read_padding(r);
  r.out = record;
}

void read_source(BodyReader& r) {
  SourceRecord record;
  const std::uint32_t kind = r.in.u32();
  if (kind > static_cast<std::uint32_t>(SourceKind::agent)) refuse(r, "the register source is not known");
  record.kind = static_cast<SourceKind>(kind);
  record.error_number = r.in.i32();
  record.explanation = read_text(r.in);
  read_padding(r);
  r.out = record;
}

void read_end(BodyReader& r) {
  EndRecord record;
  record.start_ns = r.in.u64();
  record.end_ns = r.in.u64();
  record.wait_status = r.in.i32();
  r.in.skip(4);  // reserved
  r.out = record;
}

void read_auxtrace_info(BodyReader& r) {
  AuxtraceInfoRecord record;
  record.type = r.in.u32();
  const std::uint32_t count = r.in.u32();
  record.words = take_words(r.in, count);
  r.out = record;
}

void read_auxtrace(BodyReader& r) {
  AuxPiece piece;
  piece.offset = r.in.u64();
  piece.reference = r.in.u64();
  piece.index = r.in.u32();
  piece.tid = r.in.i32();
  piece.cpu = r.in.i32();
  piece.data = r.in.take(r.in.u32());
  read_padding(r);
  r.out = AuxtraceRecord{piece};
}

void read_tracepoint_info(BodyReader& r) {
  TracepointInfo info;
  info.kind = r.in.u32();
  if (info.kind > TracepointInfo::kKernelTexts) refuse(r, "what is told of tracepoints is not known");
  r.in.skip(4);  // reserved
  info.system = read_text(r.in);
  info.text = read_text(r.in);
  read_padding(r);
  r.out = TracepointInfoRecord{info};
}

constexpr std::array kReaders = {
    RecordReader{kRecordStream, read_stream},
    RecordReader{kRecordEventDesc, read_event_desc},
    RecordReader{kRecordEventId, read_event_id},
    RecordReader{kRecordHostFact, read_host_fact},
    RecordReader{kRecordXsaveTable, read_xsave_table},
    RecordReader{kRecordRegisterImage, read_register_image},
    RecordReader{kRecordLoss, read_loss},
    RecordReader{kRecordBuildId, read_build_id},
    RecordReader{kRecordSource, read_source},
    RecordReader{kRecordEnd, read_end},
    RecordReader{kRecordAuxtraceInfo, read_auxtrace_info},
    RecordReader{kRecordAuxtrace, read_auxtrace},
    RecordReader{kRecordTracepointInfo, read_tracepoint_info},
};

}  // namespace

bool read_own_record(std::uint32_t type, BodyReader& reader) { return read_by_type(kReaders, type, reader); }

}  // namespace simdprof
