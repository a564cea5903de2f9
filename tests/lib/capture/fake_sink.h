#pragma once

#include <cstring>
#include <map>
#include <mutex>
#include <span>
#include <vector>

#include "lib/model/record_sink.h"

namespace simdprof::test {

/// Keeps what is written, by stream.
class FakeSink final : public RecordSink {
 public:
  struct Run {
    StreamId stream = 0;
    std::vector<std::byte> bytes;
    std::uint32_t count = 0;
    std::uint64_t first_time_ns = 0, last_time_ns = 0;
  };
  StreamId open_stream(const StreamInfo& info) override {
    const std::lock_guard lock(mutex);
    streams.push_back(info);
    return static_cast<StreamId>(streams.size() - 1);
  }
  Status write(StreamId stream, std::span<const std::byte> records, std::uint32_t record_count,
               std::uint64_t first_time_ns, std::uint64_t last_time_ns) override {
    const std::lock_guard lock(mutex);
    if (broken) return fail(Errc::io, "disk full");
    runs.push_back({stream, {records.begin(), records.end()}, record_count, first_time_ns, last_time_ns});
    return {};
  }
  /// All records of one type, header included.
  [[nodiscard]] std::vector<std::vector<std::byte>> records(std::uint32_t type) const {
    std::vector<std::vector<std::byte>> found;
    for (const Run& run : runs) {
      for (std::size_t at = 0; at + 8 <= run.bytes.size();) {
        std::uint32_t record_type = 0;
        std::uint16_t size = 0;
        std::memcpy(&record_type, &run.bytes[at], 4);
        std::memcpy(&size, &run.bytes[at + 6], 2);
        if (size < 8 || at + size > run.bytes.size()) return found;
        const auto begin = run.bytes.begin() + static_cast<std::ptrdiff_t>(at);
        if (record_type == type) found.emplace_back(begin, begin + size);
        at += size;
      }
    }
    return found;
  }

  std::mutex mutex;
  std::vector<StreamInfo> streams;
  std::vector<Run> runs;
  bool broken = false;
};

/// Little-endian bytes written down field by field.
class Fields {
 public:
  template <class T>
  Fields& put(T value) {
    const auto raw = std::as_bytes(std::span(&value, 1));
    bytes.insert(bytes.end(), raw.begin(), raw.end());
    return *this;
  }
  Fields& u16(std::uint16_t value) { return put(value); }
  Fields& u32(std::uint32_t value) { return put(value); }
  Fields& u64(std::uint64_t value) { return put(value); }
  Fields& text(const char* value, std::size_t padded) {
    for (std::size_t i = 0; i < padded; ++i)
      bytes.push_back(static_cast<std::byte>(i < std::strlen(value) ? value[i] : 0));
    return *this;
  }
  /// The header in front: u32 type, u16 misc, u16 size.
  [[nodiscard]] std::vector<std::byte> record(std::uint32_t type, std::uint16_t misc) const {
    Fields out;
    out.u32(type).u16(misc).u16(static_cast<std::uint16_t>(bytes.size() + 8));
    out.bytes.insert(out.bytes.end(), bytes.begin(), bytes.end());
    return out.bytes;
  }

  std::vector<std::byte> bytes;
};

}  // namespace simdprof::test
