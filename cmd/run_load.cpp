#include "cmd/run_load.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "decoders/record/decode_record.h"
#include "decoders/record/record_time.h"
#include "lib/container/record_walk.h"

namespace simdprof::cmd {
namespace {

/// What a decoded record takes is bounded by 16 times its bytes.
constexpr std::size_t kMinBytesToDecodeAhead = sizeof(Record) / 16;
/// Records that are decoded before notes are made of them. They and their bytes are still in the core's first cache.
constexpr std::size_t kNotedAtOnce = 16;

/// The next place for a decoded record, or nullptr when records are too small to decode them all ahead. What stands in
/// it is of an earlier run: its memory is used again.
class DecodedRecords {
 public:
  DecodedRecords(std::vector<Record>& records, std::size_t run_bytes, std::size_t expected)
      : records_(records), most_(run_bytes / kMinBytesToDecodeAhead) {
    if (expected > most_) most_ = 0;  // none, rather than to drop them at the end
    // With room to spare: runs differ a little, and to move to a new place for each of them costs more than it saves.
    if (records_.capacity() < expected) records_.reserve(std::min(most_, expected + expected / 2));
  }

  Record* next() {
    if (used_ == most_) return nullptr;
    if (used_ == records_.size()) records_.emplace_back();
    return &records_[used_++];
  }
  /// The `count` records of the run so far; none when not every one found a place.
  [[nodiscard]] std::span<const Record> all(std::size_t count) const {
    return std::span(records_).first(used_ == count ? count : 0);
  }
  /// Drops what is beyond the records of the run.
  void finish(std::size_t count) { records_.resize(all(count).size()); }

 private:
  std::vector<Record>& records_;
  std::size_t most_;
  std::size_t used_ = 0;
};

/// Decodes a record while its bytes are at hand, and tells its time. What does not decode has type 0: the thread that
/// merges decodes it again, and counts why.
std::uint64_t take_record(const RawRecord& raw, const EventTable& events, Record* place) {
  if (place == nullptr) return find_record_time(raw, events);
  if (decode_record(raw, events, *place)) return place->time_ns;
  place->type = 0;
  return find_record_time(raw, events);
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
                 const Session::MakeNotes& make_notes, RunLoad spare) {
  RunLoad load = std::move(spare);
  load.run.records.clear();
  auto bytes = input.load(chunk, std::move(load.run.bytes));
  load.damaged = !bytes.has_value();
  if (load.damaged) {
    load.run.bytes.clear();
    load.decoded.clear();
    load.notes.reset();
    return load;
  }
  const ChunkInfo& info = input.chunks()[chunk];
  load.run.bytes = std::move(*bytes);
  DecodedRecords decoded{load.decoded, load.run.bytes.size(), info.start.record_count};
  if (make_notes && load.notes == nullptr) load.notes = make_notes();
  if (load.notes != nullptr) load.notes->start(info.start.record_count);
  RecordWalk walk{load.run.bytes, info};
  for (;;) {
    const auto raw = walk.next();
    load.damaged = !raw.has_value();
    if (!raw || !*raw) break;
    if (input.is_framing((*raw)->type)) continue;
    const auto offset = static_cast<std::uint32_t>((*raw)->offset - info.record_offset);
    const auto number = static_cast<std::uint32_t>(load.run.records.size());
    load.run.records.push_back({take_record(**raw, events, decoded.next()), offset, number});
    if (load.notes != nullptr && number % kNotedAtOnce == 0) load.notes->add(decoded.all(number + 1));
  }
  decoded.finish(load.run.records.size());
  sort_by_time(load.run.records, first_time_ns);
  if (load.decoded.empty()) {
    load.notes.reset();
  } else if (load.notes != nullptr) {
    load.notes->add(load.decoded);
  }
  return load;
}

}  // namespace simdprof::cmd
