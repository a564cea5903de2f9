#pragma once

#include <opencsd/c_api/opencsd_c_api.h>

#include "decoders/aux/cs_tree.h"

/// The library's elements and packets in our types.
namespace simdprof {

/// Everything but place and text.
CsElement convert_element(const ocsd_generic_trace_elem& element);
/// The element with known enumerators alone. The library's printer takes those that it leaves unset for places in its
/// tables: version 1.3.3 reads beyond them where a damaged ETMv3 trace has a range before any code was read.
ocsd_generic_trace_elem printable_element(const ocsd_generic_trace_elem& element);
/// The packet is none of its protocol, or none of its source's configuration. A packet that the end of the trace cuts
/// is not damaged.
bool is_damaged_packet(CsProtocol protocol, const void* packet);
/// See CsPacket::q_instructions.
std::uint32_t q_instructions(CsProtocol protocol, const void* packet);

}  // namespace simdprof
