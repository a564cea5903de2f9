#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "lib/abi/perf_event.h"
#include "lib/abi/registers.h"
#include "lib/model/sample.h"
#include "lib/symbols/resolver.h"

namespace simdprof::cmd {

/// One step of the code that a sample's branch stack says has run.
struct BranchStep {
  enum class Kind : std::uint8_t {
    instruction,
    branch,    ///< an instruction that the stack names as a branch taken
    no_code,   ///< bytes that are no instruction
    mismatch,  ///< the code from one branch's target does not come to the next branch: it is not what ran
    stray,     ///< a jump, call or return that the stack does not have lies before the sample
    cut,       ///< the sample has more than kMostBranchSteps
  };
  Kind kind = Kind::instruction;
  VirtAddr ip = 0;
  CpuMode mode = CpuMode::user;
  abi::Arch arch = abi::Arch::unknown;
  std::span<const std::byte> code;       ///< of the instruction
  std::size_t entry = 0;                 ///< of the stack, with kind branch
  std::uint32_t block_instructions = 0;  ///< from the last target up to this branch; 0: not known
  bool continues = false;  ///< in the last block, but not where a branch went: perf names no function there
};

/// Branches go from any mode to any other: whoever is in the upper half is the kernel.
constexpr CpuMode mode_of_address(VirtAddr address) { return in_upper_half(address) ? CpuMode::kernel : CpuMode::user; }

/// More than a real stack of 64 branches gives.
inline constexpr std::size_t kMostBranchSteps = 65536;

/// Walks from the oldest branch of the stack to the sample, as `perf script -F brstackinsn` does: a block from each
/// target to the branch that ends it, then on to the sample's own instruction. A block is left out where its code is
/// not known, as the kernel's is not, or where it is longer than 16 KiB, which a branch that is missing makes it.
///
/// @param any_branch  the stack has branches of every kind: one that is not in it and must have branched is told
/// @param read        code of the sample's process: address, mode (kernel or user), most bytes
void walk_branch_path(const Sample& sample, bool any_branch,
                      const std::function<Resolver::Code(VirtAddr, CpuMode, std::size_t)>& read,
                      const std::function<void(const BranchStep&)>& visit);

/// Whether the event's branch stacks have branches of every kind.
bool has_any_branch(const abi::EventAttr& attr);

}  // namespace simdprof::cmd
