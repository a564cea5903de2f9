#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "lib/base/result.h"
#include "lib/base/units.h"
#include "lib/capture/ptrace_stop.h"
#include "lib/capture/ptrace_wait.h"

namespace simdprof {

/// Makes a stopped tracee run a system call of ours, and leaves its registers and signal mask as they were.
class RemoteCaller {
 public:
  explicit RemoteCaller(StopQueue& stops) : stops_(stops) {}

  /// From any stop: goes on to the next point where the thread is about to return to user mode, with nothing else
  /// done. There calls may be made, and resuming it goes on as if nothing had been.
  /// @return interrupted or group_stop; empty when the thread has ended
  std::optional<TraceeStop> settle(Tid tid);

  /// Runs one system call, at a signal stop or after settle(). Afterwards the thread stands at the return from the
  /// call: settle() it before it is resumed.
  ///
  /// @return what the call gave (negative: -errno);
  ///         not_found    the thread has ended
  ///         unsupported  a 32-bit thread, strict seccomp, no vdso to find a system call instruction in
  Result<std::int64_t> call(Tid tid, long number, const std::array<std::uint64_t, 4>& arguments);

  /// An address of the thread's stack that it does not use: room for `bytes` (at most 256) of arguments.
  static std::optional<VirtAddr> find_scratch(Tid tid, std::size_t bytes);

 private:
  std::optional<TraceeStop> run_to_syscall_stop(Tid tid);

  StopQueue& stops_;
};

}  // namespace simdprof
