#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/base/result.h"
#include "lib/base/units.h"
#include "lib/model/raw_record.h"

namespace simdprof {

enum class StreamKind : std::uint16_t {
  metadata = 0,     ///< event descriptions, host facts, losses: our own records; read before all others
  ring = 1,         ///< one kernel ring: a CPU's or a thread's
  synthesized = 2,  ///< MMAP2, COMM, FORK records that the recorder made from /proc
  images = 3,       ///< register images of the ptrace source
  aux = 4,          ///< bytes of one AUX area
};

/// What a stream carries. cpu and tid are -1 where the stream belongs to no single one.
struct StreamInfo {
  StreamKind kind = StreamKind::metadata;
  std::int32_t cpu = -1;
  Tid tid = -1;
  std::endian order = std::endian::little;  ///< of its records, their headers included
};

/// Where recording puts its records. lib/capture writes to it, lib/container implements it, neither knows the other.
/// All members may be called from any thread.
class RecordSink {
 public:
  RecordSink() = default;
  RecordSink(const RecordSink&) = delete;
  RecordSink& operator=(const RecordSink&) = delete;
  virtual ~RecordSink() = default;

  virtual StreamId open_stream(const StreamInfo& info) = 0;
  /// Appends whole records (header and payload each, one after another) to a stream.
  ///
  /// @param records        bytes of `record_count` records
  /// @param first_time_ns  smallest record time in them, kNoTime when none has one
  /// @param last_time_ns   largest, kNoTime when none has one
  /// @return io when the file cannot be written; every later call returns the same error
  virtual Status write(StreamId stream, std::span<const std::byte> records, std::uint32_t record_count,
                       std::uint64_t first_time_ns, std::uint64_t last_time_ns) = 0;
  /// The same for records without a time that lie in several places: the parts, one after another, are the records. A
  /// sink that keeps its records in memory of its own copies each byte once.
  virtual Status write_parts(StreamId stream, std::span<const std::span<const std::byte>> parts,
                             std::uint32_t record_count) {
    std::vector<std::byte> joined;
    for (const auto part : parts) joined.insert(joined.end(), part.begin(), part.end());
    return write(stream, joined, record_count, kNoTime, kNoTime);
  }
};

}  // namespace simdprof
