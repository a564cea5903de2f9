#pragma once

#include <future>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lib/abi/registers.h"
#include "lib/model/location.h"
#include "lib/model/sample.h"
#include "lib/symbols/address_spaces.h"
#include "lib/symbols/kernel_listing.h"

namespace simdprof {

struct SymbolOptions {
  std::string symfs;                             ///< prefix of every recorded path; empty: none
  std::vector<std::string> debug_dirs;           ///< --debug-dir, before /usr/lib/debug
  std::map<std::string, std::string> build_ids;  ///< path -> hex, as recorded
  abi::Arch arch = abi::Arch::x86_64;            ///< of the recording
  std::string kernel_release;   ///< of the recording; kallsyms is used only when the running kernel equals it
  std::string kernel_build_id;  ///< hex, as recorded; empty: unknown
  bool demangle = true;
};

/// Addresses to places. Results are cached; text in them lives as long as the Resolver.
class Resolver {
 public:
  explicit Resolver(SymbolOptions options);
  Resolver(Resolver&&) noexcept;
  Resolver& operator=(Resolver&&) noexcept;
  ~Resolver();

  /// Dso, symbol and offset of `address` in the address space of `pid`; guest modes give Unresolved::guest.
  /// `frames` of the result is empty.
  Location locate(const AddressSpaces& spaces, Pid pid, VirtAddr address, CpuMode mode);
  /// As locate, and also source lines and the inline chain in `frames`.
  Location locate_lines(const AddressSpaces& spaces, Pid pid, VirtAddr address, CpuMode mode);

  /// Machine code as the file that is mapped there has it.
  struct Code {
    abi::Arch arch = abi::Arch::unknown;  ///< the file's: a 64-bit machine runs 32-bit programs too
    /// Empty for the kernel, for what is no file, and where there is no such file; lives as long as the Resolver.
    std::span<const std::byte> bytes;
  };
  /// At most `most` bytes of it.
  Code code_at(const AddressSpaces& spaces, Pid pid, VirtAddr address, CpuMode mode, std::size_t most);

  /// Kernel addresses will be asked for: starts to read the kernel's symbols in the background, where `begun` has not.
  void prefetch_kernel(KernelListingAhead begun = {});

  /// Files that could not be used, with the reason: for the quality header and -v.
  struct Problem {
    std::string path;
    Unresolved reason = Unresolved::no_file;
    std::string detail;
  };
  [[nodiscard]] std::vector<Problem> problems() const;

  struct State;  ///< for lib/symbols alone: resolver_state.h

 private:
  friend class Unwinder;
  std::unique_ptr<State> state_;
};

}  // namespace simdprof
