#include "decoders/lanes/lane_text.h"

#include <bit>
#include <cmath>
#include <iterator>

#include "lib/base/check.h"

namespace simdprof {
namespace {

// A NaN of `fraction_bits`: its sign, and its payload unless it is the default one (quiet bit only).
void append_nan(TextBuffer& out, std::uint64_t bits, unsigned fraction_bits, unsigned total_bits) {
  const std::uint64_t payload = bits & ((std::uint64_t{1} << fraction_bits) - 1);
  if (((bits >> (total_bits - 1)) & 1U) != 0) append_text(out, "-");
  append_text(out, "nan");
  if (payload == std::uint64_t{1} << (fraction_bits - 1)) return;
  append_text(out, "(");
  append_hex(out, payload);
  append_text(out, ")");
}

template <class Number>
void append_number(TextBuffer& out, Number value) {
  fmt::format_to(std::back_inserter(out), "{}", value);
}

template <class Float>
void append_float(TextBuffer& out, Float value, std::uint64_t bits, unsigned fraction_bits, unsigned total_bits) {
  if (std::isnan(value)) {
    append_nan(out, bits, fraction_bits, total_bits);
  } else {
    append_number(out, value);
  }
}

template <class Float>
void append_float_json(TextBuffer& out, Float value) {
  if (std::isnan(value)) {
    append_text(out, "\"nan\"");
  } else if (std::isinf(value)) {
    append_text(out, value < 0 ? "\"-inf\"" : "\"inf\"");
  } else {
    append_number(out, value);
  }
}

float f32_of(std::uint64_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits)); }
float f16_of(std::uint64_t bits) { return f16_to_f32(static_cast<std::uint16_t>(bits)); }
float bf16_of(std::uint64_t bits) { return bf16_to_f32(static_cast<std::uint16_t>(bits)); }

void append_integer(TextBuffer& out, LaneType type, std::uint64_t bits) {
  switch (type) {
    case LaneType::i8: return append_number(out, static_cast<int>(static_cast<std::int8_t>(bits)));
    case LaneType::i16: return append_number(out, static_cast<int>(static_cast<std::int16_t>(bits)));
    case LaneType::i32: return append_number(out, static_cast<std::int32_t>(bits));
    case LaneType::i64: return append_number(out, static_cast<std::int64_t>(bits));
    case LaneType::u8:
    case LaneType::u16:
    case LaneType::u32:
    case LaneType::u64: return append_number(out, bits);
    case LaneType::hex:
    case LaneType::f16:
    case LaneType::bf16:
    case LaneType::f32:
    case LaneType::f64: break;
  }
  constexpr bool is_integer_type = false;
  SIMDPROF_ASSERT(is_integer_type);
}

}  // namespace

float f16_to_f32(std::uint16_t bits) {
  const std::uint32_t sign = (bits & 0x8000U) << 16U;
  const std::uint32_t exponent = (bits >> 10U) & 31U;
  const std::uint32_t fraction = bits & 0x3ffU;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000U | (fraction << 13U));
  if (exponent == 0) {
    // A subnormal half is fraction * 2^-24, which binary32 holds exactly.
    const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
  }
  return std::bit_cast<float>(sign | ((exponent + 127 - 15) << 23U) | (fraction << 13U));
}

float bf16_to_f32(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16U); }

void append_lane(TextBuffer& out, LaneType type, std::uint64_t bits) {
  switch (type) {
    case LaneType::f16: return append_float(out, f16_of(bits), bits, 10, 16);
    case LaneType::bf16: return append_float(out, bf16_of(bits), bits, 7, 16);
    case LaneType::f32: return append_float(out, f32_of(bits), bits, 23, 32);
    case LaneType::f64: return append_float(out, std::bit_cast<double>(bits), bits, 52, 64);
    case LaneType::hex:
    case LaneType::i8:
    case LaneType::i16:
    case LaneType::i32:
    case LaneType::i64:
    case LaneType::u8:
    case LaneType::u16:
    case LaneType::u32:
    case LaneType::u64: return append_integer(out, type, bits);
  }
}

void append_lane_json(TextBuffer& out, LaneType type, std::uint64_t bits) {
  switch (type) {
    case LaneType::f16: return append_float_json(out, f16_of(bits));
    case LaneType::bf16: return append_float_json(out, bf16_of(bits));
    case LaneType::f32: return append_float_json(out, f32_of(bits));
    case LaneType::f64: return append_float_json(out, std::bit_cast<double>(bits));
    case LaneType::i64:
    case LaneType::u64:
      append_text(out, "\"0x");
      append_hex_digits(out, bits, 16);
      return append_text(out, "\"");
    case LaneType::hex:
    case LaneType::i8:
    case LaneType::i16:
    case LaneType::i32:
    case LaneType::u8:
    case LaneType::u16:
    case LaneType::u32: return append_integer(out, type, bits);
  }
}

}  // namespace simdprof
