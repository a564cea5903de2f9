#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "cmd/aux_map_history.h"
#include "lib/base/units.h"
#include "lib/symbols/elf_image.h"
#include "lib/symbols/resolver.h"

namespace simdprof::cmd {

/// The bytes of the files that a recording maps, each opened when first asked for. May be asked from several threads.
class AuxCodeFiles {
 public:
  AuxCodeFiles(SymbolOptions options, const std::vector<AuxMapHistory::File>& files);
  ~AuxCodeFiles();
  AuxCodeFiles(const AuxCodeFiles&) = delete;
  AuxCodeFiles& operator=(const AuxCodeFiles&) = delete;

  /// Copies what the file has from `offset` on.
  /// @return bytes copied: fewer at the end of the file, 0 where there is no such file
  std::size_t read(std::uint32_t file, FileOffset offset, std::span<std::byte> out) const;
  /// Files that could not be used so far, with the reason, in the order of the recording.
  [[nodiscard]] std::vector<Resolver::Problem> problems() const;

 private:
  struct Opened {
    std::once_flag once;
    std::unique_ptr<ElfImage> image;
    std::span<const std::byte> bytes;  ///< of image; empty: none
    Unresolved reason = Unresolved::resolved;
    std::string detail;
  };
  void open(std::uint32_t file, Opened& opened) const;

  SymbolOptions options_;
  const std::vector<AuxMapHistory::File>& files_;
  std::unique_ptr<Opened[]> opened_;
};

}  // namespace simdprof::cmd
