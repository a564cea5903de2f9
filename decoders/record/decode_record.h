#pragma once

#include "lib/base/result.h"
#include "lib/model/event.h"
#include "lib/model/raw_record.h"
#include "lib/model/record.h"

namespace simdprof {

/// Decodes one record, the kernel's or our own. A pure function: RawRecord and the recording's events in, Record out.
///
/// @param raw     the framed record; views in the result point into its bytes
/// @param events  attributes of the recording; a sample finds its own by IDENTIFIER (first field), other records by the
///                trailer's last word. With a single event, or with attributes of one layout, an unknown id still
///                decodes.
/// @return unsupported for a type or sample_type bit this build does not know, truncated, malformed
Result<Record> decode_record(const RawRecord& raw, const EventTable& events);

/// As above, into a record that is there already: a reader of millions does not copy them.
///
/// @param out  all of it is overwritten; means nothing after an error
Status decode_record(const RawRecord& raw, const EventTable& events, Record& out);

}  // namespace simdprof
