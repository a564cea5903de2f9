#include "cmd/aux_buffers.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <variant>

#include "cmd/chunk_records.h"

namespace simdprof::cmd {
namespace {

constexpr std::size_t kMostInfos = 64;
constexpr std::uint32_t kFirstDynamicPmu = 6;  ///< PERF_TYPE_MAX

using BufferKey = std::tuple<std::uint32_t, std::int32_t, Tid>;

/// The PMU that a trace is of, as its recorder noted it. Source: perf's util/intel-pt.h, intel-bts.h, arm-spe.h (word
/// 0) and cs-etm.h (high half of word 1).
std::uint32_t pmu_of(const AuxTraceInfo& info) {
  if (info.type == AuxTraceType::cs_etm) {
    return info.words.size() > 1 ? static_cast<std::uint32_t>(info.words[1] >> 32U) : 0;
  }
  return info.words.empty() ? 0 : static_cast<std::uint32_t>(info.words[0]);
}

std::uint64_t config_of(const AuxTraceInfo& info, const EventTable& events) {
  const std::uint32_t pmu = pmu_of(info);
  for (const EventDesc& event : events.events) {
    if (event.attr.type == pmu && pmu >= kFirstDynamicPmu) return event.attr.config;
  }
  for (const EventDesc& event : events.events) {
    if (event.attr.type >= kFirstDynamicPmu) return event.attr.config;
  }
  return 0;
}

void add_extent(AuxBuffer& buffer, const AuxPiece& piece, std::size_t chunk) {
  if (piece.data.empty()) return;
  if (!buffer.extents.empty()) {
    AuxExtent& last = buffer.extents.back();
    if (last.chunk == chunk && last.offset + last.bytes == piece.offset) {
      last.bytes += piece.data.size();
      return;
    }
  }
  buffer.extents.push_back({piece.offset, piece.data.size(), chunk});
}

/// The area that an AUX record is about. Areas follow CPUs or threads, never both.
AuxBuffer* announced_buffer(std::vector<AuxBuffer>& buffers, std::int32_t cpu, Tid tid) {
  for (AuxBuffer& buffer : buffers) {
    if (buffer.cpu >= 0 ? buffer.cpu == cpu : buffer.tid == tid && (tid >= 0 || cpu < 0)) return &buffer;
  }
  return nullptr;
}

}  // namespace

std::uint64_t AuxBuffer::recorded_bytes() const {
  std::uint64_t sum = 0;
  for (const AuxExtent& extent : extents) sum += extent.bytes;
  return sum;
}

AuxBufferIndex::AuxBufferIndex(const RecordInput& input) {
  for (const ChunkInfo& chunk : input.chunks()) cpu_of_stream_[chunk.start.stream] = chunk.start.info.cpu;
}

std::int32_t AuxBufferIndex::cpu_of(const Record& record) const {
  if (record.sample_id.cpu) return static_cast<std::int32_t>(*record.sample_id.cpu);
  const auto found = cpu_of_stream_.find(record.stream);
  return found == cpu_of_stream_.end() ? -1 : found->second;
}

void AuxBufferIndex::observe(const Record& record) {
  if (const auto* aux = std::get_if<AuxRecord>(&record.body)) {
    announced_.push_back({cpu_of(record),
                          record.sample_id.tid.value_or(-1),
                          {aux->aux_offset, aux->aux_bytes, aux->flags, record.time_ns}});
  } else if (const auto* hw_id = std::get_if<AuxOutputHwIdRecord>(&record.body)) {
    hw_ids_.push_back({cpu_of(record), hw_id->hw_id});
  } else if (const auto* sample = std::get_if<Sample>(&record.body)) {
    samples_with_bytes_ += sample->has(abi::PERF_SAMPLE_AUX) && !sample->aux.empty() ? 1U : 0U;
  } else if (const auto* info = std::get_if<AuxtraceInfoRecord>(&record.body)) {
    if (infos_.size() >= kMostInfos) return;
    AuxTraceInfo out;
    out.type = static_cast<AuxTraceType>(info->type);
    for (std::size_t i = 0; i < info->words.size(); ++i) out.words.push_back(info->words[i]);
    infos_.push_back(std::move(out));
  }
}

std::vector<AuxTraceInfo> AuxBufferIndex::infos(const RecordingFacts& facts) const {
  std::vector<AuxTraceInfo> out = infos_;
  const auto time = facts.host.find(std::string(abi::kTimeConversionFact));
  for (AuxTraceInfo& info : out) {
    info.config = config_of(info, facts.events);
    if (const auto cpuid = facts.host.find("cpuid"); cpuid != facts.host.end()) info.cpuid = cpuid->second;
    if (time != facts.host.end()) info.clock = abi::parse_time_conversion(time->second);
    info.hw_ids = hw_ids_;
  }
  return out;
}

std::vector<AuxBuffer> AuxBufferIndex::finish(const RecordInput& input, const EventTable& events) {
  std::map<BufferKey, AuxBuffer> found;
  for (std::size_t chunk = 0; chunk < input.chunks().size(); ++chunk) {
    if (input.chunks()[chunk].start.info.kind != StreamKind::aux) continue;
    visit_chunk<AuxtraceRecord>(input, events, chunk, [&](const AuxtraceRecord& record) {
      const AuxPiece& piece = record.piece;
      AuxBuffer& buffer = found[{piece.index, piece.cpu, piece.tid}];
      std::tie(buffer.index, buffer.cpu, buffer.tid) = std::tie(piece.index, piece.cpu, piece.tid);
      add_extent(buffer, piece, chunk);
    });
  }
  std::vector<AuxBuffer> buffers;
  buffers.reserve(found.size());
  for (auto& [key, buffer] : found) buffers.push_back(std::move(buffer));
  const bool by_thread = !buffers.empty() && buffers.front().cpu < 0;
  const std::size_t with_bytes = buffers.size();
  for (const Announced& said : announced_) {
    AuxBuffer* buffer = announced_buffer(buffers, said.cpu, said.tid);
    if (buffer == nullptr && with_bytes == 1 && said.cpu < 0 && said.tid < 0) buffer = &buffers.front();
    if (buffer == nullptr) {
      AuxBuffer silent;
      silent.cpu = by_thread ? -1 : said.cpu;
      silent.tid = by_thread || said.cpu < 0 ? said.tid : -1;
      buffers.push_back(std::move(silent));
      buffer = &buffers.back();
    }
    buffer->announced.push_back(said.what);
  }
  return buffers;
}

}  // namespace simdprof::cmd
