#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/base/result.h"

namespace simdprof::perfdata {

/// How far one record of the data section reaches. Some records of the tool go on past what their header's size says.
struct RecordFrame {
  std::uint32_t type = 0;
  std::uint16_t misc = 0;
  std::uint64_t head_bytes = 0;   ///< header and payload
  std::uint64_t total_bytes = 0;  ///< with what follows outside of header.size, padding included
};

/// Bytes that decode_frame() needs to see of a record, where the file has them.
inline constexpr std::size_t kFrameBytes = 16;

/// @param bytes   the record's first bytes, up to kFrameBytes
/// @param offset  its place, for errors
/// @return truncated  too few bytes for what decides the size
///         malformed  a size below the header's
/// Source: man/simdprof-import.1, RECORDS; header.size of COMPRESSED2 is not trusted, writers overflow it.
Result<RecordFrame> decode_frame(std::span<const std::byte> bytes, std::endian order, std::uint64_t offset);

/// Whether a record may start here: a known type with a size that it can have. Used to find the way back after damage.
bool plausible_frame(std::span<const std::byte> bytes, std::endian order);

}  // namespace simdprof::perfdata
