#include "lib/perfdata/writer.h"

#include <fmt/format.h>

#include <array>

#include "lib/base/check.h"

namespace simdprof::perfdata {
namespace {

constexpr std::uint32_t kNoRecordType = 0;                ///< of an entry in a feature section
constexpr std::size_t kAttrEntryBytes = kAttrBytes + 16;  ///< and the place of its ids
constexpr std::size_t kFlushBytes = std::size_t{256} << 10U;
/// Readers keep records until a round ends, to order them: the shorter the rounds, the less they keep.
constexpr std::uint64_t kRoundBytes = std::uint64_t{4} << 20U;

}  // namespace

Result<Writer> Writer::create(const std::string& path, std::endian order) {
  auto file = OutFile::create(path);
  if (!file) return fail(file.error());
  Writer writer{std::move(*file), order};
  if (writer.pipe_mode()) {
    writer.buffer_.u64(abi::kPerfFileMagic).u64(abi::kPerfPipeHeaderBytes);
  } else {
    writer.buffer_.zeros(abi::kPerfFileHeaderBytes);  // no perf.data until it is patched
  }
  return writer;
}

Status Writer::flush() {
  auto written = file_.append(buffer_.view());
  buffer_.clear();
  return written;
}

Status Writer::put(std::span<const std::byte> bytes) {
  buffer_.bytes(bytes);
  return buffer_.size() < kFlushBytes ? Status{} : flush();
}

Status Writer::put_record(std::uint32_t type, std::uint16_t misc, std::span<const std::byte> payload) {
  SIMDPROF_ASSERT(payload.size() <= kMaxPayloadBytes && payload.size() % 8 == 0);
  buffer_.u32(type).u16(misc).u16(static_cast<std::uint16_t>(abi::kRecordHeaderBytes + payload.size()));
  return put(payload);
}

Status Writer::add_event(OutEvent event) {
  if (pipe_mode()) {
    OrderedBytes attr(order_);
    attr.bytes(encode_attr(event.attr, order_));
    for (const std::uint64_t id : event.ids) attr.u64(id);
    if (attr.size() > kMaxPayloadBytes) {
      return fail(Errc::limit, fmt::format("event {} has {} ids, more than a record holds; export to a file",
                                           event.name, event.ids.size()));
    }
    if (auto written = put_record(abi::PERF_RECORD_HEADER_ATTR, 0, attr.view()); !written) return written;
    OrderedBytes name(order_);
    name.u64(abi::PERF_EVENT_UPDATE_NAME).u64(event.ids.empty() ? 0 : event.ids.front()).text(event.name);
    name.zeros(8 - event.name.size() % 8);
    if (auto written = put_record(abi::PERF_RECORD_EVENT_UPDATE, 0, name.view()); !written) return written;
  }
  events_.push_back(std::move(event));
  return {};
}

Status Writer::add_feature(abi::PerfFeature feature, std::vector<std::byte> content) {
  if (!pipe_mode()) {
    features_.insert_or_assign(feature, std::move(content));
    return {};
  }
  OrderedBytes record(order_);
  record.u64(static_cast<std::uint64_t>(feature)).bytes(content).zeros((8 - content.size() % 8) % 8);
  if (record.size() > kMaxPayloadBytes) {
    return fail(Errc::limit, fmt::format("feature section {} of {} bytes is larger than a record; export to a file",
                                         static_cast<unsigned>(feature), content.size()));
  }
  return put_record(abi::PERF_RECORD_HEADER_FEATURE, 0, record.view());
}

Status Writer::add_tracing_data(std::vector<std::byte> content) {
  if (!pipe_mode()) return add_feature(abi::HEADER_TRACING_DATA, std::move(content));
  constexpr std::uint16_t kHeadBytes = 12;  // the header and the size of what is behind
  content.resize((content.size() + 7) / 8 * 8);
  buffer_.u32(abi::PERF_RECORD_HEADER_TRACING_DATA).u16(0).u16(kHeadBytes);
  buffer_.u32(static_cast<std::uint32_t>(content.size()));
  return put(content);
}

Status Writer::add_build_id(const OutBuildId& entry) {
  const auto bytes =
      encode_build_id_entry(entry, pipe_mode() ? abi::PERF_RECORD_HEADER_BUILD_ID : kNoRecordType, order_);
  if (pipe_mode()) return put(bytes);
  build_ids_.insert(build_ids_.end(), bytes.begin(), bytes.end());
  return {};
}

Status Writer::write(std::uint32_t type, std::uint16_t misc, std::span<const std::byte> payload) {
  if (round_bytes_ >= kRoundBytes) {
    if (auto ended = finish_round(); !ended) return ended;
  }
  ++records_;
  round_bytes_ += abi::kRecordHeaderBytes + payload.size();
  return put_record(type, misc, payload);
}

Status Writer::finish_round() {
  round_bytes_ = 0;
  return put_record(abi::PERF_RECORD_FINISHED_ROUND, 0, {});
}

// The places of all sections, then their contents.
Status Writer::write_features() {
  if (!events_.empty()) features_[abi::HEADER_EVENT_DESC] = encode_event_descs(events_, order_);
  if (!build_ids_.empty()) features_[abi::HEADER_BUILD_ID] = std::move(build_ids_);
  std::uint64_t offset = file_bytes() + 16 * features_.size();
  for (const auto& [feature, content] : features_) {
    buffer_.u64(offset).u64(content.size());
    offset += content.size();
  }
  for (const auto& [feature, content] : features_) {
    if (auto written = put(content); !written) return written;
  }
  return {};
}

Status Writer::write_attrs(std::uint64_t& attrs_offset) {
  std::uint64_t ids_offset = file_bytes();
  for (const OutEvent& event : events_) {
    for (const std::uint64_t id : event.ids) buffer_.u64(id);
    if (auto written = put({}); !written) return written;
  }
  attrs_offset = file_bytes();
  for (const OutEvent& event : events_) {
    buffer_.bytes(encode_attr(event.attr, order_)).u64(ids_offset).u64(8 * event.ids.size());
    ids_offset += 8 * event.ids.size();
    if (auto written = put({}); !written) return written;
  }
  return {};
}

Status Writer::patch_header(std::uint64_t data_end, std::uint64_t attrs_offset) {
  std::array<std::uint64_t, abi::kPerfFeatureBits / 64> bitmap{};
  for (const auto& [feature, content] : features_) {
    const auto bit = static_cast<unsigned>(feature);
    bitmap[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  OrderedBytes header(order_);
  header.u64(abi::kPerfFileMagic).u64(abi::kPerfFileHeaderBytes).u64(kAttrEntryBytes);
  header.u64(attrs_offset).u64(kAttrEntryBytes * events_.size());
  header.u64(abi::kPerfFileHeaderBytes).u64(data_end - abi::kPerfFileHeaderBytes);
  header.u64(0).u64(0);  // event types: not used since 2013
  for (const std::uint64_t word : bitmap) header.u64(word);
  SIMDPROF_ASSERT(header.size() == abi::kPerfFileHeaderBytes);
  return file_.overwrite(0, header.view());
}

Status Writer::finish() {
  if (auto ended = finish_round(); !ended) return ended;
  if (pipe_mode()) return flush();
  const std::uint64_t data_end = file_bytes();
  std::uint64_t attrs_offset = 0;
  if (auto written = write_features(); !written) return written;
  if (auto written = write_attrs(attrs_offset); !written) return written;
  if (auto written = flush(); !written) return written;
  if (auto patched = patch_header(data_end, attrs_offset); !patched) return patched;
  return file_.finish();
}

}  // namespace simdprof::perfdata
