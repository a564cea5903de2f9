#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/base/input_file.h"
#include "lib/base/result.h"
#include "lib/container/reader.h"

namespace simdprof {

/// Where the chunks of an input are, and what is missing between them.
struct ChunkMap {
  std::vector<ChunkInfo> chunks;  ///< by place
  std::vector<Gap> gaps;
};

/// The chunks as the index of a finished file names them; empty when there is no index or it does not fit the file.
Result<std::optional<ChunkMap>> load_index(const InputFile& file);

/// Finds the chunks of a container by their headers, from the file header on. After damage it goes on at the next
/// chunk header.
Result<ChunkMap> scan_chunks(const InputFile& file);

/// Finds the chunks of decompressed bytes by their stream records. A truncated last chunk keeps its whole records.
Result<ChunkMap> scan_records(const InputFile& file);

}  // namespace simdprof
