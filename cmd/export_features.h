#pragma once

#include "cmd/session.h"
#include "lib/perfdata/writer.h"

namespace simdprof::cmd {

/// Adds what the recording says of its machine, its command and the files it mapped. What is not recorded is left out:
/// perf then says that the feature is missing.
Status add_features(perfdata::Writer& writer, const RecordingFacts& facts);

}  // namespace simdprof::cmd
