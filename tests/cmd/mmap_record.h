#pragma once

#include <cstdint>
#include <string_view>

#include "lib/model/record.h"

namespace simdprof::test {

/// An executable private mapping of a process.
inline Record mmap_record(Pid pid, VirtAddr start, std::uint64_t length, std::string_view path) {
  MmapRecord mmap;
  mmap.pid = pid;
  mmap.tid = pid;
  mmap.start = start;
  mmap.length = length;
  mmap.prot = 5;   // PROT_READ | PROT_EXEC
  mmap.flags = 2;  // MAP_PRIVATE
  mmap.path = path;
  Record record;
  record.type = abi::PERF_RECORD_MMAP2;
  record.body = mmap;
  return record;
}

}  // namespace simdprof::test
