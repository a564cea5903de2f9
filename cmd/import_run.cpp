#include "cmd/import_run.h"

#include <algorithm>
#include <map>
#include <span>
#include <vector>

#include "lib/abi/perf_event.h"
#include "lib/container/record_walk.h"

namespace simdprof::cmd {
namespace {

/// The whole records of a chunk that are kept, moved together at the front of its bytes.
struct Kept {
  std::size_t bytes = 0;
  std::uint32_t count = 0;
  bool damaged = false;
};

Kept keep_records(std::span<std::byte> records, const RecordInput& from, const ChunkInfo& chunk) {
  Kept kept;
  std::size_t read = 0;
  RecordWalk walk{records, chunk};
  auto raw = walk.next();
  for (; raw && *raw; raw = walk.next()) {
    const std::size_t size = abi::kRecordHeaderBytes + (*raw)->payload.size();
    if (!from.is_framing((*raw)->type)) {
      if (kept.bytes != read)
        std::copy_n(records.begin() + static_cast<std::ptrdiff_t>(read), size,
                    records.begin() + static_cast<std::ptrdiff_t>(kept.bytes));
      kept.bytes += size;
      ++kept.count;
    }
    read += size;
  }
  kept.damaged = !raw;
  return kept;
}

Status write_losses(const Ledger& ledger, ContainerWriter& to) {
  if (ledger.losses().empty()) return {};
  const StreamId stream = to.open_stream(StreamInfo{});
  for (const auto& [cause, count] : ledger.losses()) {
    auto written = to.write(stream, encode_loss(cause, -1, -1, count, kNoTime), 1, kNoTime, kNoTime);
    if (!written) return written;
  }
  return {};
}

}  // namespace

Result<ImportCounts> copy_recording(const RecordInput& from, Ledger& ledger, ContainerWriter& to) {
  ImportCounts counts;
  std::map<StreamId, StreamId> streams;  // numbered anew: those of the input may have holes
  for (std::size_t i = 0; i < from.chunks().size(); ++i) {
    const ChunkInfo& chunk = from.chunks()[i];
    auto records = from.load(i);
    if (!records) {
      ledger.lose(LossCause::chunk_damaged, 1);
      continue;
    }
    const Kept kept = keep_records(*records, from, chunk);
    if (kept.damaged) ledger.lose(LossCause::chunk_damaged, 1);
    if (kept.count == 0) continue;
    const auto known = streams.find(chunk.start.stream);
    const StreamId stream = known != streams.end() ? known->second : to.open_stream(chunk.start.info);
    streams.emplace(chunk.start.stream, stream);
    auto written = to.write(stream, std::span(*records).first(kept.bytes), kept.count, chunk.start.first_time_ns,
                            chunk.start.last_time_ns);
    if (!written) return fail(written.error());
    counts.records += kept.count;
    ++counts.chunks;
  }
  if (auto written = write_losses(ledger, to); !written) return fail(written.error());
  if (auto finished = to.finish(); !finished) return fail(finished.error());
  return counts;
}

}  // namespace simdprof::cmd
