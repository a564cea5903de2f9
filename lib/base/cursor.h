#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "lib/base/check.h"

namespace simdprof {

/// The integer at the front of `bytes`, which must hold sizeof(T) of them. Here, in the header, because every field of
/// every record is read with it.
template <std::unsigned_integral T>
T load_integer(std::span<const std::byte> bytes, std::endian order) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  if (order == std::endian::native) return value;
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
  if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
  if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
  return value;
}

/// Reads foreign bytes from front to back. A read past the end gives zero, empties the cursor and remembers where
/// ("latches"), so that a decoder checks once, after a field, instead of before every word.
class Cursor {
 public:
  /// @param bytes   the input
  /// @param offset  place of bytes[0] in the whole input, for errors
  /// @param order   byte order of the input's integers
  explicit Cursor(std::span<const std::byte> bytes, std::uint64_t offset = 0, std::endian order = std::endian::little)
      : bytes_(bytes), base_(offset), order_(order) {}

  std::uint8_t u8() { return read<std::uint8_t>(); }
  std::uint16_t u16() { return read<std::uint16_t>(); }
  std::uint32_t u32() { return read<std::uint32_t>(); }
  std::uint64_t u64() { return read<std::uint64_t>(); }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }

  /// The next `size` bytes, or an empty span (and failed()) when fewer remain.
  std::span<const std::byte> take(std::uint64_t size) {
    if (size > remaining()) {
      latch();
      return {};
    }
    const auto taken = bytes_.subspan(position_, static_cast<std::size_t>(size));
    position_ += static_cast<std::size_t>(size);
    return taken;
  }
  void skip(std::uint64_t size) { (void)take(size); }
  /// Makes the cursor fail where it stands: the input promises more than its bytes hold.
  void latch();
  /// Text up to the first NUL of the remaining bytes, all of which are used: names at the end of kernel records are
  /// padded with NULs to 8 bytes.
  std::string_view padded_text(std::uint64_t size);

  /// What was not read yet.
  [[nodiscard]] std::span<const std::byte> rest() const { return bytes_.subspan(position_); }
  [[nodiscard]] std::size_t remaining() const { return bytes_.size() - position_; }
  [[nodiscard]] bool failed() const { return failed_; }
  /// Where the next read starts, or where the first failed read started.
  [[nodiscard]] std::uint64_t offset() const { return base_ + (failed_ ? failed_at_ : position_); }
  [[nodiscard]] std::endian order() const { return order_; }

 private:
  template <std::unsigned_integral T>
  T read() {
    const auto bytes = take(sizeof(T));
    return bytes.size() == sizeof(T) ? load_integer<T>(bytes, order_) : T{0};
  }

  std::span<const std::byte> bytes_;
  std::uint64_t base_;
  std::endian order_;
  std::size_t position_ = 0;
  std::size_t failed_at_ = 0;
  bool failed_ = false;
};

/// Unaligned u64 words of the input, seen without copying them.
class WordView {
 public:
  WordView() = default;
  /// Uses the first size/8 words of `bytes`.
  explicit WordView(std::span<const std::byte> bytes, std::endian order = std::endian::little)
      : bytes_(bytes.first(bytes.size() / 8 * 8)), order_(order) {}

  [[nodiscard]] std::size_t size() const { return bytes_.size() / 8; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::uint64_t operator[](std::size_t index) const {
    SIMDPROF_ASSERT(index < size());
    return load_integer<std::uint64_t>(bytes_.subspan(index * 8, 8), order_);
  }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  [[nodiscard]] std::endian order() const { return order_; }
  /// Whether both have the same words, written in the same order.
  [[nodiscard]] bool same_bytes(const WordView& other) const {
    return bytes_.size() == other.bytes_.size() &&
           (bytes_.empty() || std::memcmp(bytes_.data(), other.bytes_.data(), bytes_.size()) == 0);
  }

 private:
  std::span<const std::byte> bytes_;
  std::endian order_ = std::endian::little;
};

}  // namespace simdprof
