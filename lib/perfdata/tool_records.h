#pragma once

#include <bit>
#include <cstdint>
#include <span>

#include "lib/base/cursor.h"
#include "lib/base/result.h"
#include "lib/perfdata/metadata.h"

namespace simdprof::perfdata {

/// What becomes of a record of the tool.
enum class ToolRecord {
  read,     ///< it went into the metadata
  passed,   ///< it serves the tool alone
  dropped,  ///< it holds something that is not kept, or its type is not known: count it
};

/// Reads the fields of one record of the tool into the metadata: attributes, features, names, ids, build ids and clock
/// conversion of pipe mode, and what stands beside the kernel's records in file mode.
///
/// @param in  after the record's header; bytes left over are not looked at, writers pad
/// @return truncated, malformed, limit: the record is of no use, the file is
/// Source: tools/perf/util/event.h, tools/lib/perf/include/perf/event.h (Linux 6.16).
Result<ToolRecord> read_tool_record(std::uint32_t type, Cursor in, Metadata& out);

/// perf_event_attr of a file's attr section or of a record.
/// @param bytes  of the attr, as long as its size field says where they are so many
Result<abi::EventAttr> read_attr(std::span<const std::byte> bytes, std::endian order, std::uint64_t offset);

/// Bytes that the attr at the front of `in` takes, by its own size field: at least 64.
std::uint32_t attr_bytes(Cursor in);

}  // namespace simdprof::perfdata
