#pragma once

#include <string>
#include <vector>

#include "cmd/record_options.h"
#include "lib/base/result.h"
#include "lib/capture/metadata.h"
#include "lib/capture/plan.h"

namespace simdprof::cmd {

/// A recording that is ready to start.
struct ReadyPlan {
  CapturePlan plan;
  std::vector<SourceAttempt> attempts;  ///< sources tried, the taken one included
  std::string source_line;              ///< which source was taken and what is missing with it
  std::vector<std::string> notes;       ///< things that were changed for this machine, a line each
};

/// From the options and what the machine answers to probes.
Result<ReadyPlan> make_ready_plan(const RecordOptions& options);

}  // namespace simdprof::cmd
