#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "lib/abi/registers.h"
#include "lib/model/sample.h"
#include "lib/symbols/frame_expression.h"

namespace simdprof {

/// Which DWARF numbers an architecture's special registers have.
struct RegisterNumbers {
  unsigned stack_pointer = 0;
  unsigned frame_pointer = 0;
  std::optional<unsigned> link;  ///< holds the return address of a leaf function
};
RegisterNumbers register_numbers(abi::Arch arch);

/// The user registers of a sample by DWARF number, and its instruction pointer; empty when the section is missing, of
/// a 32-bit task, or lacks instruction or stack pointer.
struct UserRegisters {
  FrameRegisters registers;
  VirtAddr ip = 0;
};
std::optional<UserRegisters> user_registers(const RegisterBlock& block, abi::Arch arch);

/// Reads from the recorded part of a user stack.
///
/// @param start  address of stack[0]: the user stack pointer
/// @param bytes  1 to 8
std::optional<std::uint64_t> read_stack(std::span<const std::byte> stack, VirtAddr start, VirtAddr address,
                                        unsigned bytes);

}  // namespace simdprof
