#pragma once

#include "cmd/aux_buffers.h"
#include "cmd/session.h"
#include "lib/model/record.h"
#include "lib/report/quality.h"

namespace simdprof::cmd {

/// What the metadata of a recording says for its quality header.
Quality quality_of(const RecordingFacts& facts);
/// What was traced, and what is missing of it.
AuxQuality aux_quality_of(const std::vector<AuxBuffer>& buffers);

}  // namespace simdprof::cmd
