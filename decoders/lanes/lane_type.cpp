#include "decoders/lanes/lane_type.h"

#include <fmt/format.h>

#include <array>

namespace simdprof {
namespace {

struct LaneTypeFact {
  LaneType type;
  std::string_view name;
  unsigned bits;
  unsigned columns;  ///< "-32768" is 6; shortest floats of usual size stay within 12 and 18
};

constexpr std::array kLaneTypes = {
    LaneTypeFact{LaneType::hex, "hex", 0, 0},     LaneTypeFact{LaneType::f16, "f16", 16, 12},
    LaneTypeFact{LaneType::bf16, "bf16", 16, 12}, LaneTypeFact{LaneType::f32, "f32", 32, 12},
    LaneTypeFact{LaneType::f64, "f64", 64, 18},   LaneTypeFact{LaneType::i8, "i8", 8, 4},
    LaneTypeFact{LaneType::i16, "i16", 16, 6},    LaneTypeFact{LaneType::i32, "i32", 32, 11},
    LaneTypeFact{LaneType::i64, "i64", 64, 20},   LaneTypeFact{LaneType::u8, "u8", 8, 3},
    LaneTypeFact{LaneType::u16, "u16", 16, 5},    LaneTypeFact{LaneType::u32, "u32", 32, 10},
    LaneTypeFact{LaneType::u64, "u64", 64, 20},
};

constexpr bool table_is_in_enum_order() {
  for (std::size_t i = 0; i < kLaneTypes.size(); ++i) {
    if (static_cast<std::size_t>(kLaneTypes[i].type) != i) return false;
  }
  return true;
}
static_assert(table_is_in_enum_order());

const LaneTypeFact& fact(LaneType type) { return kLaneTypes[static_cast<std::size_t>(type)]; }

}  // namespace

Result<LaneType> parse_lane_type(std::string_view word) {
  for (const LaneTypeFact& known : kLaneTypes) {
    if (known.name == word) return known.type;
  }
  return fail(Errc::usage, fmt::format("no lane type '{}'; there are {}", word, lane_type_words()));
}

std::string_view lane_type_name(LaneType type) { return fact(type).name; }
std::string_view lane_type_words() { return "hex, f16, bf16, f32, f64, i8, i16, i32, i64, u8, u16, u32, u64"; }
unsigned lane_bits(LaneType type) { return fact(type).bits; }
unsigned lane_columns(LaneType type) { return fact(type).columns; }

}  // namespace simdprof
