#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/base/result.h"
#include "lib/base/units.h"
#include "lib/capture/ptrace_stop.h"
#include "lib/capture/ptrace_wait.h"

namespace simdprof {

/// Makes a stopped tracee run a system call of ours, and leaves its registers and signal mask as they were.
///
/// Should this program be killed in the middle of call(), the thread goes on behind our call with our registers, and
/// dies. That is some 50 us wide. Nothing but the thread itself can put its registers back then; code of ours that does
/// it would have to be written into the process. So calls are few: where a process is met, forks, or is let go.
class RemoteCaller {
 public:
  explicit RemoteCaller(StopQueue& stops) : stops_(stops) {}

  /// From any stop: goes on to the next point where the thread is about to return to user mode, with nothing else
  /// done. There calls may be made, and resuming it goes on as if nothing had been.
  /// @return interrupted or group_stop; empty when the thread has ended or executed: next() of the queue tells
  std::optional<TraceeStop> settle(Tid tid);

  /// Runs one system call, at a signal stop or after settle(). Afterwards the thread stands at the return from the
  /// call: settle() it before it is resumed.
  ///
  /// @return what the call gave (negative: -errno);
  ///         not_found    the thread has ended or executed: nothing of it may be touched
  ///         unsupported  a 32-bit thread, strict seccomp, no vdso to find a system call instruction in
  Result<std::int64_t> call(Tid tid, long number, const std::array<std::uint64_t, 4>& arguments);

  /// The same at the first instruction of a program, after its exec and settle(), where registers hold nothing that the
  /// program needs. Should this program die in the middle of it, the other goes on as if nothing had been: the call
  /// returns to that instruction by itself. For this no argument may be a pointer in the third place (x86-64: what a
  /// static program finds in rdx at its start it calls at its end).
  ///
  /// @return as call(), and
  ///         unsupported  a signal came before it; it is delivered, and the thread is settled
  /// Where there is no code for that it is call().
  Result<std::int64_t> call_at_entry(Tid tid, long number, const std::array<std::uint64_t, 4>& arguments);

  /// What stood in a thread that is about to make a call at its program's entry.
  struct EntryCall {
    std::vector<std::uint64_t> registers;
    VirtAddr slot = 0;  ///< of its stack; 0: nothing was changed there
    std::uint64_t slot_word = 0;
  };
  /// The first half of call_at_entry(): resumed now, the thread makes the call and goes on with its program.
  /// @return nothing when there is no code for it; nothing was changed then
  static std::optional<EntryCall> begin_at_entry(Tid tid, long number, const std::array<std::uint64_t, 4>& arguments);

  /// An address of the thread's stack that it does not use: room for `bytes` (at most 256) of arguments.
  static std::optional<VirtAddr> find_scratch(Tid tid, std::size_t bytes);

 private:
  std::optional<TraceeStop> run_to_syscall_stop(Tid tid);

  StopQueue& stops_;
};

}  // namespace simdprof
