#include "decoders/aux/spe_packet.h"

namespace simdprof {
namespace {

/// Headers that share the bits of `mask`.
struct Header {
  std::uint8_t mask, value;
  SpePacket::Kind kind;
  std::uint8_t index_mask;
};

// First byte of a packet with a payload. Bits 5:4 are the payload's size, a power of two.
constexpr Header kShort[] = {
    {0xff, 0x71, SpePacket::Kind::timestamp, 0},   {0xcf, 0x42, SpePacket::Kind::events, 0},
    {0xcf, 0x43, SpePacket::Kind::source, 0},      {0xfc, 0x64, SpePacket::Kind::context, 0x3},
    {0xfc, 0x48, SpePacket::Kind::operation, 0x3}, {0xf8, 0xb0, SpePacket::Kind::address, 0x7},
    {0xf8, 0x98, SpePacket::Kind::counter, 0x7},
};
constexpr std::uint8_t kExtendedMask = 0xfc;
constexpr std::uint8_t kExtended = 0x20;
constexpr std::uint32_t kPadRun = 16;  ///< padding bytes that make one packet, as perf prints them

std::uint64_t little_endian(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8U | std::to_integer<std::uint64_t>(bytes[i - 1]);
  return value;
}

/// Zero bytes at the front, kPadRun of them at most.
SpePacket padding(std::span<const std::byte> bytes, std::uint32_t at_least) {
  SpePacket packet;
  packet.bytes = at_least;
  while (packet.bytes < kPadRun && packet.bytes < bytes.size() && bytes[packet.bytes] == std::byte{0}) ++packet.bytes;
  return packet;
}

/// 0x2x 0x00: everything up to a multiple of 2 << x.
std::optional<SpePacket> alignment(std::span<const std::byte> bytes, std::uint64_t offset, std::uint8_t header) {
  const std::uint64_t unit = std::uint64_t{2} << (header & 3U);
  std::uint64_t size = unit - (offset & (unit - 1));
  if (size < 2) size += unit;
  if (size > bytes.size()) return std::nullopt;
  return padding(bytes, static_cast<std::uint32_t>(size));
}

std::optional<SpePacket> with_payload(std::span<const std::byte> bytes, const Header& header, std::uint32_t high_index,
                                      std::size_t header_bytes) {
  const auto byte = std::to_integer<std::uint32_t>(bytes[header_bytes - 1]);
  const std::size_t size = std::size_t{1} << (byte >> 4U & 3U);
  if (bytes.size() < header_bytes + size) return std::nullopt;
  SpePacket packet;
  packet.kind = header.kind;
  packet.index = high_index << 3U | (byte & header.index_mask);
  packet.bytes = static_cast<std::uint32_t>(header_bytes + size);
  packet.payload = little_endian(bytes.subspan(header_bytes, size));
  return packet;
}

}  // namespace

std::optional<SpePacket> decode_spe_packet(std::span<const std::byte> bytes, std::uint64_t offset) {
  if (bytes.empty()) return std::nullopt;
  const auto first = std::to_integer<std::uint8_t>(bytes[0]);
  if (first == 0) return padding(bytes, 1);
  if (first == 1) return SpePacket{SpePacket::Kind::end, 0, 1, 0};
  const bool extended = (first & kExtendedMask) == kExtended;
  if (extended && bytes.size() < 2) return std::nullopt;
  const std::size_t header_bytes = extended ? 2 : 1;
  const auto byte = std::to_integer<std::uint8_t>(bytes[header_bytes - 1]);
  if (extended && byte == 0) return alignment(bytes, offset, first);
  for (const Header& header : kShort) {
    if ((byte & header.mask) != header.value) continue;
    const bool indexed = header.kind == SpePacket::Kind::address || header.kind == SpePacket::Kind::counter;
    if (extended && !indexed) break;
    return with_payload(bytes, header, extended ? first & 3U : 0, header_bytes);
  }
  return std::nullopt;
}

}  // namespace simdprof
