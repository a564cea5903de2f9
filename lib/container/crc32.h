#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace simdprof {

/// CRC-32 as zlib and IEEE 802.3 have it (reflected, polynomial 0x04c11db7): guards headers and the index, which lie
/// outside of what zstd's own checksums cover.
constexpr std::uint32_t crc32(std::span<const std::byte> bytes) {
  constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) != 0 ? 0xedb88320U : 0U);
      table[i] = value;
    }
    return table;
  }();
  std::uint32_t crc = ~0U;
  for (const std::byte byte : bytes) crc = (crc >> 8U) ^ kTable[(crc ^ static_cast<std::uint32_t>(byte)) & 0xffU];
  return ~crc;
}

}  // namespace simdprof
