#pragma once

#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "lib/symbols/address_spaces.h"

namespace simdprof::test {

inline std::string release() {
  utsname names{};
  return uname(&names) == 0 ? names.release : "";
}

/// This process's own mappings, told as MMAP2 records.
inline void observe_self(AddressSpaces& spaces) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    std::string range;
    std::string access;
    std::string offset;
    std::string device;
    std::string path;
    std::uint64_t inode = 0;
    fields >> range >> access >> offset >> device >> inode >> path;
    if (access.find('x') == std::string::npos) continue;
    MmapRecord mmap;
    mmap.pid = mmap.tid = getpid();
    mmap.start = std::stoull(range, nullptr, 16);
    mmap.length = std::stoull(range.substr(range.find('-') + 1), nullptr, 16) - mmap.start;
    mmap.file_offset = std::stoull(offset, nullptr, 16);
    mmap.path = path;
    Record record;
    record.body = mmap;
    spaces.observe(record);
  }
}

}  // namespace simdprof::test
