#pragma once

#include <cstdint>

#include "lib/base/units.h"
#include "lib/model/event.h"
#include "lib/model/raw_record.h"

namespace simdprof {

/// The time of a record, without decoding all of a sample: the same as Record::time_ns of decode_record, or kNoTime
/// when the record has none or cannot be decoded.
std::uint64_t find_record_time(const RawRecord& raw, const EventTable& events);

}  // namespace simdprof
