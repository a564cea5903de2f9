#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lib/abi/registers.h"
#include "lib/base/units.h"
#include "lib/model/record.h"
#include "lib/model/register_set.h"

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

  /// The interrupt set of a kernel hit. With 5-level paging of x86-64 the kernel's data may be anywhere in a part of
  /// the upper half that packed 16-bit integers fill too; a kernel stack there, and what other registers point to, tell
  /// the terabytes that it is in.
  void observe_kernel_hit(const RegisterSet& intr);

  /// Whether `word` is an address in kernel text or a module, or on x86-64 in the part of the upper half that holds
  /// the direct map and vmalloc space: all of it with 4-level paging, else the terabytes seen. Words that small
  /// negative integers, or pairs of small 32-bit integers, make up are not taken for addresses.
  [[nodiscard]] bool is_kernel_pointer(std::uint64_t word) const;

 private:
  struct Range {
    VirtAddr start = 0, end = 0;
  };
  /// 2^40 bytes of kernel space with 5-level paging.
  struct Terabyte {
    std::uint64_t number = 0;  ///< address >> 40
    unsigned seen = 0;
  };
  void note_terabyte(VirtAddr address, unsigned times);

  abi::Arch arch_;
  std::vector<Range> ranges_;
  std::vector<Terabyte> terabytes_;
};

}  // namespace simdprof
