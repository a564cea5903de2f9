#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace simdprof {

using StreamId = std::uint32_t;

/// One framed record, undecoded: what the kernel (or a recorder) wrote between two headers.
struct RawRecord {
  std::uint32_t type = 0;  ///< PERF_RECORD_*, or one of lib/model/own_record.h
  std::uint16_t misc = 0;
  std::span<const std::byte> payload;  ///< the bytes after the 8-byte header
  std::uint64_t offset = 0;            ///< place of the header in the decompressed input, in bytes; for errors
  StreamId stream = 0;
  std::endian order = std::endian::little;
};

}  // namespace simdprof
