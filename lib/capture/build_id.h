#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lib/base/result.h"

namespace simdprof {

/// Finds the GNU build id in a run of ELF notes; empty when there is none.
///
/// @param big_endian  byte order of the file
std::vector<std::byte> find_build_id_note(std::span<const std::byte> notes, bool big_endian);

/// A program header that points at notes.
struct NoteSegment {
  std::uint64_t file_offset = 0;
  std::uint64_t bytes = 0;
};
struct ElfNotes {
  bool big_endian = false;
  std::vector<NoteSegment> segments;
};
/// Parses the ELF header and program headers at the start of a file (32 and 64 bit, both byte orders).
///
/// @param head  the first bytes of the file, at least up to the end of the program headers
/// @return malformed when it is no ELF file, truncated when the headers do not end in `head`
Result<ElfNotes> decode_note_segments(std::span<const std::byte> head);

/// Build id of an ELF file; empty when it has none.
///
/// @param inode  inode that was mapped: another file at the path is not_found; 0: any
Result<std::vector<std::byte>> load_build_id(const std::string& path, std::uint64_t inode = 0);

/// Build id of the running kernel, from /sys/kernel/notes.
Result<std::vector<std::byte>> load_kernel_build_id();
/// Build id of the vdso of this process: the same for all processes of its bitness.
Result<std::vector<std::byte>> load_vdso_build_id();

}  // namespace simdprof
