#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/fd.h"
#include "lib/symbols/address_spaces.h"
#include "lib/symbols/elf_image.h"
#include "lib/symbols/resolver.h"

namespace simdprof::test {

inline constexpr Pid kPid = 42;
inline constexpr VirtAddr kLoadedAt = 0x7f0000000000;  ///< where a mapped_at() file stands in the process

/// An MMAP2 record for the whole of a file, at kLoadedAt.
inline Record mapping_record(const std::string& path, std::span<const std::byte> build_id = {},
                             VirtAddr start = kLoadedAt) {
  MmapRecord mmap;
  mmap.pid = mmap.tid = kPid;
  mmap.start = start;
  mmap.length = std::uint64_t{1} << 30U;
  mmap.path = path;
  mmap.build_id = build_id;
  Record record;
  record.body = mmap;
  return record;
}

/// One file mapped into one process, and a resolver to ask about it.
class MappedFile {
 public:
  explicit MappedFile(std::string path, SymbolOptions options = {}, std::span<const std::byte> build_id = {})
      : path_(std::move(path)), resolver_(std::move(options)) {
    spaces_.observe(mapping_record(path_, build_id));
  }

  /// @param offset  in the file
  Location at_offset(FileOffset offset) { return resolver_.locate(spaces_, kPid, kLoadedAt + offset, CpuMode::user); }
  Location lines_at_offset(FileOffset offset) {
    return resolver_.locate_lines(spaces_, kPid, kLoadedAt + offset, CpuMode::user);
  }
  [[nodiscard]] const AddressSpaces& spaces() const { return spaces_; }
  Resolver& resolver() { return resolver_; }

 private:
  std::string path_;
  AddressSpaces spaces_;
  Resolver resolver_;
};

/// The executable segments of an ELF file.
inline std::vector<ElfImage::Segment> code_of(const std::string& path) {
  std::vector<ElfImage::Segment> code;
  auto fd = open_to_read(path);
  if (!fd) return code;
  auto image = ElfImage::open(*std::move(fd), path, {});
  if (!image) return code;
  for (const ElfImage::Segment& segment : (*image)->segments()) {
    if (segment.executable) code.push_back(segment);
  }
  return code;
}

/// Runs a shell command and gives its output; empty when it fails.
inline std::string output_of(const std::string& command) {
  std::string text;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return text;
  char block[4096];
  for (std::size_t got = 0; (got = std::fread(block, 1, sizeof block, pipe)) > 0;) text.append(block, got);
  return pclose(pipe) == 0 ? text : std::string();
}

/// A program of tests/programs.
inline std::string program(const std::string& name) {
  return std::string(SIMDPROF_BUILD_DIR "/tests/programs/") + name;
}

}  // namespace simdprof::test
