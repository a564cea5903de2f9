#include "decoders/tracepoint/tracepoint_bytes.h"

#include "lib/base/cursor.h"

namespace simdprof {

std::uint64_t cut_number(std::uint64_t value, std::uint32_t bytes, bool is_signed) {
  if (bytes == 0 || bytes >= 8) return value;
  const unsigned unused = 64 - 8 * bytes;
  value <<= unused;
  return is_signed ? static_cast<std::uint64_t>(static_cast<std::int64_t>(value) >> unused) : value >> unused;
}

std::optional<std::span<const std::byte>> TracepointBytes::at(std::size_t offset, std::size_t bytes) const {
  if (offset > raw_.size() || bytes > raw_.size() - offset) return std::nullopt;
  return raw_.subspan(offset, bytes);
}

std::optional<std::span<const std::byte>> TracepointBytes::of(const TracepointField& field) const {
  if (!field.is_dynamic) {
    if (field.bytes == 0 && field.offset <= raw_.size()) return raw_.subspan(field.offset);
    return at(field.offset, field.bytes);
  }
  const auto word = number(field);
  if (!word) return std::nullopt;
  const std::size_t base = field.is_relative ? std::size_t{field.offset} + field.bytes : 0;
  return at(base + (*word & 0xffff), (*word >> 16U) & 0xffff);
}

std::optional<std::uint64_t> TracepointBytes::number(const TracepointField& field) const {
  const auto bytes = at(field.offset, field.bytes);
  if (!bytes) return std::nullopt;
  return number_in(*bytes, field.is_signed && !field.is_array);
}

std::uint64_t TracepointBytes::number_in(std::span<const std::byte> bytes, bool is_signed) const {
  Cursor in{bytes, 0, order_};
  std::uint64_t value = 0;
  switch (bytes.size()) {
    case 1: value = in.u8(); break;
    case 2: value = in.u16(); break;
    case 4: value = in.u32(); break;
    case 8: value = in.u64(); break;
    default: return 0;
  }
  return cut_number(value, static_cast<std::uint32_t>(bytes.size()), is_signed);
}

}  // namespace simdprof
