#pragma once

#include <cstdint>

#include "lib/base/cursor.h"
#include "lib/model/sample.h"

namespace simdprof {

/// Reads counter values as PERF_RECORD_READ and PERF_SAMPLE_READ carry them.
///
/// @param in      latches when the values run past its end or when the group's count is larger than the bytes left
/// @param format  attr.read_format; only bits of kKnownReadFormat
/// Source: uapi linux/perf_event.h, comment on struct read_format.
ReadValues decode_read_values(Cursor& in, std::uint64_t format);

inline constexpr std::uint64_t kKnownReadFormat = abi::PERF_FORMAT_TOTAL_TIME_ENABLED |
                                                  abi::PERF_FORMAT_TOTAL_TIME_RUNNING | abi::PERF_FORMAT_ID |
                                                  abi::PERF_FORMAT_GROUP | abi::PERF_FORMAT_LOST;

}  // namespace simdprof
