// Any bytes as a perf.data: opened, with its compressed streams, every chunk loaded, every record walked. The input
// goes in through a file in memory, as a reader reads at any place.
#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/base/check.h"
#include "lib/base/cursor.h"
#include "lib/perfdata/reader.h"
#include "tests/fuzz/memory_input.h"

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
  Ledger ledger;
  const auto reader = PerfDataReader::open(test::memory_input(std::as_bytes(std::span(data, size))), "fuzz", ledger);
  if (!reader) return 0;
  for (std::size_t i = 0; i < reader->chunks().size(); ++i) {
    const auto records = reader->load(i);
    if (records) walk(*reader, reader->chunks()[i], *records);
  }
  return 0;
}
