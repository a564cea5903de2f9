#pragma once

#include "cmd/session.h"
#include "lib/model/record.h"
#include "lib/report/quality.h"

namespace simdprof::cmd {

/// What the metadata of a recording says for its quality header.
Quality quality_of(const RecordingFacts& facts);

}  // namespace simdprof::cmd
