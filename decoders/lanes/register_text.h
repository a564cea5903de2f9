#pragma once

#include <string_view>

#include "decoders/lanes/register_value.h"

namespace simdprof {

/// The fixed words of all outputs: `not-recorded`, `init`, `untrusted`, `valid`; `partial` when parts differ.
std::string_view presence_word(const RegisterValue& value);
std::string_view presence_word(Presence presence);

/// The register as one number: `0x`, most significant digit first, all its digits. Where only some parts are valid,
/// the lowest valid bits stand as a number of their own width, and every other part as `[HIGH:LOW]=WORD` or
/// `[HIGH:LOW]=0x...`, lowest first. A register without any valid bit and with one presence is its word.
void append_hex_value(TextBuffer& out, const RegisterValue& value);

/// Bits part.first_bit.. of the register as `0x...`, most significant digit first. Parts begin at whole words;
/// MXCSR, predicates and the like end inside one.
void append_part_hex(TextBuffer& out, const RegisterValue& value, const RegisterPart& part);

/// The lanes of a vector register, lowest first, separated by blanks and right-aligned; a lane that is not valid shows
/// its presence word. A register without any valid bit and with one presence is its word once. hex: append_hex_value.
void append_lanes_text(TextBuffer& out, const RegisterValue& value, LaneType type);

/// The same as cells of a table: `separator` before each lane. Writes exactly `columns` cells, empty ones at the end.
void append_lanes_delimited(TextBuffer& out, const RegisterValue& value, LaneType type, unsigned columns,
                            char separator);

/// One register as a JSON object:
///   {"name":"ymm0","presence":"valid","value":"0x...","lanes":[1,2.5,...]}
/// `value` only when all bits are valid; when parts differ, presence is "partial" and
///   "parts":[{"bits":"127:0","presence":"valid","value":"0x..."},{"bits":"255:128","presence":"init"}]
/// stands in its place. `lanes` only for a vector register of which some part is valid, and type not hex; a lane that
/// is not valid is its presence word.
void append_register_json(TextBuffer& out, abi::Arch arch, RegisterRef ref, const RegisterValue& value, LaneType type);

/// What MXCSR says beyond its reset value, each flag with a blank before it: ` FTZ DAZ`, ` RC=down`, pending exceptions
/// (` PE`), unmasked ones (` unmasked:ZE`).
/// Source: Intel SDM volume 1, 10.2.3.
void append_mxcsr_flags(TextBuffer& out, std::uint32_t mxcsr);

}  // namespace simdprof
