#include "lib/container/writer.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "lib/base/check.h"
#include "lib/base/cursor.h"
#include "lib/base/quiet_thread.h"
#include "lib/container/chunk_frame.h"
#include "lib/container/format.h"
#include "lib/container/output_file.h"
#include "lib/container/record_walk.h"

namespace simdprof {
namespace {

using namespace format;

/// A chunk may grow past WriterOptions::chunk_bytes by one write(); this is where it is split instead.
constexpr std::size_t kMaxChunkBytes = kMaxRecordBytes;

/// What one write() appends.
struct Run {
  std::span<const std::span<const std::byte>> parts;  ///< of the records, one after another
  std::size_t bytes = 0;                              ///< of all parts
  std::uint32_t count = 0;
  std::uint64_t first_time_ns = kNoTime;
  std::uint64_t last_time_ns = kNoTime;
};

/// A chunk being filled, or waiting to be written.
struct OpenChunk {
  StreamStart start;
  std::vector<std::byte> bytes;  ///< room for the stream record, then records

  [[nodiscard]] std::size_t record_bytes() const { return bytes.empty() ? 0 : bytes.size() - kStreamRecordBytes; }
  void append(const Run& run) {
    if (bytes.empty()) bytes.resize(kStreamRecordBytes);
    for (const auto part : run.parts) bytes.insert(bytes.end(), part.begin(), part.end());
    start.record_count += run.count;
    start.record_bytes += static_cast<std::uint32_t>(run.bytes);
    start.first_time_ns = std::min(start.first_time_ns, run.first_time_ns);  // kNoTime is the largest
    if (run.last_time_ns == kNoTime) return;
    if (start.last_time_ns == kNoTime || run.last_time_ns > start.last_time_ns) start.last_time_ns = run.last_time_ns;
  }
};

/// How many whole records of `records` fit into `limit` bytes; at least one.
struct Prefix {
  std::size_t bytes = 0;
  std::uint32_t count = 0;
};
Prefix whole_records(std::span<const std::byte> records, std::size_t limit, std::endian order) {
  Prefix prefix;
  RecordWalk walk{records, 0, 0, order};
  for (auto record = walk.next(); record && *record; record = walk.next()) {
    const std::size_t size = abi::kRecordHeaderBytes + (*record)->payload.size();
    if (prefix.count != 0 && prefix.bytes + size > limit) break;
    prefix.bytes += size;
    ++prefix.count;
  }
  return prefix;
}

}  // namespace

struct ContainerWriter::State {
  State(OutputFile output, const WriterOptions& chosen)
      : options(chosen), file(std::move(output)), compressor(chosen.zstd_level) {}

  WriterOptions options;

  std::mutex mutex;                ///< guards everything up to `thread`
  std::condition_variable work;    ///< something is queued, or `stopping`
  std::condition_variable room;    ///< something was taken from the queue, or written
  std::vector<OpenChunk> streams;  ///< by StreamId
  std::vector<StreamId> metadata;
  std::vector<StreamId> synthesized;
  std::deque<OpenChunk> queue;
  std::size_t queued_bytes = 0;
  bool writing = false;  ///< the thread has a chunk in its hands
  bool stopping = false;
  bool finished = false;
  std::vector<std::vector<std::byte>> spare;  ///< buffers to use again
  std::optional<Error> error;                 ///< the first; every later call returns it
  Totals totals;
  std::thread thread;  ///< started with the first chunk

  // The writing thread's alone, until it has ended.
  OutputFile file;
  ChunkCompressor compressor;
  std::vector<ChunkInfo> chunks;

  [[nodiscard]] Status status() const { return error ? Status{fail(*error)} : Status{}; }
  void close_chunk(OpenChunk& chunk);
  void close_for(OpenChunk& chunk);
  Status append(std::unique_lock<std::mutex>& lock, StreamId stream, const Run& run);
  void run();
  Status write_chunk(OpenChunk& chunk);
  void drain(std::unique_lock<std::mutex>& lock);
  void stop();
};

/// Hands the chunk to the writing thread.
void ContainerWriter::State::close_chunk(OpenChunk& chunk) {
  if (chunk.start.record_count == 0) return;
  StreamStart next;
  next.stream = chunk.start.stream;
  next.info = chunk.start.info;
  queued_bytes += chunk.bytes.size();
  queue.push_back(std::exchange(chunk, OpenChunk{next, {}}));
  if (!spare.empty()) {
    chunk.bytes = std::move(spare.back());
    spare.pop_back();
  }
  if (!thread.joinable()) thread = start_without_signals([this] { run(); });
  work.notify_one();
}

/// Closes the chunk, and before it those that explain it: any prefix of the file then has the ids and names that its
/// records refer to.
void ContainerWriter::State::close_for(OpenChunk& chunk) {
  for (const StreamId id : metadata) close_chunk(streams[id]);
  for (const StreamId id : synthesized) close_chunk(streams[id]);
  close_chunk(chunk);
}

Status ContainerWriter::State::append(std::unique_lock<std::mutex>& lock, StreamId stream, const Run& run) {
  room.wait(lock, [this] { return error || queued_bytes < options.queue_bytes; });
  if (error) return status();
  OpenChunk& chunk = streams[stream];
  if (chunk.record_bytes() + run.bytes > kMaxChunkBytes) close_for(chunk);
  chunk.append(run);
  if (chunk.record_bytes() >= options.chunk_bytes) close_for(chunk);
  totals.record_bytes += run.bytes;
  return {};
}

Status ContainerWriter::State::write_chunk(OpenChunk& chunk) {
  if (2 * chunks.size() + 4 > kMaxSeekFrames) return fail(Errc::limit, "too many chunks for one file");
  ChunkInfo info;
  info.start = chunk.start;
  const auto frames = compressor.compress(chunk.bytes, info);
  if (!frames) return fail(frames.error());
  info.file_offset = file.size() + kChunkHeaderBytes;
  if (auto appended = file.append(*frames); !appended) return appended;
  chunks.push_back(info);
  return {};
}

void ContainerWriter::State::run() {
  constexpr std::size_t kSpareBuffers = 8;
  std::unique_lock lock{mutex};
  for (;;) {
    work.wait(lock, [this] { return stopping || !queue.empty(); });
    if (queue.empty()) return;
    OpenChunk chunk = std::move(queue.front());
    queue.pop_front();
    queued_bytes -= chunk.bytes.size();
    writing = true;
    if (!error) {
      lock.unlock();
      const auto written = write_chunk(chunk);
      lock.lock();
      if (!written) error = written.error();
      totals.file_bytes = file.size();
      totals.chunks = chunks.size();
    }
    chunk.bytes.clear();
    if (spare.size() < kSpareBuffers) spare.push_back(std::move(chunk.bytes));
    writing = false;
    room.notify_all();
  }
}

void ContainerWriter::State::drain(std::unique_lock<std::mutex>& lock) {
  room.wait(lock, [this] { return queue.empty() && !writing; });
}

void ContainerWriter::State::stop() {
  {
    const std::lock_guard lock{mutex};
    stopping = true;
    work.notify_one();
  }
  if (thread.joinable()) thread.join();
}

ContainerWriter::ContainerWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}

ContainerWriter::~ContainerWriter() {
  if (!state_->finished) (void)flush();
  state_->stop();
}

Result<std::unique_ptr<ContainerWriter>> ContainerWriter::create(const std::string& path,
                                                                 const WriterOptions& options) {
  auto file = OutputFile::create(path);
  if (!file) return fail(file.error());
  if (const auto written = file->append(encode_file_header()); !written) return fail(written.error());
  auto state = std::make_unique<State>(std::move(*file), options);
  state->totals.file_bytes = state->file.size();
  return std::unique_ptr<ContainerWriter>{new ContainerWriter{std::move(state)}};
}

StreamId ContainerWriter::open_stream(const StreamInfo& info) {
  const std::lock_guard lock{state_->mutex};
  StreamStart start;
  start.stream = static_cast<StreamId>(state_->streams.size());
  start.info = info;
  state_->streams.push_back(OpenChunk{start, {}});
  if (info.kind == StreamKind::metadata) state_->metadata.push_back(start.stream);
  if (info.kind == StreamKind::synthesized) state_->synthesized.push_back(start.stream);
  return start.stream;
}

Status ContainerWriter::write(StreamId stream, std::span<const std::byte> records, std::uint32_t record_count,
                              std::uint64_t first_time_ns, std::uint64_t last_time_ns) {
  if (records.empty()) return {};
  std::unique_lock lock{state_->mutex};
  SIMDPROF_ASSERT(stream < state_->streams.size());
  SIMDPROF_ASSERT(!state_->finished);
  if (state_->error) return state_->status();
  while (!records.empty()) {
    // Nearly always all of them at once; only a very large run is split between chunks.
    Prefix part{records.size(), record_count};
    if (records.size() > kMaxChunkBytes) {
      part = whole_records(records, kMaxChunkBytes, state_->streams[stream].start.info.order);
    }
    SIMDPROF_ASSERT(part.bytes != 0);
    const std::array one = {records.first(part.bytes)};
    auto appended = state_->append(lock, stream, Run{one, part.bytes, part.count, first_time_ns, last_time_ns});
    if (!appended) return appended;
    records = records.subspan(part.bytes);
    record_count -= std::min(record_count, part.count);
  }
  return {};
}

Status ContainerWriter::write_parts(StreamId stream, std::span<const std::span<const std::byte>> parts,
                                    std::uint32_t record_count) {
  std::size_t bytes = 0;
  for (const auto part : parts) bytes += part.size();
  if (bytes == 0) return {};
  std::unique_lock lock{state_->mutex};
  SIMDPROF_ASSERT(stream < state_->streams.size() && !state_->finished && bytes <= kMaxChunkBytes);
  return state_->append(lock, stream, Run{parts, bytes, record_count, kNoTime, kNoTime});
}

Status ContainerWriter::flush() {
  const std::lock_guard lock{state_->mutex};
  for (OpenChunk& chunk : state_->streams) state_->close_for(chunk);
  return state_->status();
}

Status ContainerWriter::finish() {
  (void)flush();
  std::unique_lock lock{state_->mutex};
  state_->drain(lock);
  if (state_->error || state_->finished) return state_->status();
  state_->finished = true;
  auto tail = encode_index(state_->chunks);
  const auto table = encode_seek_table(state_->chunks, tail.size());
  tail.insert(tail.end(), table.begin(), table.end());
  const auto appended = state_->file.append(tail);
  if (!appended) state_->error = appended.error();
  state_->totals.file_bytes = state_->file.size();
  return state_->status();
}

ContainerWriter::Totals ContainerWriter::totals() const {
  const std::lock_guard lock{state_->mutex};
  return state_->totals;
}

}  // namespace simdprof
