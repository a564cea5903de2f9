#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "decoders/tracepoint/print_format.h"
#include "decoders/tracepoint/tracepoint_bytes.h"

namespace simdprof {

/// A number as C has it after promotion: an int, unsigned int, long, ...
struct PrintNumber {
  std::uint64_t bits = 0;  ///< sign or zeros carried to 64 bits
  bool is_signed = true;
  std::uint8_t bytes = 4;  ///< 4 or 8

  [[nodiscard]] std::int64_t as_signed() const { return static_cast<std::int64_t>(bits); }
};

/// Works out the expressions of a `print fmt` for the raw bytes of one sample. What the bytes are too short for, and a
/// division by zero, is 0 and remembered.
class PrintValues {
 public:
  PrintValues(const TracepointFormat& format, const PrintFormat& print, TracepointBytes raw, unsigned long_bytes)
      : format_(format), print_(print), raw_(raw), long_bytes_(static_cast<std::uint8_t>(long_bytes)) {}

  PrintNumber number(std::uint32_t node);
  /// The number as an unsigned long of the recorded machine, which the kernel's helpers take.
  std::uint64_t unsigned_long(std::uint32_t node) { return cut_number(number(node).bits, long_bytes_, false); }
  /// The bytes at the address that a node is: of an array, or behind a pointer that was made of one.
  /// @return nothing for a pointer into the memory of the kernel
  std::optional<std::span<const std::byte>> bytes(std::uint32_t node);
  [[nodiscard]] const PrintNode& node(std::uint32_t place) const { return print_.nodes[place]; }
  [[nodiscard]] const TracepointField& field(const PrintNode& node) const {
    return format_.fields[static_cast<std::size_t>(node.number)];
  }
  [[nodiscard]] const TracepointBytes& raw() const { return raw_; }
  [[nodiscard]] const PrintFormat& print() const { return print_; }
  /// The raw bytes end before something that was asked for.
  [[nodiscard]] bool failed() const { return failed_; }
  /// Since the last call something was asked for that only the kernel knows.
  bool take_unknown() { return std::exchange(unknown_, false); }

 private:
  PrintNumber unary(const PrintNode& node);
  PrintNumber binary(const PrintNode& node);
  PrintNumber call(const PrintNode& node);
  PrintNumber element(std::uint32_t array, std::uint64_t index);
  std::optional<std::span<const std::byte>> field_bytes(const PrintNode& node);

  const TracepointFormat& format_;
  const PrintFormat& print_;
  TracepointBytes raw_;
  std::uint8_t long_bytes_;
  bool failed_ = false;
  bool unknown_ = false;
};

}  // namespace simdprof
