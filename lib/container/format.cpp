#include "lib/container/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lib/base/check.h"
#include "lib/base/cursor.h"
#include "lib/container/crc32.h"

namespace simdprof::format {
namespace {

class Bytes {
 public:
  Bytes& u8(std::uint8_t value) { return put(value, 1); }
  Bytes& u16(std::uint16_t value) { return put(value, 2); }
  Bytes& u32(std::uint32_t value) { return put(value, 4); }
  Bytes& u64(std::uint64_t value) { return put(value, 8); }
  void reserve(std::size_t size) { bytes_.reserve(size); }
  /// CRC-32 of everything from `start` on.
  Bytes& checksum_from(std::size_t start) { return u32(crc32(std::span(bytes_).subspan(start))); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  Bytes& put(std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) bytes_.push_back(static_cast<std::byte>(value >> (8 * i)));
    return *this;
  }
  std::vector<std::byte> bytes_;
};

void put_facts(Bytes& out, const ChunkInfo& chunk) {
  const StreamStart& start = chunk.start;
  out.u32(start.stream)
      .u16(stream_kind_word(start.info))
      .u16(0)
      .u32(static_cast<std::uint32_t>(start.info.cpu))
      .u32(static_cast<std::uint32_t>(start.info.tid))
      .u32(start.record_count)
      .u32(start.record_bytes)
      .u64(start.first_time_ns)
      .u64(start.last_time_ns)
      .u32(static_cast<std::uint32_t>(chunk.compressed_bytes));
}

Result<ChunkInfo> take_facts(Cursor& in) {
  const std::uint64_t offset = in.offset();
  ChunkInfo chunk;
  StreamStart& start = chunk.start;
  start.stream = in.u32();
  const std::uint16_t kind = in.u16();
  const std::uint16_t reserved = in.u16();
  start.info.cpu = in.i32();
  start.info.tid = in.i32();
  start.record_count = in.u32();
  start.record_bytes = in.u32();
  start.first_time_ns = in.u64();
  start.last_time_ns = in.u64();
  chunk.compressed_bytes = in.u32();
  if (in.failed()) return fail(Errc::truncated, "ends inside the facts of a chunk", in.offset());
  if (!decode_stream_kind(kind, start.info) || reserved != 0) {
    return fail(Errc::malformed, fmt::format("stream kind {:#x}, reserved {:#x}", kind, reserved), offset);
  }
  if (start.record_bytes > kMaxRecordBytes || chunk.compressed_bytes > kMaxCompressedBytes) {
    return fail(Errc::malformed,
                fmt::format("chunk of {} bytes in {} is above the limit", start.record_bytes, chunk.compressed_bytes),
                offset);
  }
  return chunk;
}

tl::unexpected<Error> newer_version(std::uint16_t version, std::uint64_t offset) {
  return fail(Errc::unsupported, fmt::format("format version {}; this program reads up to {}", version, kFormatVersion),
              offset);
}

}  // namespace

std::vector<std::byte> encode_file_header() {
  Bytes out;
  out.u32(kFileHeaderFrame).u32(kFileHeaderBytes - kFrameHeaderBytes);
  out.u64(kStreamMagic).u16(kFormatVersion).u16(0).u32(0);
  return out.take();
}

Status decode_file_header(std::span<const std::byte> bytes) {
  Cursor in{bytes};
  const std::uint32_t frame = in.u32();
  const std::uint32_t size = in.u32();
  const std::uint64_t magic = in.u64();
  const std::uint16_t version = in.u16();
  const std::uint16_t reserved = in.u16();
  const std::uint32_t flags = in.u32();
  if (in.failed()) return fail(Errc::truncated, "ends inside the file header", in.offset());
  if (frame != kFileHeaderFrame || magic != kStreamMagic) return fail(Errc::malformed, "not a simdprof recording", 0);
  if (version > kFormatVersion) return newer_version(version, 16);
  if (size != kFileHeaderBytes - kFrameHeaderBytes || version == 0) {
    return fail(Errc::malformed, fmt::format("file header of {} bytes, version {}", size, version), 4);
  }
  if (flags != 0 || reserved != 0) {
    return fail(Errc::unsupported, fmt::format("file header flags {:#x} are not known", flags | reserved), 18);
  }
  return {};
}

std::vector<std::byte> encode_chunk_header(const ChunkInfo& chunk) {
  Bytes out;
  out.reserve(kChunkHeaderBytes);
  out.u32(kChunkHeaderFrame).u32(kChunkHeaderBytes - kFrameHeaderBytes).u64(kChunkMagic);
  put_facts(out, chunk);
  out.checksum_from(kFrameHeaderBytes);
  SIMDPROF_ASSERT(out.size() == kChunkHeaderBytes);
  return out.take();
}

Result<ChunkInfo> decode_chunk_header(std::span<const std::byte> bytes, std::uint64_t offset) {
  if (bytes.size() < kChunkHeaderBytes) {
    return fail(Errc::truncated, "ends inside a chunk header", offset + bytes.size());
  }
  bytes = bytes.first(kChunkHeaderBytes);
  Cursor in{bytes, offset};
  const std::uint32_t frame = in.u32();
  const std::uint32_t size = in.u32();
  if (frame != kChunkHeaderFrame || size != kChunkHeaderBytes - kFrameHeaderBytes || in.u64() != kChunkMagic) {
    return fail(Errc::malformed, "no chunk header where one is due", offset);
  }
  auto chunk = take_facts(in);
  const auto checked = bytes.subspan(kFrameHeaderBytes, bytes.size() - kFrameHeaderBytes - sizeof(std::uint32_t));
  if (chunk && in.u32() != crc32(checked)) {
    return fail(Errc::malformed, "checksum of a chunk header does not match", offset);
  }
  return chunk;
}

std::vector<std::byte> encode_index(std::span<const ChunkInfo> chunks) {
  const std::size_t bytes = kIndexFixedBytes + kIndexEntryBytes * chunks.size();
  Bytes out;
  out.reserve(bytes);
  out.u32(kIndexFrame).u32(static_cast<std::uint32_t>(bytes - kFrameHeaderBytes));
  out.u64(kIndexMagic).u32(static_cast<std::uint32_t>(chunks.size())).u32(kIndexEntryBytes);
  for (const ChunkInfo& chunk : chunks) {
    out.u64(chunk.file_offset - kChunkHeaderBytes);
    put_facts(out, chunk);
    out.u32(0);
  }
  out.checksum_from(kFrameHeaderBytes).u32(0);
  SIMDPROF_ASSERT(out.size() == bytes);
  return out.take();
}

Result<std::vector<ChunkInfo>> decode_index(std::span<const std::byte> frame, std::uint64_t offset) {
  Cursor in{frame, offset};
  const std::uint32_t frame_magic = in.u32();
  const std::uint32_t size = in.u32();
  const std::uint64_t magic = in.u64();
  const std::uint32_t count = in.u32();
  const std::uint32_t entry_bytes = in.u32();
  if (in.failed() || frame_magic != kIndexFrame || magic != kIndexMagic || entry_bytes != kIndexEntryBytes) {
    return fail(Errc::malformed, "no index where one is due", offset);
  }
  if (frame.size() != kFrameHeaderBytes + size || frame.size() != kIndexFixedBytes + count * kIndexEntryBytes) {
    return fail(Errc::malformed, fmt::format("index of {} bytes does not hold {} chunks", size, count), offset);
  }
  const auto checked = frame.subspan(kFrameHeaderBytes, frame.size() - kFrameHeaderBytes - kFrameHeaderBytes);
  std::vector<ChunkInfo> chunks;
  chunks.reserve(count);
  std::uint64_t expected_offset = kFileHeaderBytes;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t header_offset = in.u64();
    auto chunk = take_facts(in);
    if (!chunk) return fail(chunk.error());
    if (header_offset != expected_offset || in.u32() != 0) {
      return fail(Errc::malformed, fmt::format("index entry {} does not follow the one before", i), in.offset());
    }
    chunk->file_offset = header_offset + kChunkHeaderBytes;
    expected_offset = chunk->file_offset + chunk->compressed_bytes;
    chunks.push_back(*chunk);
  }
  if (expected_offset != offset) return fail(Errc::malformed, "chunks of the index do not end at the index", offset);
  const std::uint32_t checksum = in.u32();
  if (checksum != crc32(checked) || in.u32() != 0) {
    return fail(Errc::malformed, "checksum of the index does not match", offset);
  }
  return chunks;
}

std::vector<std::byte> encode_seek_table(std::span<const ChunkInfo> chunks, std::uint64_t index_bytes) {
  const std::uint64_t frames = 2 + 2 * std::uint64_t{chunks.size()};
  SIMDPROF_ASSERT(frames <= kMaxSeekFrames);
  Bytes out;
  const std::uint64_t payload_bytes = frames * kSeekEntryBytes + kSeekFooterBytes;
  out.reserve(static_cast<std::size_t>(kFrameHeaderBytes + payload_bytes));
  out.u32(kSeekTableFrame).u32(static_cast<std::uint32_t>(payload_bytes));
  out.u32(kFileHeaderBytes).u32(0);
  for (const ChunkInfo& chunk : chunks) {
    out.u32(kChunkHeaderBytes).u32(0);
    out.u32(static_cast<std::uint32_t>(chunk.compressed_bytes));
    out.u32(static_cast<std::uint32_t>(kStreamRecordBytes) + chunk.start.record_bytes);
  }
  out.u32(static_cast<std::uint32_t>(index_bytes)).u32(0);
  out.u32(static_cast<std::uint32_t>(frames)).u8(0).u32(kSeekTableMagic);
  return out.take();
}

Result<StreamStart> decode_stream_start(std::span<const std::byte> bytes, std::uint64_t offset) {
  Cursor in{bytes.first(std::min(bytes.size(), kStreamRecordBytes)), offset};
  const std::uint32_t type = in.u32();
  const std::uint16_t misc = in.u16();
  const std::uint16_t size = in.u16();
  const std::uint64_t magic = in.u64();
  StreamStart start;
  start.version = in.u16();
  const std::uint16_t kind = in.u16();
  start.stream = in.u32();
  start.info.cpu = in.i32();
  start.info.tid = in.i32();
  start.record_count = in.u32();
  start.record_bytes = in.u32();
  start.first_time_ns = in.u64();
  start.last_time_ns = in.u64();
  if (in.failed()) return fail(Errc::truncated, "ends inside a stream record", in.offset());
  if (type != kRecordStream || magic != kStreamMagic) {
    return fail(Errc::malformed, "no stream record where one is due", offset);
  }
  if (start.version > kFormatVersion) return newer_version(start.version, offset + 16);
  if (misc != 0 || size != kStreamRecordBytes || start.version == 0 || !decode_stream_kind(kind, start.info) ||
      start.record_bytes > kMaxRecordBytes) {
    return fail(
        Errc::malformed,
        fmt::format("stream record of {} bytes, kind {:#x}, for {} bytes of records", size, kind, start.record_bytes),
        offset);
  }
  return start;
}

bool same_start(const StreamStart& a, const StreamStart& b) {
  return a.stream == b.stream && a.info.kind == b.info.kind && a.info.order == b.info.order &&
         a.info.cpu == b.info.cpu && a.info.tid == b.info.tid && a.record_count == b.record_count &&
         a.record_bytes == b.record_bytes && a.first_time_ns == b.first_time_ns && a.last_time_ns == b.last_time_ns;
}

}  // namespace simdprof::format
