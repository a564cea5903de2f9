#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "lib/base/units.h"

namespace simdprof {

/// The command of a recording: made by fork, held before its exec until go(), and then exactly what a plain run of it
/// would be. Signal mask and ignored signals are those that this program was itself started with, whatever was changed
/// since; descriptors of ours are close-on-exec; process group, terminal and environment are shared by nature.
class LaunchedCommand {
 public:
  /// Forks the process that waits for go(). It never runs the command when this program dies before.
  ///
  /// @param argv            the command, looked up in PATH as a shell does
  /// @param ignore_sigtrap  SIGTRAP is ignored in the command, which survives exec: a SIGTRAP of a perf event that
  ///                        comes when nobody traces the command any more does then no harm
  /// @return usage for an empty argv, io when the system cannot make a process
  static Result<LaunchedCommand> start(const std::vector<std::string>& argv, bool ignore_sigtrap);

  LaunchedCommand(LaunchedCommand&& other) noexcept;
  LaunchedCommand& operator=(LaunchedCommand&& other) noexcept;
  LaunchedCommand(const LaunchedCommand&) = delete;
  LaunchedCommand& operator=(const LaunchedCommand&) = delete;
  /// A process still held back ends without running the command, and is reaped. One that was let go is left alone.
  ~LaunchedCommand();

  [[nodiscard]] Pid pid() const { return pid_; }
  /// Lets the command run and waits until its exec is done.
  /// @return not_found (a shell would answer 127) or permission (126) when it cannot be run; the process is then reaped
  Status go();
  /// The two halves of go(), for a tracer, which must not wait while its tracee is stopped before the exec.
  void release();
  /// Whether this program was started with SIGTRAP ignored, so that the command would have it so in a plain run too.
  static bool sigtrap_was_ignored();
  /// The outcome of the exec; call it when the exec has happened or the process has ended. Does not reap.
  Status exec_outcome();

 private:
  LaunchedCommand(Pid pid, UniqueFd go_pipe, UniqueFd error_pipe, std::string name);
  void abandon();

  Pid pid_ = -1;
  UniqueFd go_pipe_;     ///< a byte lets the child go, the end of file ends it
  UniqueFd error_pipe_;  ///< gives errno of a failed exec, or the end of file after a good one
  std::string name_;
};

}  // namespace simdprof
