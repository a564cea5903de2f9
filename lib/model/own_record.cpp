#include "lib/model/own_record.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "lib/base/check.h"
#include "lib/base/cursor.h"

namespace simdprof {

std::string_view source_name(SourceKind kind) {
  switch (kind) {
    case SourceKind::gpr: return "gpr";
    case SourceKind::kernel: return "kernel";
    case SourceKind::ptrace: return "ptrace";
    case SourceKind::agent: return "agent";
  }
  return "unknown";
}

std::string_view loss_cause_name(LossCause cause) {
  switch (cause) {
    case LossCause::ring_full: return "ring full";
    case LossCause::kernel_dropped: return "dropped by the kernel";
    case LossCause::image_missing: return "no register image";
    case LossCause::image_unreadable: return "registers unreadable";
    case LossCause::image_unmatched: return "image without sample";
    case LossCause::chunk_damaged: return "damaged chunk";
    case LossCause::input_truncated: return "input ends early";
    case LossCause::aux_truncated: return "AUX truncated";
    case LossCause::write_failed: return "write failed";
    case LossCause::aux_unread: return "AUX bytes not read";
  }
  return "unknown";
}

namespace {

template <class T>
void append(std::vector<std::byte>& out, T value) {
  const T little = load_integer<T>(std::as_bytes(std::span(&value, 1)), std::endian::little);
  const auto bytes = std::as_bytes(std::span(&little, 1));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

RecordBuilder::RecordBuilder(std::uint32_t type, std::uint16_t misc, std::size_t expected_bytes) {
  bytes_.reserve(expected_bytes);
  append(bytes_, type);
  append(bytes_, misc);
  append(bytes_, std::uint16_t{0});
}

RecordBuilder& RecordBuilder::u8(std::uint8_t value) {
  append(bytes_, value);
  return *this;
}
RecordBuilder& RecordBuilder::u16(std::uint16_t value) {
  append(bytes_, value);
  return *this;
}
RecordBuilder& RecordBuilder::u32(std::uint32_t value) {
  append(bytes_, value);
  return *this;
}
RecordBuilder& RecordBuilder::u64(std::uint64_t value) {
  append(bytes_, value);
  return *this;
}
RecordBuilder& RecordBuilder::bytes(std::span<const std::byte> value) {
  bytes_.insert(bytes_.end(), value.begin(), value.end());
  return *this;
}
RecordBuilder& RecordBuilder::text(std::string_view value) {
  bytes(std::as_bytes(std::span(value.data(), value.size())));
  return u8(0);
}

std::vector<std::byte> RecordBuilder::finish() {
  while (bytes_.size() % 8 != 0) bytes_.push_back(std::byte{0});
  SIMDPROF_ASSERT(bytes_.size() <= 0xfff8);
  bytes_[6] = static_cast<std::byte>(bytes_.size());
  bytes_[7] = static_cast<std::byte>(bytes_.size() >> 8U);
  return std::move(bytes_);
}

std::uint16_t stream_kind_word(const StreamInfo& info) {
  const auto kind = static_cast<std::uint16_t>(info.kind);
  return info.order == std::endian::big ? static_cast<std::uint16_t>(kind | kStreamBigEndian) : kind;
}

bool decode_stream_kind(std::uint16_t word, StreamInfo& info) {
  const auto kind = static_cast<std::uint16_t>(word & ~kStreamBigEndian);
  if (kind > static_cast<std::uint16_t>(StreamKind::aux)) return false;
  info.kind = static_cast<StreamKind>(kind);
  info.order = (word & kStreamBigEndian) != 0 ? std::endian::big : std::endian::little;
  return true;
}

std::vector<std::byte> encode_stream_start(const StreamStart& start) {
  return RecordBuilder(kRecordStream)
      .u64(kStreamMagic)
      .u16(start.version)
      .u16(stream_kind_word(start.info))
      .u32(start.stream)
      .i32(start.info.cpu)
      .i32(start.info.tid)
      .u32(start.record_count)
      .u32(start.record_bytes)
      .u64(start.first_time_ns)
      .u64(start.last_time_ns)
      .finish();
}

std::vector<std::byte> encode_event_desc(std::uint32_t event, const abi::EventAttr& attr, std::string_view name) {
  const auto attr_bytes = std::as_bytes(std::span(&attr, 1));
  return RecordBuilder(kRecordEventDesc)
      .u32(event)
      .u32(static_cast<std::uint32_t>(attr_bytes.size()))
      .bytes(attr_bytes)
      .text(name)
      .finish();
}

std::vector<std::byte> encode_event_id(std::uint32_t event, std::int32_t cpu, Tid tid, std::uint64_t id) {
  return RecordBuilder(kRecordEventId).u32(event).i32(cpu).i32(tid).u32(0).u64(id).finish();
}

std::vector<std::byte> encode_host_fact(std::string_view key, std::string_view value) {
  constexpr std::size_t kMaxValueBytes = 60000;
  return RecordBuilder(kRecordHostFact).text(key).text(value.substr(0, kMaxValueBytes)).finish();
}

std::vector<std::byte> encode_xsave_table(const abi::XsaveTable& table) {
  RecordBuilder record(kRecordXsaveTable);
  record.u64(table.xcr0_mask).u32(table.max_bytes);
  const auto used =
      std::count_if(table.components.begin(), table.components.end(), [](const auto& c) { return c.size != 0; });
  record.u32(static_cast<std::uint32_t>(used));
  for (std::size_t i = 0; i < table.components.size(); ++i) {
    const auto& component = table.components[i];
    if (component.size == 0) continue;
    record.u32(static_cast<std::uint32_t>(i)).u32(component.offset).u32(component.size).u32(component.flags);
  }
  return record.finish();
}

std::vector<std::byte> encode_register_image(const RegisterImage& image) {
  constexpr std::size_t kFieldBytes = 96;  // all but the data, rounded up
  return RecordBuilder(kRecordRegisterImage, 0, kFieldBytes + image.data.size())
      .i32(image.pid)
      .i32(image.tid)
      .u64(image.window_start_ns)
      .u64(image.time_ns)
      .u64(image.ip)
      .u64(static_cast<std::uint64_t>(image.syscall))
      .u32(image.format)
      .u32(image.flags)
      .u64(image.available)
      .u64(image.in_use)
      .u64(image.stored)
      .u32(image.mxcsr)
      .u32(static_cast<std::uint32_t>(image.data.size()))
      .bytes(image.data)
      .finish();
}

std::vector<std::byte> encode_loss(LossCause cause, std::int32_t cpu, Tid tid, std::uint64_t count,
                                   std::uint64_t time_ns) {
  return RecordBuilder(kRecordLoss)
      .u32(static_cast<std::uint32_t>(cause))
      .i32(cpu)
      .i32(tid)
      .u32(0)
      .u64(count)
      .u64(time_ns)
      .finish();
}

std::vector<std::byte> encode_build_id(std::span<const std::byte> id, std::string_view path) {
  return RecordBuilder(kRecordBuildId).u32(static_cast<std::uint32_t>(id.size())).bytes(id).text(path).finish();
}

std::vector<std::byte> encode_source(SourceKind kind, std::int32_t error_number, std::string_view explanation) {
  return RecordBuilder(kRecordSource)
      .u32(static_cast<std::uint32_t>(kind))
      .i32(error_number)
      .text(explanation)
      .finish();
}

std::vector<std::byte> encode_auxtrace_info(std::uint32_t type, std::span<const std::uint64_t> words) {
  RecordBuilder record(kRecordAuxtraceInfo);
  record.u32(type).u32(static_cast<std::uint32_t>(words.size()));
  for (const std::uint64_t word : words) record.u64(word);
  return record.finish();
}

std::vector<std::byte> encode_auxtrace_head(const AuxPiece& piece) {
  SIMDPROF_ASSERT(piece.data.size() <= kMaxAuxPieceBytes);
  auto head = RecordBuilder(kRecordAuxtrace)
                  .u64(piece.offset)
                  .u64(piece.reference)
                  .u32(piece.index)
                  .i32(piece.tid)
                  .i32(piece.cpu)
                  .u32(static_cast<std::uint32_t>(piece.data.size()))
                  .finish();
  const std::size_t size = head.size() + (piece.data.size() + 7) / 8 * 8;
  head[6] = static_cast<std::byte>(size);
  head[7] = static_cast<std::byte>(size >> 8U);
  return head;
}

std::vector<std::byte> encode_auxtrace(const AuxPiece& piece) {
  auto record = encode_auxtrace_head(piece);
  record.insert(record.end(), piece.data.begin(), piece.data.end());
  while (record.size() % 8 != 0) record.push_back(std::byte{0});
  return record;
}

std::vector<std::byte> encode_tracepoint_info(const TracepointInfo& info) {
  SIMDPROF_ASSERT(info.system.size() + info.text.size() <= kMaxTracepointTextBytes);
  return RecordBuilder(kRecordTracepointInfo, 0, info.text.size() + 64)
      .u32(info.kind)
      .u32(0)
      .text(info.system)
      .text(info.text)
      .finish();
}

std::vector<std::vector<std::byte>> encode_kernel_texts(std::string_view lines) {
  std::vector<std::vector<std::byte>> records;
  while (!lines.empty()) {
    std::string_view part = lines.substr(0, kMaxTracepointTextBytes);
    if (part.size() < lines.size()) part = part.substr(0, part.rfind('\n') + 1);
    if (part.empty()) break;
    records.push_back(encode_tracepoint_info({TracepointInfo::kKernelTexts, {}, part}));
    lines.remove_prefix(part.size());
  }
  return records;
}

std::vector<std::byte> encode_end(std::uint64_t start_ns, std::uint64_t end_ns, std::int32_t wait_status) {
  return RecordBuilder(kRecordEnd).u64(start_ns).u64(end_ns).i32(wait_status).u32(0).finish();
}

}  // namespace simdprof
