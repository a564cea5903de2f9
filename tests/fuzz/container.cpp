// Any bytes as a recording: opened, every chunk loaded, every record walked. The input goes in through a file in
// memory, as a reader reads at any place.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "lib/base/check.h"
#include "lib/base/fd.h"
#include "lib/container/format.h"
#include "lib/container/reader.h"
#include "lib/container/record_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace simdprof;
  static const int file = ::memfd_create("fuzz", MFD_CLOEXEC);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  SIMDPROF_ASSERT(::ftruncate(file, 0) == 0 && ::lseek(file, 0, SEEK_SET) == 0);
  SIMDPROF_ASSERT(write_all(file, std::as_bytes(std::span(data, size))).has_value());

  Ledger ledger;
  const auto reader = ContainerReader::open(path, ledger);
  if (!reader) return 0;
  std::uint64_t end = 0;
  for (std::size_t i = 0; i < reader->chunks().size(); ++i) {
    const ChunkInfo& chunk = reader->chunks()[i];
    // Chunks lie in the input, one after another.
    SIMDPROF_ASSERT(chunk.file_offset >= end);
    end = chunk.file_offset + (reader->compressed() ? chunk.compressed_bytes : chunk.start.record_bytes);
    SIMDPROF_ASSERT(end <= size);
    const auto records = reader->load(i);
    if (!records) continue;
    SIMDPROF_ASSERT(records->size() == chunk.start.record_bytes && records->size() <= format::kMaxRecordBytes);
    RecordWalk walk{*records, chunk.record_offset, chunk.start.stream};
    for (auto record = walk.next(); record && *record; record = walk.next()) {
      SIMDPROF_ASSERT((*record)->offset >= chunk.record_offset);
    }
  }
  return 0;
}
