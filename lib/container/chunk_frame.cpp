#include "lib/container/chunk_frame.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/base/check.h"
#include "lib/container/format.h"

namespace simdprof {

Result<std::span<const std::byte>> ChunkCompressor::compress(std::span<std::byte> records, ChunkInfo& chunk) {
  using namespace format;
  SIMDPROF_ASSERT(records.size() == kStreamRecordBytes + chunk.start.record_bytes);
  if (context_ == nullptr) {
    context_.reset(ZSTD_createCCtx());
    if (context_ == nullptr) return fail(Errc::limit, "no memory to compress");
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level_);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_contentSizeFlag, 1);
  }
  const auto stream_record = encode_stream_start(chunk.start);
  SIMDPROF_ASSERT(stream_record.size() == kStreamRecordBytes);
  std::copy(stream_record.begin(), stream_record.end(), records.begin());

  frames_.resize(std::max(frames_.size(), kChunkHeaderBytes + ZSTD_compressBound(records.size())));
  const std::size_t size = ZSTD_compress2(context_.get(), frames_.data() + kChunkHeaderBytes,
                                          frames_.size() - kChunkHeaderBytes, records.data(), records.size());
  if (ZSTD_isError(size) != 0U) return fail(Errc::limit, fmt::format("cannot compress: {}", ZSTD_getErrorName(size)));
  chunk.compressed_bytes = size;
  const auto header = encode_chunk_header(chunk);
  std::copy(header.begin(), header.end(), frames_.begin());
  return std::span<const std::byte>(frames_).first(kChunkHeaderBytes + size);
}

}  // namespace simdprof
