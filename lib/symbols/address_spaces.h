#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "lib/base/units.h"
#include "lib/model/record.h"

namespace simdprof {

/// One executable mapping of a process or of the kernel.
struct Mapping {
  VirtAddr start = 0;
  VirtAddr end = 0;
  FileOffset file_offset = 0;
  std::string_view path;      ///< lives as long as the AddressSpaces
  std::string_view build_id;  ///< lower-case hex; empty when not recorded
  std::uint64_t inode = 0;
  bool data = false;           ///< mapped without PROT_EXEC
  bool kernel_symbol = false;  ///< from a KSYMBOL record: `path` is the symbol's name, there is no file
};

/// The address spaces and names of all tasks, over time: feed it every record in time order, ask it between.
class AddressSpaces {
 public:
  AddressSpaces();
  AddressSpaces(AddressSpaces&&) noexcept;
  AddressSpaces& operator=(AddressSpaces&&) noexcept;
  ~AddressSpaces();

  /// MMAP, MMAP2, COMM, FORK, EXIT, BUILD_ID and KSYMBOL change something; all others, and mappings of guests, are
  /// passed over.
  void observe(const Record& record);

  /// The mapping of `pid` that covers `address`, or nullptr. Pointers and spans hold until the next observe().
  [[nodiscard]] const Mapping* find(Pid pid, VirtAddr address) const;
  /// The kernel mapping (image or module) that covers `address`, or nullptr.
  [[nodiscard]] const Mapping* find_kernel(VirtAddr address) const;
  /// The kernel image, whose file_offset is the address that _text (or _stext, by its path) had; nullptr when the
  /// recording does not tell.
  [[nodiscard]] const Mapping* kernel_image() const;
  /// Name of a thread now; ":TID" when it was never told.
  [[nodiscard]] std::string_view comm(Pid pid, Tid tid) const;

  /// All mappings of `pid`, ascending and without overlap.
  [[nodiscard]] std::span<const Mapping> mappings(Pid pid) const;
  /// A number that stands for the mappings of `pid` as they are now: it changes when they change, and two processes
  /// that share their mappings (after fork) share it. 0: no mappings.
  [[nodiscard]] std::uint64_t generation(Pid pid) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace simdprof
