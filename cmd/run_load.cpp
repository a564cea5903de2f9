#include "cmd/run_load.h"

#include <algorithm>
#include <map>
#include <utility>

#include "decoders/record/decode_record.h"
#include "decoders/record/record_time.h"
#include "lib/container/record_walk.h"

namespace simdprof::cmd {
namespace {

/// What a decoded record takes is bounded by 16 times its bytes.
constexpr std::size_t kMinBytesToDecodeAhead = sizeof(Record) / 16;

// Runs in the threads that load: the one that merges has the rest of the work.
void decode_ahead(const ChunkInfo& chunk, const EventTable& events, RunLoad& load) {
  const LoadedRun& run = load.run;
  if (run.records.size() * kMinBytesToDecodeAhead > run.bytes.size()) {
    load.decoded.clear();
    return;
  }
  load.decoded.resize(run.records.size());
  for (std::size_t i = 0; i < run.records.size(); ++i) {
    const std::size_t offset = run.records[i].offset;
    const auto raw = frame_record(chunk, std::span<const std::byte>(run.bytes).subspan(offset), offset);
    Record& record = load.decoded[i];
    if (!raw || !decode_record(*raw, events, record)) record.type = 0;
  }
}

void prepare_ahead(const Session::Prepare& prepare, RunLoad& load) {
  for (const Record& record : load.decoded) {
    const auto* sample = std::get_if<Sample>(&record.body);
    if (sample != nullptr && record.type != 0) prepare(*sample, load.prepared);
    load.prepared_ends.push_back(load.prepared.size());
  }
}

}  // namespace

OrderedRuns runs_of(const RecordInput& input, AuxBytes aux) {
  const auto& chunks = input.chunks();
  const bool timed = std::any_of(chunks.begin(), chunks.end(), [](const ChunkInfo& chunk) {
    return chunk.start.info.kind != StreamKind::metadata && chunk.start.first_time_ns != kNoTime;
  });
  OrderedRuns out;
  std::map<StreamId, std::uint64_t> last_ns;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const StreamStart& start = chunks[i].start;
    RunInfo run{start.stream, start.info.kind, start.first_time_ns};
    if (run.kind == StreamKind::aux) {
      if (aux == AuxBytes::left_out) continue;
      run.first_time_ns = kNoTime - chunks.size() + i;
    } else if (run.kind != StreamKind::metadata && run.first_time_ns == kNoTime) {
      const auto before = last_ns.find(run.stream);
      if (before != last_ns.end()) run.first_time_ns = before->second;
      if (!timed) run.first_time_ns = i;
    }
    if (start.last_time_ns != kNoTime) last_ns[run.stream] = start.last_time_ns;
    out.runs.push_back(run);
    out.chunks.push_back(i);
  }
  return out;
}

std::optional<RawRecord> frame_record(const ChunkInfo& chunk, std::span<const std::byte> bytes, std::size_t offset) {
  const auto framed =
      RecordWalk{bytes, chunk.record_offset + offset, chunk.start.stream, chunk.start.info.order}.next();
  return framed ? *framed : std::nullopt;
}

RunLoad load_run(const RecordInput& input, const EventTable& events, std::size_t chunk, std::uint64_t first_time_ns,
                 const Session::Prepare& prepare, std::vector<Record> spare) {
  RunLoad load;
  load.decoded = std::move(spare);
  auto bytes = input.load(chunk);
  if (!bytes) {
    load.damaged = true;
    load.decoded.clear();
    return load;
  }
  const ChunkInfo& info = input.chunks()[chunk];
  load.run.bytes = std::move(*bytes);
  RecordWalk walk{load.run.bytes, info};
  auto raw = walk.next();
  for (; raw && *raw; raw = walk.next()) {
    if (input.is_framing((*raw)->type)) continue;
    const auto offset = static_cast<std::uint32_t>((*raw)->offset - info.record_offset);
    load.run.records.push_back({find_record_time(**raw, events), offset});
  }
  load.damaged = !raw.has_value();
  sort_by_time(load.run.records, first_time_ns);
  decode_ahead(info, events, load);
  if (prepare) prepare_ahead(prepare, load);
  return load;
}

}  // namespace simdprof::cmd
