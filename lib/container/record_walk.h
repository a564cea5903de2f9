#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "lib/base/result.h"
#include "lib/model/raw_record.h"
#include "lib/model/record_input.h"

namespace simdprof {

/// Walks the framed records of a run of bytes (one chunk) by their headers.
class RecordWalk {
 public:
  RecordWalk(std::span<const std::byte> bytes, std::uint64_t offset, StreamId stream,
             std::endian order = std::endian::little)
      : bytes_(bytes), offset_(offset), stream_(stream), order_(order) {}
  /// The records that load() gives of a chunk.
  RecordWalk(std::span<const std::byte> bytes, const ChunkInfo& chunk)
      : RecordWalk(bytes, chunk.record_offset, chunk.start.stream, chunk.start.info.order) {}

  /// @return the next record, nullopt at the end, or truncated/malformed when a header's size is under 8 or runs past
  /// the
  ///         end (the walk is over then)
  Result<std::optional<RawRecord>> next();

 private:
  std::span<const std::byte> bytes_;
  std::uint64_t offset_;
  StreamId stream_;
  std::endian order_;
};

}  // namespace simdprof
