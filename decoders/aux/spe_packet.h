#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace simdprof {

/// One packet of Arm's Statistical Profiling Extension. Source: Arm Architecture Reference Manual (DDI 0487), D17
/// "Statistical Profiling Extension sample record specification".
struct SpePacket {
  enum class Kind { padding, end, timestamp, address, counter, context, operation, events, source };

  Kind kind = Kind::padding;
  std::uint32_t index = 0;    ///< address, counter, context: which; operation: its class; else 0
  std::uint32_t bytes = 0;    ///< header included
  std::uint64_t payload = 0;  ///< zero-extended
};

/// Which address, counter or class a packet has in its header.
enum SpeAddress : std::uint32_t {
  kSpeInstruction = 0,
  kSpeTarget = 1,
  kSpeVirtual = 2,
  kSpePhysical = 3,
  kSpePreviousTarget = 4,
};
enum SpeCounter : std::uint32_t { kSpeTotal = 0, kSpeIssue = 1, kSpeTranslate = 2 };
enum SpeClass : std::uint32_t { kSpeOther = 0, kSpeLoadStore = 1, kSpeBranch = 2 };
/// Bits of the events packet that decoding needs.
inline constexpr std::uint64_t kSpeNotTaken = 1U << 6;
inline constexpr std::uint64_t kSpeMispredicted = 1U << 7;

/// The packet at bytes[0], or nothing where there is none or it runs past the bytes.
///
/// @param offset  of bytes[0] in the buffer, which alignment packets count from
std::optional<SpePacket> decode_spe_packet(std::span<const std::byte> bytes, std::uint64_t offset);

/// What operation an operation packet tells: "load", "sve-store", "branch-indirect", ...; "unknown" for classes and
/// subclasses that the manual does not have.
std::string_view spe_operation_name(const SpePacket& packet);

/// A packet in two parts which read, with a blank between them, as perf's dump has it: "PC" and "0x4005f0 el0 ns=1".
struct SpeText {
  std::string_view name;
  std::string text;
};
SpeText render_spe_packet(const SpePacket& packet);

}  // namespace simdprof
