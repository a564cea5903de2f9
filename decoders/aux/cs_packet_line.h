#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace simdprof {

/// One packet of a trace source.
struct CsPacket {
  std::uint8_t trace_id = 0;
  std::uint64_t at = 0;              ///< where it begins, in the bytes that were fed
  std::uint32_t bytes = 0;           ///< of the source; the frames around them have more
  std::string_view name;             ///< "I_ATOM_F3"
  std::string_view text;             ///< "Atom format 3.; EEE"
  bool damaged = false;              ///< no packet of the protocol, or not of this source's configuration
  std::uint32_t q_instructions = 0;  ///< how many instructions a Q packet says were run; 0: it is none
};

/// A packet as libopencsd prints it, which is all that it gives of ETE:
/// "Idx:12; ID:10; [0x01 0x00 ];\tI_TRACE_INFO : Trace Info.; INFO=0x0". The views point into `line`.
///
/// @return nothing for lines that tell no packet
std::optional<CsPacket> parse_packet_line(std::string_view line);

}  // namespace simdprof
