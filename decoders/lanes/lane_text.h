#pragma once

#include <cstdint>

#include "decoders/lanes/lane_type.h"
#include "decoders/lanes/text_buffer.h"

namespace simdprof {

/// IEEE 754 binary16 to binary32, exact: every half, subnormal, infinity and NaN payload has its own float.
float f16_to_f32(std::uint16_t bits);
/// bfloat16 to binary32, exact: it is the upper half of one.
float bf16_to_f32(std::uint16_t bits);

/// One lane as text: integers in decimal, floats as the shortest decimal that reads back to the same float (f16 and
/// bf16 after their exact conversion to f32). -0, subnormals and infinities show as they are. A NaN is `nan` or `-nan`
/// when its payload is that of the default quiet NaN, else `nan(0xPAYLOAD)` with the fraction bits of its own type, as
/// strtod takes it.
///
/// @param bits  the lane, in the low lane_bits(type) bits
/// @pre type is not hex
void append_lane(TextBuffer& out, LaneType type, std::uint64_t bits);

/// One lane as a JSON value: a number; NaN and infinities as the strings "nan", "inf", "-inf" (the payload is in the
/// register's hexadecimal value); 64-bit integers as hexadecimal strings.
/// @pre type is not hex
void append_lane_json(TextBuffer& out, LaneType type, std::uint64_t bits);

}  // namespace simdprof
