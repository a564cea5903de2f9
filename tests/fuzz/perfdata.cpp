// Any bytes as a perf.data: opened, with its compressed streams, every chunk loaded, every record walked. The input
// goes in through a file in memory, as a reader reads at any place.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/base/check.h"
#include "lib/base/cursor.h"
#include "lib/base/fd.h"
#include "lib/perfdata/reader.h"

namespace {

using namespace simdprof;

/// Records that load() gives are whole, and as many as the chunk says, those of the file's own order not counted.
void walk(const PerfDataReader& reader, const ChunkInfo& chunk, std::span<const std::byte> bytes) {
  SIMDPROF_ASSERT(bytes.size() == chunk.start.record_bytes);
  std::uint32_t records = 0;
  Cursor in{bytes, 0, chunk.start.info.order};
  while (in.remaining() != 0) {
    const std::uint32_t type = in.u32();
    in.skip(2);
    const std::uint16_t size = in.u16();
    SIMDPROF_ASSERT(!in.failed() && size >= 8);
    in.skip(size - 8U);
    if (!reader.is_framing(type)) ++records;
  }
  SIMDPROF_ASSERT(!in.failed() && records == chunk.start.record_count);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int file = ::memfd_create("fuzz", MFD_CLOEXEC);
  SIMDPROF_ASSERT(file >= 0 && write_all(file, std::as_bytes(std::span(data, size))).has_value());
  auto input = InputFile::adopt(UniqueFd{file});
  SIMDPROF_ASSERT(input.has_value());
  Ledger ledger;
  const auto reader = PerfDataReader::open(std::move(*input), "fuzz", ledger);
  if (!reader) return 0;
  for (std::size_t i = 0; i < reader->chunks().size(); ++i) {
    const auto records = reader->load(i);
    if (records) walk(*reader, reader->chunks()[i], *records);
  }
  return 0;
}
