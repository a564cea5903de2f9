#pragma once

#include <intel-pt.h>
#include <cstddef>
#include <string_view>

#include "lib/model/aux_trace.h"

namespace simdprof {

/// AuxError::code of an error of libipt.
std::string_view pt_error_name(pt_error_code code);

/// Bytes without a PSB packet before them.
void give_unsynced(const AuxPlace& place, std::size_t bytes, AuxSink& sink);
/// The trace ends inside a packet.
void give_cut_packet(const AuxPlace& place, std::size_t bytes, AuxSink& sink);
/// What is no packet; `bytes` are left out up to the next PSB packet.
void give_bad_packet(const AuxPlace& place, pt_error_code code, std::size_t bytes, AuxSink& sink);
/// The flow is at `ip` in `file`, whose code nobody has.
void give_missing_code(const AuxPlace& place, VirtAddr ip, std::string_view file, AuxSink& sink);
/// The CPU could not write all its packets.
void give_overflow(const AuxPlace& place, AuxSink& sink);
/// An error of the flow at `ip` (0: not known).
void give_pt_error(const AuxPlace& place, VirtAddr ip, std::string_view code, std::string_view text, AuxSink& sink);

}  // namespace simdprof
