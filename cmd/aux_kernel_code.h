#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "lib/base/units.h"
#include "lib/model/record.h"
#include "lib/symbols/resolver.h"

namespace simdprof::cmd {

/// Part of a core file: memory at [address, address + bytes) lies at `offset`.
struct CoreSegment {
  VirtAddr address = 0;
  std::uint64_t bytes = 0;
  FileOffset offset = 0;
};
/// The PT_LOAD headers of a 64-bit ELF core in this machine's byte order.
/// @param start  first bytes of the file, its program headers among them
Result<std::vector<CoreSegment>> decode_core_segments(std::span<const std::byte> start);

/// Code of the kernel: what /proc/kcore shows, where the recording was made of the kernel that runs now, in this very
/// boot; else nothing is known. What was patched after the time that is asked for is undone. May be asked from several
/// threads once the records are observed.
class AuxKernelCode {
 public:
  /// @param options  of the recording: release and build id of its kernel
  explicit AuxKernelCode(const SymbolOptions& options);

  /// Records in time order: the kernel's mappings and TEXT_POKE.
  void observe(const Record& record, std::uint64_t time_ns);
  /// As AuxPrograms::read_code.
  std::size_t read(VirtAddr address, std::uint64_t time_ns, std::span<std::byte> out) const;
  /// When the kernel's code is patched next after `time_ns`; ~0: never.
  [[nodiscard]] std::uint64_t next_change(std::uint64_t time_ns) const;
  /// The kernel image or module that covers `address`; empty: nothing that the recording tells of.
  [[nodiscard]] std::string mapped_name(VirtAddr address) const;
  /// Why there is no code; empty: there is, or nobody asked.
  [[nodiscard]] std::string problem() const;

 private:
  struct Mapped {
    VirtAddr start = 0;
    std::uint64_t bytes = 0;
    std::string name;
  };
  struct Poke {
    std::uint64_t time_ns = 0;
    VirtAddr address = 0;
    std::vector<std::byte> old_bytes;
  };

  Status open() const;
  Status check_same_boot() const;
  bool read_page(VirtAddr page) const;

  std::string release_;
  std::string build_id_;
  std::optional<VirtAddr> recorded_text_;  ///< where the recording had _text or _stext
  bool recorded_stext_ = false;            ///< it was _stext
  std::vector<Poke> pokes_;                ///< by time
  std::vector<Mapped> mapped_;             ///< as they came

  mutable std::mutex mutex_;  ///< guards what follows
  mutable bool tried_ = false;
  mutable std::string problem_;
  mutable UniqueFd core_;
  mutable std::vector<CoreSegment> segments_;
  mutable std::map<VirtAddr, std::vector<std::byte>> pages_;
};

}  // namespace simdprof::cmd
