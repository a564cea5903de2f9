#pragma once

#include <cstdint>

#include "lib/base/result.h"
#include "lib/container/writer.h"
#include "lib/model/ledger.h"
#include "lib/model/record_input.h"

namespace simdprof::cmd {

struct ImportCounts {
  std::uint64_t records = 0;
  std::uint64_t chunks = 0;
};

/// Writes every record of a recording to a container, in the byte order it has. Records that only serve the order of
/// the file they come from are left out; what was lost before goes with the rest as LOSS records.
///
/// @param ledger  what was lost so far; damaged chunks are added
Result<ImportCounts> copy_recording(const RecordInput& from, Ledger& ledger, ContainerWriter& to);

}  // namespace simdprof::cmd
