#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/base/input_file.h"
#include "lib/base/result.h"
#include "lib/container/reader.h"

namespace simdprof {

/// The bytes that every chunk starts with (frame magic or record type, size, magic word), by which the next chunk is
/// found after damage.
using ChunkOpening = std::array<std::byte, 16>;

/// @param first, second  the opening as two little-endian words
constexpr ChunkOpening chunk_opening(std::uint64_t first, std::uint64_t second) {
  ChunkOpening bytes{};
  for (unsigned i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::byte>(first >> (8 * i));
    bytes[8 + i] = static_cast<std::byte>(second >> (8 * i));
  }
  return bytes;
}

/// Whether `bytes` start with the opening, or are the first bytes of one that the end of the input cut off.
bool starts_opening(std::span<const std::byte> bytes, const ChunkOpening& wanted);

/// Place of the first `wanted` at or after `from`; file.size() when there is none.
Result<std::uint64_t> find_opening(const InputFile& file, std::uint64_t from, const ChunkOpening& wanted);

/// Leaves out the bytes from `offset` up to the next opening after it, and returns its place.
Result<std::uint64_t> skip_damage(const InputFile& file, std::uint64_t offset, const ChunkOpening& wanted,
                                  std::vector<Gap>& gaps);

/// The bytes at `offset`, fewer at the end of the file.
template <std::size_t kSize>
Result<std::span<const std::byte>> peek(const InputFile& file, std::uint64_t offset,
                                        std::array<std::byte, kSize>& buffer) {
  const auto got = file.read_at(offset, buffer);
  if (!got) return fail(got.error());
  return std::span<const std::byte>(buffer).first(*got);
}

}  // namespace simdprof
