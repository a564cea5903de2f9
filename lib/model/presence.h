#pragma once

#include <cstdint>
#include <string_view>

namespace simdprof {

/// Whether a value is there. "Zero" is `valid` with the value 0: not recorded, INIT and untrusted are never shown as 0.
enum class Presence : std::uint8_t {
  not_recorded,  ///< nobody asked for it, or the source cannot give it
  init,          ///< the component is in INIT state: architecturally zero, nothing was stored
  untrusted,     ///< recorded, but a finding says it is not what it claims to be
  valid,
};
std::string_view presence_name(Presence presence);

}  // namespace simdprof
