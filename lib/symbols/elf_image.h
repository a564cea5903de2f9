#pragma once

#include <elfutils/libdwfl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "lib/base/units.h"

namespace simdprof {

/// Where files with debug information are looked for.
struct DebugSearch {
  std::string symfs;                    ///< prefix of every absolute path; empty: none
  std::vector<std::string> debug_dirs;  ///< before /usr/lib/debug
};

/// One ELF file with its separate debug files, opened through libdwfl. Addresses are those of the file (bias 0).
class ElfImage {
 public:
  struct Segment {
    std::uint64_t address = 0;
    std::uint64_t offset = 0;
    std::uint64_t file_bytes = 0;
    std::uint64_t memory_bytes = 0;
    bool executable = false;
    bool writable = false;
  };

  /// @param fd    the file; may be a memfd
  /// @param path  where it was found: debug links are relative to it; also what errors name
  /// @return malformed when it is not an ELF program or library, or damaged
  static Result<std::unique_ptr<ElfImage>> open(UniqueFd fd, const std::string& path, const DebugSearch& search);
  ElfImage(const ElfImage&) = delete;
  ElfImage& operator=(const ElfImage&) = delete;
  ~ElfImage();

  /// Lower-case hex; empty when the file has none.
  [[nodiscard]] const std::string& build_id() const { return build_id_; }
  [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }
  /// Address in the file of a byte of the file; empty when no loaded segment holds it.
  [[nodiscard]] std::optional<std::uint64_t> address_of(FileOffset offset) const;
  /// `bytes` (1 to 8) of a segment that the program cannot write, little-endian; empty elsewhere.
  [[nodiscard]] std::optional<std::uint64_t> read_constant(FileOffset offset, unsigned bytes) const;
  /// What the file has from `offset` on, at most `most` bytes; lives as long as this.
  [[nodiscard]] std::span<const std::byte> bytes_at(FileOffset offset, std::size_t most) const;
  [[nodiscard]] unsigned machine() const { return machine_; }  ///< EM_*

  [[nodiscard]] Elf* elf() const { return elf_; }
  [[nodiscard]] Dwfl_Module* module() const { return module_; }
  /// Debug information of the file or of its debug file, or nullptr.
  [[nodiscard]] Dwarf* dwarf(Dwarf_Addr& bias) const;

 private:
  ElfImage() = default;
  Status read_headers();

  std::string debug_path_;  ///< as dwfl_standard_find_debuginfo takes it
  char* debug_path_text_ = nullptr;
  Dwfl_Callbacks callbacks_{};
  Dwfl* dwfl_ = nullptr;
  Dwfl_Module* module_ = nullptr;
  Elf* elf_ = nullptr;  ///< owned by the module
  unsigned machine_ = 0;
  std::string build_id_;
  std::vector<Segment> segments_;
};

/// Whether a recorded build id is the one of a file. Recorders may pad short ids with zeros.
bool same_build_id(std::string_view recorded, std::string_view found);
std::string hex_text(const unsigned char* bytes, std::size_t size);

}  // namespace simdprof
