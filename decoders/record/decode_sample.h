#pragma once

#include "lib/abi/perf_event.h"
#include "lib/base/result.h"
#include "lib/model/raw_record.h"
#include "lib/model/sample.h"

namespace simdprof {

/// Decodes one PERF_RECORD_SAMPLE.
///
/// SIMD counts are read as the merged kernel writes them (four u64); when the record does not come out right that way
/// and does with the older packed form, the packed form is taken and marked in the register blocks.
///
/// @param raw   the record; its whole payload must be used
/// @param attr  attributes of the sample's event
/// @param out   all of it is overwritten but `event`; views point into the record
/// @return unsupported  sample_type, read_format or register abi has bits this build does not know
///         truncated    a field runs past the payload
///         malformed    bytes are left over, or a field contradicts itself
Status decode_sample(const RawRecord& raw, const abi::EventAttr& attr, Sample& out);

}  // namespace simdprof
