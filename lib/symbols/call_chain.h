#pragma once

#include <memory>
#include <vector>

#include "lib/base/units.h"
#include "lib/model/sample.h"
#include "lib/symbols/address_spaces.h"
#include "lib/symbols/resolver.h"

namespace simdprof {

/// One frame of a call chain: the address to look up (already one less than a return address, so that it lies in the
/// call) and the address as recorded.
struct CallFrame {
  VirtAddr lookup_address = 0;
  VirtAddr address = 0;
  CpuMode mode = CpuMode::user;
};

/// Builds call chains: the kernel's entries (markers taken out), and where the sample has a user stack and user
/// registers, the user part by DWARF call frame information (libdwfl).
class Unwinder {
 public:
  explicit Unwinder(Resolver& resolver);
  Unwinder(Unwinder&&) noexcept;
  Unwinder& operator=(Unwinder&&) noexcept;
  ~Unwinder();

  /// Frames of `sample`, innermost first, into `out` (overwritten). Guest samples get their single address and nothing
  /// more.
  void unwind(const AddressSpaces& spaces, const Sample& sample, std::vector<CallFrame>& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace simdprof
