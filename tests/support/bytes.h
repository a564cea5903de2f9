#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

/// Test input written by hand, from a layout's definition: little-endian unless said otherwise.
namespace simdprof::test {

using Bytes = std::vector<std::byte>;

/// The given values, one byte each.
inline Bytes raw(std::initializer_list<unsigned> values) {
  Bytes out;
  for (const unsigned value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

inline void append_word(Bytes& out, std::uint64_t value, std::size_t size, std::endian order = std::endian::little) {
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t shift = order == std::endian::little ? i : size - 1 - i;
    out.push_back(static_cast<std::byte>(value >> (8 * shift)));
  }
}

/// u64 words.
inline Bytes words(std::initializer_list<std::uint64_t> values, std::endian order = std::endian::little) {
  Bytes out;
  for (const std::uint64_t value : values) append_word(out, value, 8, order);
  return out;
}

/// The characters, with no NUL.
inline Bytes text(std::string_view value) {
  Bytes out;
  for (const char c : value) out.push_back(static_cast<std::byte>(c));
  return out;
}

/// Bring it into scope with `using test::operator+;`.
inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

/// Two hex digits a byte, separated by spaces: readable in a failure.
inline std::string hex(const Bytes& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const std::byte byte : bytes) {
    if (!out.empty()) out.push_back(' ');
    out.push_back(kDigits[std::to_integer<unsigned>(byte) >> 4U]);
    out.push_back(kDigits[std::to_integer<unsigned>(byte) & 15U]);
  }
  return out;
}

}  // namespace simdprof::test
