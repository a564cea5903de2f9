#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/abi/xsave.h"
#include "lib/base/units.h"
#include "lib/capture/plan.h"
#include "lib/model/own_record.h"

namespace simdprof {

/// Reads the user registers of stopped threads of x86-64 into register images. Keeps its buffers from stop to stop.
class ImageReader {
 public:
  ImageReader(const abi::XsaveTable& table, const VectorPlan& vectors);

  /// Registers of a stopped thread. `pid`, times and flags are the caller's to fill. The data holds until the next
  /// call.
  /// @return false when the thread was killed meanwhile, or has no XSAVE image
  bool load(Tid tid, RegisterImage& image);
  /// Of all general registers of the last load().
  [[nodiscard]] std::uint64_t general_hash() const { return general_hash_; }

  /// The components of a standard XSAVE image that are in use and wanted. A component in its INIT state has no bytes:
  /// image.in_use tells it from one that is zero by value.
  ///
  /// @param xsave  as PTRACE_GETREGSET NT_X86_XSTATE gives it
  /// @return false when the bytes are too few for a header or for a component they claim
  bool unpack(std::span<const std::byte> xsave, RegisterImage& image);

 private:
  abi::XsaveTable table_;
  std::uint64_t wanted_;  ///< components
  std::vector<std::byte> xsave_;
  std::vector<std::byte> data_;
  std::uint64_t general_hash_ = 0;
};

/// Instruction pointer and system call of a register block of PTRACE_GETREGSET NT_PRSTATUS, 64-bit or 32-bit by its
/// size.
/// @return false for a size that is neither
bool read_general_registers(std::span<const std::byte> block, RegisterImage& image);

}  // namespace simdprof
