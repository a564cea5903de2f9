#pragma once

#include "lib/report/json_out.h"
#include "lib/report/quality.h"

namespace simdprof {

/// The quality of a recording as one JSON object; null is "not recorded".
void write_quality(const Quality& quality, JsonOut& json);

}  // namespace simdprof
