#include "lib/abi/perf_event.h"
#include "lib/container/chunk_scan.h"
#include "lib/container/format.h"
#include "lib/container/record_walk.h"
#include "lib/container/resync.h"

namespace simdprof {
namespace {

using namespace format;

constexpr ChunkOpening kOpening =
    chunk_opening(kRecordStream | (std::uint64_t{kStreamRecordBytes} << 48U), kStreamMagic);

/// What the records of a chunk say when they are walked.
struct Walked {
  std::uint32_t records = 0;  ///< whole records
  std::uint32_t bytes = 0;
};

/// Finds chunks in decompressed bytes, which have no checksums: a chunk is believed when another one, or the end of
/// the input, follows it.
class RecordScan {
 public:
  explicit RecordScan(const InputFile& file) : file_(file), walk_budget_(2 * file.size() + kMaxRecordBytes) {}

  Result<ChunkMap> run() {
    while (offset_ < file_.size()) {
      const auto stepped = step();
      if (!stepped) return fail(stepped.error());
    }
    return std::move(map_);
  }

 private:
  Status step();
  Status take_last(ChunkInfo chunk);
  Status skip();
  Result<bool> fits(const ChunkInfo& chunk);
  Result<Walked> walk(std::uint64_t offset, std::uint64_t size, std::endian order);

  const InputFile& file_;
  std::uint64_t walk_budget_;  ///< bytes that may still be walked: hostile input must not make the scan quadratic
  std::uint64_t offset_ = 0;
  ChunkMap map_;
};

Result<Walked> RecordScan::walk(std::uint64_t offset, std::uint64_t size, std::endian order) {
  if (size > walk_budget_) return Walked{};
  walk_budget_ -= size;
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  const auto got = file_.read_at(offset, bytes);
  if (!got) return fail(got.error());
  RecordWalk records{std::span(bytes).first(*got), offset, 0, order};
  Walked walked;
  for (auto record = records.next(); record && *record; record = records.next()) {
    ++walked.records;
    walked.bytes += static_cast<std::uint32_t>(abi::kRecordHeaderBytes + (*record)->payload.size());
  }
  return walked;
}

Result<bool> RecordScan::fits(const ChunkInfo& chunk) {
  std::array<std::byte, kStreamRecordBytes> buffer{};
  const auto next = peek(file_, chunk.file_offset + chunk.start.record_bytes, buffer);
  if (!next) return fail(next.error());
  if (starts_opening(*next, kOpening)) return true;
  // What follows is damaged, or this chunk's size is.
  const auto walked = walk(chunk.file_offset, chunk.start.record_bytes, chunk.start.info.order);
  if (!walked) return fail(walked.error());
  return walked->records == chunk.start.record_count && walked->bytes == chunk.start.record_bytes;
}

/// The input ends inside the chunk: its whole records are kept.
Status RecordScan::take_last(ChunkInfo chunk) {
  const auto walked = walk(chunk.file_offset, file_.size() - chunk.file_offset, chunk.start.info.order);
  if (!walked) return fail(walked.error());
  const std::uint32_t kept = std::min(walked->records, chunk.start.record_count);
  const std::uint64_t end = chunk.file_offset + walked->bytes;
  map_.gaps.push_back(Gap{LossCause::input_truncated, end, file_.size() - end, chunk.start.record_count - kept});
  chunk.start.record_count = kept;
  chunk.start.record_bytes = walked->bytes;
  if (kept != 0) map_.chunks.push_back(chunk);
  offset_ = file_.size();
  return {};
}

Status RecordScan::skip() {
  const auto next = skip_damage(file_, offset_, kOpening, map_.gaps);
  if (!next) return fail(next.error());
  offset_ = *next;
  return {};
}

Status RecordScan::step() {
  std::array<std::byte, kStreamRecordBytes> buffer{};
  const auto bytes = peek(file_, offset_, buffer);
  if (!bytes) return fail(bytes.error());
  const auto start = decode_stream_start(*bytes, offset_);
  if (!start) {
    if (bytes->size() == kStreamRecordBytes || !starts_opening(*bytes, kOpening)) return skip();
    map_.gaps.push_back(Gap{LossCause::input_truncated, offset_, bytes->size(), std::nullopt});
    offset_ = file_.size();
    return {};
  }
  const ChunkInfo chunk{*start, offset_ + kStreamRecordBytes, 0, 0};
  const std::uint64_t end = chunk.file_offset + start->record_bytes;
  if (end > file_.size()) {
    const auto inner = find_opening(file_, chunk.file_offset, kOpening);
    if (!inner) return fail(inner.error());
    return *inner == file_.size() ? take_last(chunk) : skip();
  }
  const auto believed = fits(chunk);
  if (!believed) return fail(believed.error());
  if (!*believed) return skip();
  map_.chunks.push_back(chunk);
  offset_ = end;
  return {};
}

}  // namespace

Result<ChunkMap> scan_records(const InputFile& file) { return RecordScan{file}.run(); }

}  // namespace simdprof
