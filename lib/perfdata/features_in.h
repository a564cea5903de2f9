#pragma once

#include <cstdint>

#include "lib/base/cursor.h"
#include "lib/base/result.h"
#include "lib/perfdata/metadata.h"

namespace simdprof::perfdata {

inline constexpr std::uint64_t kMaxFeatureBytes = std::uint64_t{16} << 20U;

/// Reads the bytes of one header feature, of a section or of a HEADER_FEATURE record, into the metadata. A feature that
/// tells nothing to us is passed over.
///
/// @param in  bytes left over are not looked at: writers pad
/// @return truncated when a field runs past the end, malformed when a count is more than the bytes can hold
/// Source: tools/perf/util/header.c, process_*() (Linux 6.16); simpleperf's record_file_format.h.
Status read_feature(std::uint32_t feature, Cursor in, Metadata& out);

}  // namespace simdprof::perfdata
