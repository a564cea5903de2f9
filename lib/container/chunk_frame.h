#pragma once

#include <zstd.h>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "lib/base/result.h"
#include "lib/container/reader.h"

namespace simdprof {

/// Makes the frames of a chunk: chunk header and zstd frame.
class ChunkCompressor {
 public:
  explicit ChunkCompressor(int level) : level_(level) {}

  /// @param records  kStreamRecordBytes of room, then the records; the stream record is written into the room
  /// @param chunk    `start` says what the records are; compressed_bytes is set
  /// @return bytes for the file, valid until the next call
  Result<std::span<const std::byte>> compress(std::span<std::byte> records, ChunkInfo& chunk);

 private:
  struct FreeContext {
    void operator()(ZSTD_CCtx* done) const { ZSTD_freeCCtx(done); }
  };
  int level_;
  std::unique_ptr<ZSTD_CCtx, FreeContext> context_;  ///< made at the first chunk
  std::vector<std::byte> frames_;
};

}  // namespace simdprof
