#pragma once

#include <cstdint>
#include <vector>

#include "lib/abi/registers.h"
#include "lib/base/units.h"
#include "lib/model/record.h"

namespace simdprof {

/// Whether an instruction pointer of a 64-bit architecture lies in the kernel's half. The vsyscall page does not count:
/// user code runs there. Always false where the halves are not told apart by the address.
bool is_kernel_address(abi::Arch arch, VirtAddr address);

/// Where the kernel's code and data are, to recognize its pointers in values that should be a program's.
class KernelRanges {
 public:
  explicit KernelRanges(abi::Arch arch) : arch_(arch) {}

  /// Kernel image and modules; mappings of processes and guests are passed over.
  void observe(const MmapRecord& record);

  /// Whether `word` is an address in kernel text or a module, or on x86-64 in the part of the upper half that holds
  /// the direct map and vmalloc space with 4-level paging. Words that small negative integers, or pairs of small 32-bit
  /// integers, make up are not taken for addresses.
  [[nodiscard]] bool is_kernel_pointer(std::uint64_t word) const;

 private:
  struct Range {
    VirtAddr start = 0, end = 0;
  };
  abi::Arch arch_;
  std::vector<Range> ranges_;
};

}  // namespace simdprof
