#include "cmd/recording_summary.h"

#include <algorithm>

namespace simdprof::cmd {
namespace {

void add_chunk(const ChunkInfo& chunk, std::uint32_t framing_bytes, RecordingSummary& out) {
  StreamSummary& stream = out.streams[chunk.start.stream];
  stream.info = chunk.start.info;
  ++stream.chunks;
  stream.records += chunk.start.record_count;
  stream.record_bytes += chunk.start.record_bytes;
  stream.compressed_bytes += chunk.compressed_bytes;
  out.uncompressed_bytes += framing_bytes + chunk.start.record_bytes;
  if (chunk.start.info.kind != StreamKind::ring || chunk.start.first_time_ns == kNoTime) return;
  out.first_time_ns = std::min(out.first_time_ns, chunk.start.first_time_ns);
  out.last_time_ns =
      out.last_time_ns == kNoTime ? chunk.start.last_time_ns : std::max(out.last_time_ns, chunk.start.last_time_ns);
}

}  // namespace

RecordingSummary summarize(Session& session) {
  RecordingSummary summary;
  const std::uint32_t framing_bytes = session.input().format().framing_bytes;
  for (const ChunkInfo& chunk : session.input().chunks()) add_chunk(chunk, framing_bytes, summary);
  summary.samples_of_event.resize(session.facts().events.events.size());
  std::map<std::uint32_t, std::uint64_t> records;
  while (const Record* record = session.next()) {
    ++records[record->type];
    if (const auto* sample = std::get_if<Sample>(&record->body)) ++summary.samples_of_event[sample->event];
  }
  for (const auto& [type, count] : records) summary.records[record_name(type)] += count;
  for (const std::uint64_t count : summary.samples_of_event) summary.samples += count;
  return summary;
}

std::string_view stream_kind_name(StreamKind kind) {
  switch (kind) {
    case StreamKind::metadata: return "metadata";
    case StreamKind::ring: return "ring";
    case StreamKind::synthesized: return "synthesized";
    case StreamKind::images: return "images";
    case StreamKind::aux: return "aux";
  }
  return "unknown";
}

}  // namespace simdprof::cmd
