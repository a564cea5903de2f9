#include "decoders/lanes/register_text.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "lib/base/check.h"

namespace simdprof {
namespace {

bool any_valid(const RegisterValue& value) {
  for (unsigned i = 0; i < value.part_count; ++i) {
    if (value.parts[i].presence == Presence::valid) return true;
  }
  return false;
}

void append_bit_range(TextBuffer& out, const RegisterPart& part) {
  fmt::format_to(std::back_inserter(out), "{}:{}", part.first_bit + part.bits - 1, part.first_bit);
}

std::uint64_t lane_at(const RegisterValue& value, unsigned first_bit, unsigned bits) {
  const std::uint64_t word = value.words[first_bit / 64] >> (first_bit % 64);
  return bits == 64 ? word : word & ((std::uint64_t{1} << bits) - 1);
}

void append_spaces(TextBuffer& out, std::size_t count) {
  static constexpr std::string_view kSpaces = "                                ";
  out.append(kSpaces.data(), kSpaces.data() + std::min(count, kSpaces.size()));
}

void append_lane_or_word(TextBuffer& out, const RegisterValue& value, LaneType type, unsigned first_bit) {
  const RegisterPart& part = value.part_of(first_bit);
  if (part.presence == Presence::valid) {
    append_lane(out, type, lane_at(value, first_bit, lane_bits(type)));
  } else {
    append_text(out, presence_word(part.presence));
  }
}

void append_parts_json(TextBuffer& out, const RegisterValue& value) {
  append_text(out, ",\"parts\":[");
  for (unsigned i = 0; i < value.part_count; ++i) {
    const RegisterPart& part = value.parts[i];
    append_text(out, i == 0 ? "{\"bits\":\"" : ",{\"bits\":\"");
    append_bit_range(out, part);
    append_text(out, "\",\"presence\":\"");
    append_text(out, presence_word(part.presence));
    if (part.presence == Presence::valid) {
      append_text(out, "\",\"value\":\"");
      append_part_hex(out, value, part);
    }
    append_text(out, "\"}");
  }
  append_text(out, "]");
}

void append_lanes_json(TextBuffer& out, const RegisterValue& value, LaneType type) {
  append_text(out, ",\"lanes\":[");
  const unsigned step = lane_bits(type);
  for (unsigned bit = 0; bit < value.bits; bit += step) {
    if (bit != 0) append_text(out, ",");
    const RegisterPart& part = value.part_of(bit);
    if (part.presence == Presence::valid) {
      append_lane_json(out, type, lane_at(value, bit, step));
    } else {
      append_text(out, "\"");
      append_text(out, presence_word(part.presence));
      append_text(out, "\"");
    }
  }
  append_text(out, "]");
}

}  // namespace

std::string_view presence_word(Presence presence) {
  return presence == Presence::not_recorded ? "not-recorded" : presence_name(presence);
}

std::string_view presence_word(const RegisterValue& value) {
  const auto presence = value.presence();
  return presence ? presence_word(*presence) : "partial";
}

void append_part_hex(TextBuffer& out, const RegisterValue& value, const RegisterPart& part) {
  const unsigned end = part.first_bit + part.bits;
  PieceWriter digits(out, 2 + part.bits / 4 + 16);
  digits.put('0');
  digits.put('x');
  if (end % 64 != 0) digits.hex_digits(value.words[end / 64], end % 64 / 4);
  for (unsigned word = end / 64; word > part.first_bit / 64; --word) digits.hex_digits(value.words[word - 1], 16);
}

void append_hex_value(TextBuffer& out, const RegisterValue& value) {
  if (const auto presence = value.presence()) {
    if (*presence == Presence::valid) return append_part_hex(out, value, value.parts[0]);
    return append_text(out, presence_word(*presence));
  }
  for (unsigned i = 0; i < value.part_count; ++i) {
    const RegisterPart& part = value.parts[i];
    if (i == 0 && part.presence == Presence::valid) {
      append_part_hex(out, value, part);
      continue;
    }
    append_text(out, i == 0 ? "[" : " [");
    append_bit_range(out, part);
    append_text(out, "]=");
    if (part.presence == Presence::valid) {
      append_part_hex(out, value, part);
    } else {
      append_text(out, presence_word(part.presence));
    }
  }
}

void append_lanes_text(TextBuffer& out, const RegisterValue& value, LaneType type) {
  if (type == LaneType::hex || (value.presence() && !any_valid(value))) return append_hex_value(out, value);
  const unsigned step = lane_bits(type);
  for (unsigned bit = 0; bit < value.bits; bit += step) {
    if (bit != 0) append_text(out, " ");
    const std::size_t start = out.size();
    append_lane_or_word(out, value, type, bit);
    const std::size_t written = out.size() - start;
    if (written >= lane_columns(type)) continue;
    append_spaces(out, lane_columns(type) - written);
    std::rotate(out.data() + start, out.data() + start + written, out.data() + out.size());
  }
}

void append_lanes_delimited(TextBuffer& out, const RegisterValue& value, LaneType type, unsigned columns,
                            char separator) {
  SIMDPROF_ASSERT(type != LaneType::hex);
  const unsigned step = lane_bits(type);
  for (unsigned column = 0; column < columns; ++column) {
    out.push_back(separator);
    if ((column + 1) * step <= value.bits) append_lane_or_word(out, value, type, column * step);
  }
}

void append_register_json(TextBuffer& out, abi::Arch arch, RegisterRef ref, const RegisterValue& value, LaneType type) {
  append_text(out, "{\"name\":\"");
  append_register_name(out, arch, ref);
  append_text(out, "\",\"presence\":\"");
  append_text(out, presence_word(value));
  append_text(out, "\"");
  if (value.presence() == Presence::valid) {
    append_text(out, ",\"value\":\"");
    append_hex_value(out, value);
    append_text(out, "\"");
  } else if (!value.presence()) {
    append_parts_json(out, value);
  }
  if (type != LaneType::hex && is_vector_class(ref.kind) && any_valid(value)) append_lanes_json(out, value, type);
  append_text(out, "}");
}

void append_mxcsr_flags(TextBuffer& out, std::uint32_t mxcsr) {
  static constexpr std::array<std::string_view, 6> kExceptions = {"IE", "DE", "ZE", "OE", "UE", "PE"};
  static constexpr std::array<std::string_view, 4> kRounding = {"", " RC=down", " RC=up", " RC=zero"};
  if ((mxcsr & kMxcsrFtz) != 0) append_text(out, " FTZ");
  if ((mxcsr & kMxcsrDaz) != 0) append_text(out, " DAZ");
  append_text(out, kRounding[(mxcsr >> 13U) & 3U]);
  for (unsigned i = 0; i < kExceptions.size(); ++i) {
    if (((mxcsr >> i) & 1U) == 0) continue;
    append_text(out, " ");
    append_text(out, kExceptions[i]);
  }
  for (unsigned i = 0; i < kExceptions.size(); ++i) {
    if (((mxcsr >> (7 + i)) & 1U) != 0) continue;
    append_text(out, " unmasked:");
    append_text(out, kExceptions[i]);
  }
}

}  // namespace simdprof
