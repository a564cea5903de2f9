#pragma once

namespace simdprof::cmd {

/// Exit statuses of our own; `record` forwards its child's status beside them (128+N for a signal).
enum ExitCode : int {
  kExitOk = 0,
  kExitFailure = 1,       ///< our own failure, or bad input
  kExitFindings = 3,      ///< --strict, and there are findings of level error
  kExitLoss = 4,          ///< --fail-on-loss, and more was lost
  kExitCannotExec = 126,  ///< the command is not executable
  kExitNoCommand = 127,   ///< the command is not there
  kExitUsage = 129,
};

}  // namespace simdprof::cmd
