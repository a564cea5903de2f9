#pragma once

#include <intel-pt.h>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace simdprof {

/// A packet that this libipt does not know: what newer CPUs write.
struct PtUnknown {
  std::string_view name;  ///< "cfe", "evd", "trig", "bbp", "bep"; empty: no packet that we know either
  std::size_t bytes = 0;
  bool before_fup = false;  ///< a FUP follows that tells where it was
};

/// @param bytes  the rest of the trace
PtUnknown decode_pt_unknown(std::span<const std::uint8_t> bytes);
/// Its payload, written as ptdump of libipt 2.1 does.
std::string render_pt_unknown(std::span<const std::uint8_t> packet);

/// For pt_config::decode: sizes of such packets, so that decoding goes on behind them.
int size_pt_unknown(pt_packet_unknown* unknown, const pt_config* config, const std::uint8_t* pos, void* context);

}  // namespace simdprof
