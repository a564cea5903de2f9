#pragma once

#include <elfutils/libdw.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "lib/symbols/frame_rules.h"

namespace simdprof {

/// General registers of one frame, by DWARF number.
struct FrameRegisters {
  std::array<std::uint64_t, kUnwindRegisters> values{};
  std::uint64_t known = 0;  ///< bit n: values[n] means something

  [[nodiscard]] std::optional<std::uint64_t> get(std::uint64_t number) const {
    if (number >= kUnwindRegisters || ((known >> number) & 1U) == 0) return std::nullopt;
    return values[number];
  }
  void set(std::size_t number, std::uint64_t value) {
    values[number] = value;
    known |= std::uint64_t{1} << number;
  }
};

/// Reads `bytes` (1, 2, 4 or 8) of the sampled process, little-endian; empty where they were not recorded.
using MemoryReader = std::function<std::optional<std::uint64_t>(VirtAddr address, unsigned bytes)>;

/// Evaluates a DWARF expression of call frame information.
///
/// @param cfa          for DW_OP_call_frame_cfa; empty while the CFA itself is computed
/// @param is_location  the result is where the value is (unless the expression ends with DW_OP_stack_value)
/// @return empty when a register or memory is unknown, or the expression is damaged
std::optional<std::uint64_t> evaluate_expression(std::span<const Dwarf_Op> ops, const FrameRegisters& registers,
                                                 std::optional<std::uint64_t> cfa, bool is_location,
                                                 const MemoryReader& memory);

}  // namespace simdprof
