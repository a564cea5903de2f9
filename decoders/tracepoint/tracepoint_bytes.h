#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "decoders/tracepoint/tracepoint_format.h"

namespace simdprof {

/// The raw bytes of one sample of a tracepoint. Nothing is read beyond their end.
class TracepointBytes {
 public:
  TracepointBytes(std::span<const std::byte> raw, std::endian order) : raw_(raw), order_(order) {}

  /// What the field stands for: its own bytes, or those that its __data_loc or __rel_loc word names.
  /// @return nothing where the raw bytes end before them
  [[nodiscard]] std::optional<std::span<const std::byte>> of(const TracepointField& field) const;
  /// The field's own bytes as a number of 1, 2, 4 or 8 bytes, its sign carried to 64 bits; 0 of another size.
  [[nodiscard]] std::optional<std::uint64_t> number(const TracepointField& field) const;
  /// The number that `bytes` are; 0 of a size that no number has.
  [[nodiscard]] std::uint64_t number_in(std::span<const std::byte> bytes, bool is_signed) const;
  [[nodiscard]] std::endian order() const { return order_; }

 private:
  [[nodiscard]] std::optional<std::span<const std::byte>> at(std::size_t offset, std::size_t bytes) const;

  std::span<const std::byte> raw_;
  std::endian order_;
};

/// The low `bytes` of a number, its sign carried to 64 bits.
std::uint64_t cut_number(std::uint64_t value, std::uint32_t bytes, bool is_signed);

}  // namespace simdprof
