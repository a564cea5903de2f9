#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/abi/arm64_regsets.h"
#include "lib/capture/plan.h"
#include "lib/model/own_record.h"

namespace simdprof {

/// Reads the user registers of stopped threads of arm64 into register images. Keeps its buffer from stop to stop.
class Arm64ImageReader {
 public:
  /// @param machine  without SVE, or when the plan leaves it out, images are those of NEON
  Arm64ImageReader(abi::Arm64Simd machine, const VectorPlan& vectors);

  /// Registers of a stopped thread. `pid`, times and flags are the caller's to fill. The data holds until the next
  /// call.
  /// @return false when the thread was killed meanwhile, or is a 32-bit one
  bool load(Tid tid, RegisterImage& image);
  /// Of all general registers of the last load().
  [[nodiscard]] std::uint64_t general_hash() const { return general_hash_; }

  /// What one PTRACE_GETREGSET of NT_ARM_SVE gave.
  /// @return false when there are no registers in it: in the streaming mode of SME, or when its bytes are not those
  /// that
  ///         its header promises
  static bool take_sve(std::span<const std::byte> set, RegisterImage& image);

 private:
  bool sve_;
  std::vector<std::byte> set_;
  std::uint64_t general_hash_ = 0;
};

/// Instruction pointer of a register block of PTRACE_GETREGSET NT_PRSTATUS. The system call is -1: at the stop for a
/// signal this architecture's kernel has forgotten it.
/// @return false for a size that is not that of a 64-bit thread
bool read_arm64_general(std::span<const std::byte> block, RegisterImage& image);

}  // namespace simdprof
