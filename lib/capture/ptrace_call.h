#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/base/units.h"

namespace simdprof {

/// How a system call is made in a stopped thread, by the words of its general registers (NT_PRSTATUS). One table an
/// architecture: all are compiled everywhere, so that each can be tested everywhere.
struct CallAbi {
  using Words = std::span<std::uint64_t>;
  using ConstWords = std::span<const std::uint64_t>;

  std::size_t words;                       ///< of the register set
  std::span<const std::byte> instruction;  ///< makes a system call
  std::size_t alignment;                   ///< of instructions, in bytes
  /// Makes the thread go on with the instruction at `at`, as a call of its own.
  void (*set_call)(Words registers, VirtAddr at, long number, const std::array<std::uint64_t, 4>& arguments);
  std::int64_t (*result)(ConstWords registers);
  VirtAddr (*stack_pointer)(ConstWords registers);
  VirtAddr (*next_instruction)(ConstWords registers);
  std::span<const std::byte> call_and_return;  ///< makes a system call and returns from the function it stands in
  /// Where call_and_return is to go on: `back`.
  /// @return the place on the stack that has to hold `back`; 0: a register does
  VirtAddr (*set_return)(Words registers, VirtAddr back);
  /// Makes registers that were read at a stop such that an interrupted call is made again as the kernel would have it.
  /// `next` is the instruction that the thread stopped before. Null: the kernel itself does it, from these registers.
  void (*set_restart)(Words registers, std::uint32_t next);
};

extern const CallAbi kCallOfX86;
extern const CallAbi kCallOfArm64;

/// Of the architecture that this program is built for.
const CallAbi& native_call_abi();

}  // namespace simdprof
