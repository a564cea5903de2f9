#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/base/result.h"

namespace simdprof {

/// How the bits of a vector register are read.
enum class LaneType : std::uint8_t { hex, f16, bf16, f32, f64, i8, i16, i32, i64, u8, u16, u32, u64 };

/// "hex", "f16", ... to LaneType; an error of kind usage names the valid words.
Result<LaneType> parse_lane_type(std::string_view word);
std::string_view lane_type_name(LaneType type);
/// All words of parse_lane_type, separated by ", ".
std::string_view lane_type_words();

/// Width of one lane; 0 for hex, which takes the register as one number.
unsigned lane_bits(LaneType type);
/// Columns that a lane is right-aligned to in text: the longest integer of the type, and a usual float.
unsigned lane_columns(LaneType type);

}  // namespace simdprof
