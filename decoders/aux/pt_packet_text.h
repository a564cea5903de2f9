#pragma once

#include <intel-pt.h>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace simdprof {

/// A packet's name and payload as libipt's ptdump writes them: "tip" and "2: ????????00001001".
struct PtPacketText {
  std::string_view name;
  std::string payload;
};

/// @param raw  the packet's bytes
PtPacketText render_pt_packet(const pt_packet& packet, std::span<const std::uint8_t> raw);

}  // namespace simdprof
