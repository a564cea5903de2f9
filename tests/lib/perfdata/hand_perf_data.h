#pragma once

#include <unistd.h>
#include <zstd.h>

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/abi/perf_event.h"
#include "lib/base/cursor.h"
#include "tests/support/bytes.h"
#include "tests/support/stored_file.h"

/// perf.data files put together by hand from the format's definition, in either byte order.
namespace simdprof::test {

inline constexpr std::uint64_t kIpTidTimeCpu = 0x87;  ///< PERF_SAMPLE_IP, TID, TIME, CPU
inline constexpr std::uint64_t kSampleIdAllLittle = 1ULL << 18U;

/// Integers of one byte order, one after another.
class Fields {
 public:
  explicit Fields(std::endian order = std::endian::little) : order_(order) {}
  Fields& u8(std::uint64_t value) { return put(value, 1); }
  Fields& u16(std::uint64_t value) { return put(value, 2); }
  Fields& u32(std::uint64_t value) { return put(value, 4); }
  Fields& u64(std::uint64_t value) { return put(value, 8); }
  Fields& add(const Bytes& more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  /// Characters, filled with NULs to `size` bytes.
  Fields& padded(std::string_view value, std::size_t size) {
    add(text(value));
    bytes_.resize(bytes_.size() + size - value.size());
    return *this;
  }
  /// A string of the header features: u32 length with padding, characters, NULs.
  Fields& string(std::string_view value) { return u32(64).padded(value, 64); }
  [[nodiscard]] const Bytes& get() const { return bytes_; }
  [[nodiscard]] std::endian order() const { return order_; }

 private:
  Fields& put(std::uint64_t value, std::size_t size) {
    append_word(bytes_, value, size, order_);
    return *this;
  }
  std::endian order_;
  Bytes bytes_;
};

inline Bytes perf_record(std::uint32_t type, const Bytes& payload, unsigned misc = 0,
                         std::endian order = std::endian::little) {
  return Fields(order).u32(type).u16(misc).u16(payload.size() + 8).add(payload).get();
}

/// An attr of `size` bytes: a task-clock event of this sample_type, with sample_id_all.
inline Bytes perf_attr(std::uint64_t sample_type, std::size_t size = 64, std::endian order = std::endian::little) {
  // sample_id_all is bit 18 from the low end, or from the high end on a big-endian machine.
  const std::uint64_t flags = order == std::endian::little ? kSampleIdAllLittle : 1ULL << 45U;
  Bytes bytes = Fields(order).u32(1).u32(size).u64(1).u64(1000).u64(sample_type).u64(0).u64(flags).u64(0).u64(0).get();
  bytes.resize(size);
  return bytes;
}

/// A sample of kIpTidTimeCpu.
inline Bytes perf_sample(std::uint64_t ip, std::uint32_t tid, std::uint64_t time_ns,
                         std::endian order = std::endian::little) {
  return perf_record(9, Fields(order).u64(ip).u32(tid).u32(tid).u64(time_ns).u32(0).u32(0).get(), 2, order);
}

/// A COMM with the trailer of kIpTidTimeCpu.
inline Bytes perf_comm(std::uint32_t tid, std::string_view name, std::uint64_t time_ns,
                       std::endian order = std::endian::little) {
  Fields fields(order);
  fields.u32(tid).u32(tid).padded(name, (name.size() + 8) / 8 * 8);
  fields.u32(tid).u32(tid).u64(time_ns).u32(0).u32(0);
  return perf_record(3, fields.get(), 0, order);
}

/// A file in file mode: header, attrs with their ids, data, features.
struct HandPerfData {
  std::endian order = std::endian::little;
  std::vector<std::pair<Bytes, std::vector<std::uint64_t>>> attrs;
  Bytes data;
  std::vector<std::pair<unsigned, Bytes>> features;  ///< ascending
  bool closed = true;                                ///< false: data.size is 0 and there are no features

  [[nodiscard]] Bytes bytes() const {
    const std::size_t entry = attrs.empty() ? 80 : attrs[0].first.size() + 16;
    Fields ids(order);
    Fields entries(order);
    for (const auto& [attr, values] : attrs) {
      entries.add(attr).u64(104 + ids.get().size()).u64(8 * values.size());
      for (const std::uint64_t id : values) ids.u64(id);
    }
    const std::size_t attrs_at = 104 + ids.get().size();
    const std::size_t data_at = attrs_at + entries.get().size();
    Fields out(order);
    out.u64(0x32454c4946524550).u64(104).u64(entry);
    out.u64(attrs_at).u64(entries.get().size()).u64(data_at).u64(closed ? data.size() : 0).u64(0).u64(0);
    std::uint64_t words[4] = {};
    for (const auto& [feature, blob] : features) words[feature / 64] |= 1ULL << (feature % 64);
    for (const std::uint64_t word : words) out.u64(word);
    out.add(ids.get()).add(entries.get()).add(data);
    if (!closed) return out.get();
    std::size_t blob_at = out.get().size() + 16 * features.size();
    Fields blobs(order);
    for (const auto& [feature, blob] : features) {
      out.u64(blob_at).u64(blob.size());
      blob_at += blob.size();
      blobs.add(blob);
    }
    return out.add(blobs.get()).get();
  }
};

/// Pipe mode: 16 bytes of header, then the records.
inline Bytes pipe_perf_data(const Bytes& records, std::endian order = std::endian::little) {
  return Fields(order).u64(0x32454c4946524550).u64(16).add(records).get();
}

/// HEADER_ATTR: an attr and its ids.
inline Bytes header_attr(const Bytes& attr, const std::vector<std::uint64_t>& ids,
                         std::endian order = std::endian::little) {
  Fields fields(order);
  fields.add(attr);
  for (const std::uint64_t id : ids) fields.u64(id);
  return perf_record(64, fields.get(), 0, order);
}

/// A zstd stream as the recorder makes it: flushed after each piece, never ended.
class PieceCompressor {
 public:
  PieceCompressor() : context_(ZSTD_createCCtx()) {}
  PieceCompressor(const PieceCompressor&) = delete;
  PieceCompressor& operator=(const PieceCompressor&) = delete;
  ~PieceCompressor() { ZSTD_freeCCtx(context_); }
  Bytes add(const Bytes& piece) {
    Bytes out(ZSTD_compressBound(piece.size()) + 64);
    ZSTD_inBuffer from{piece.data(), piece.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    while (ZSTD_compressStream2(context_, &to, &from, ZSTD_e_flush) != 0) {
    }
    out.resize(to.pos);
    return out;
  }

 private:
  ZSTD_CCtx* context_;
};

/// A file or folder of its own; removed at the end.
class TempPath {
 public:
  explicit TempPath(const Bytes& bytes) { store_file(path_, bytes); }
  explicit TempPath(const std::vector<std::pair<std::string, Bytes>>& files) {
    std::filesystem::create_directory(path_);
    for (const auto& [name, bytes] : files) store_file(path_ + "/" + name, bytes);
  }
  TempPath(const TempPath&) = delete;
  TempPath& operator=(const TempPath&) = delete;
  ~TempPath() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  static std::string unused_path() {
    static int count = 0;
    return std::filesystem::temp_directory_path() /
           ("simdprof_perf_" + std::to_string(::getpid()) + "_" + std::to_string(count++));
  }
  std::string path_ = unused_path();
};

}  // namespace simdprof::test
