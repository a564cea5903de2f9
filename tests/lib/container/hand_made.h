#pragma once

#include <unistd.h>
#include <zstd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/fd.h"
#include "tests/support/stored_file.h"

/// Recordings put together from man/simdprof-format.5 by hand: explicit bytes and libzstd, nothing of lib/container.
namespace simdprof::test {

/// Little-endian bytes.
class Bytes {
 public:
  Bytes& u8(std::uint64_t value) { return put(value, 1); }
  Bytes& u16(std::uint64_t value) { return put(value, 2); }
  Bytes& u32(std::uint64_t value) { return put(value, 4); }
  Bytes& u64(std::uint64_t value) { return put(value, 8); }
  Bytes& text(std::string_view value) {
    for (const char c : value) bytes_.push_back(static_cast<std::byte>(c));
    return *this;
  }
  Bytes& add(const std::vector<std::byte>& more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  [[nodiscard]] const std::vector<std::byte>& get() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  Bytes& put(std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) bytes_.push_back(static_cast<std::byte>(value >> (8 * i)));
    return *this;
  }
  std::vector<std::byte> bytes_;
};

/// CRC-32, bit by bit as IEEE 802.3 defines it.
inline std::uint32_t slow_crc32(std::span<const std::byte> bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const std::byte byte : bytes) {
    crc ^= static_cast<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? (crc >> 1U) ^ 0xedb88320U : crc >> 1U;
  }
  return ~crc;
}

/// The facts of one chunk, and its records.
struct HandChunk {
  std::uint32_t stream = 0;
  std::uint16_t kind = 1;  // ring
  std::int32_t cpu = 0;
  std::int32_t tid = -1;
  std::uint32_t record_count = 0;
  std::uint64_t first_time_ns = 0;
  std::uint64_t last_time_ns = 0;
  std::vector<std::byte> records;
};

/// A kernel LOST record: type 2, misc 0, size 24, id, lost.
inline std::vector<std::byte> lost_record(std::uint64_t id, std::uint64_t lost) {
  return Bytes{}.u32(2).u16(0).u16(24).u64(id).u64(lost).get();
}

inline HandChunk chunk_of_losts(std::uint32_t stream, std::uint32_t count, std::uint64_t first_id = 0) {
  HandChunk chunk;
  chunk.stream = stream;
  chunk.cpu = static_cast<std::int32_t>(stream);
  chunk.record_count = count;
  chunk.first_time_ns = 1000 + first_id;
  chunk.last_time_ns = 1000 + first_id + count;
  Bytes records;
  for (std::uint32_t i = 0; i < count; ++i) records.add(lost_record(first_id + i, 1));
  chunk.records = records.get();
  return chunk;
}

inline std::vector<std::byte> stream_record(const HandChunk& chunk) {
  return Bytes{}
      .u32(0x53440000)
      .u16(0)
      .u16(56)
      .text("SIMDPROF")
      .u16(2)
      .u16(chunk.kind)
      .u32(chunk.stream)
      .u32(static_cast<std::uint32_t>(chunk.cpu))
      .u32(static_cast<std::uint32_t>(chunk.tid))
      .u32(chunk.record_count)
      .u32(chunk.records.size())
      .u64(chunk.first_time_ns)
      .u64(chunk.last_time_ns)
      .get();
}

/// The decompressed bytes of a recording.
inline std::vector<std::byte> hand_records(const std::vector<HandChunk>& chunks) {
  Bytes out;
  for (const HandChunk& chunk : chunks) out.add(stream_record(chunk)).add(chunk.records);
  return out.get();
}

inline std::vector<std::byte> zstd_frame(const std::vector<std::byte>& content) {
  std::vector<std::byte> frame(ZSTD_compressBound(content.size()));
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  frame.resize(ZSTD_compress2(context, frame.data(), frame.size(), content.data(), content.size()));
  ZSTD_freeCCtx(context);
  return frame;
}

inline std::vector<std::byte> hand_header() {
  return Bytes{}.u32(0x184D2A53).u32(16).text("SIMDPROF").u16(2).u16(0).u32(0).get();
}

/// The 44 bytes that chunk header and index entry share.
inline std::vector<std::byte> chunk_facts(const HandChunk& chunk, std::size_t frame_bytes) {
  return Bytes{}
      .u32(chunk.stream)
      .u16(chunk.kind)
      .u16(0)
      .u32(static_cast<std::uint32_t>(chunk.cpu))
      .u32(static_cast<std::uint32_t>(chunk.tid))
      .u32(chunk.record_count)
      .u32(chunk.records.size())
      .u64(chunk.first_time_ns)
      .u64(chunk.last_time_ns)
      .u32(frame_bytes)
      .get();
}

/// A whole file, and where its parts are.
struct HandFile {
  std::vector<std::byte> bytes;
  std::vector<std::size_t> chunk_offsets;  // of the chunk headers
  std::size_t index_offset = 0;
  std::size_t seek_table_offset = 0;
};

inline std::vector<std::byte> chunk_header(const HandChunk& chunk, std::size_t frame_bytes) {
  Bytes payload;
  payload.text("SDCHUNK1").add(chunk_facts(chunk, frame_bytes));
  payload.u32(slow_crc32(payload.get()));
  return Bytes{}.u32(0x184D2A54).u32(payload.size()).add(payload.get()).get();
}

inline HandFile hand_file(const std::vector<HandChunk>& chunks) {
  HandFile file;
  Bytes out;
  Bytes entries;
  Bytes seek_entries;
  out.add(hand_header());
  seek_entries.u32(24).u32(0);
  for (const HandChunk& chunk : chunks) {
    const auto content = Bytes{}.add(stream_record(chunk)).add(chunk.records).get();
    const auto frame = zstd_frame(content);
    file.chunk_offsets.push_back(out.size());
    entries.u64(out.size()).add(chunk_facts(chunk, frame.size())).u32(0);
    seek_entries.u32(64).u32(0).u32(frame.size()).u32(content.size());
    out.add(chunk_header(chunk, frame.size())).add(frame);
  }
  Bytes index;
  index.text("SDINDEX1").u32(chunks.size()).u32(56).add(entries.get());
  index.u32(slow_crc32(index.get())).u32(0);
  file.index_offset = out.size();
  out.u32(0x184D2A55).u32(index.size()).add(index.get());
  file.seek_table_offset = out.size();
  seek_entries.u32(8 + index.size()).u32(0);
  const std::size_t frames = 2 + 2 * chunks.size();
  out.u32(0x184D2A5E).u32(seek_entries.size() + 9).add(seek_entries.get()).u32(frames).u8(0).u32(0x8F92EAB1);
  file.bytes = out.get();
  return file;
}

/// A folder of its own that goes away with the test.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "simdprof-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  std::string store(const std::string& name, std::span<const std::byte> bytes) const {
    // Made anew: cutting an old file to nothing makes some file systems wait for the disk.
    std::filesystem::remove(file(name));
    test::store_file(file(name), bytes);
    return file(name);
  }

 private:
  std::string path_;
};

inline std::vector<std::byte> file_bytes(const std::string& path) {
  return load_bytes(path, std::size_t{1} << 30U).value_or(std::vector<std::byte>{});
}

}  // namespace simdprof::test
