#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/units.h"

namespace simdprof {

// PROT_* and MAP_* as MMAP2 carries them.
inline constexpr std::uint32_t kMappingRead = 1;
inline constexpr std::uint32_t kMappingWrite = 2;
inline constexpr std::uint32_t kMappingExecute = 4;
inline constexpr std::uint32_t kMappingShared = 1;
inline constexpr std::uint32_t kMappingPrivate = 2;

/// One line of /proc/PID/maps.
struct ProcMapping {
  VirtAddr start = 0, end = 0;
  FileOffset file_offset = 0;
  std::uint32_t major = 0, minor = 0;
  std::uint64_t inode = 0;
  std::uint32_t prot = 0;   ///< PROT_*
  std::uint32_t flags = 0;  ///< MAP_SHARED or MAP_PRIVATE
  std::string path;         ///< empty for anonymous memory; newlines as they are in the file name
};

/// Lines that are no mapping are left out: the file changes while it is read.
std::vector<ProcMapping> parse_proc_maps(std::string_view text);

}  // namespace simdprof
