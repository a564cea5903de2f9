#pragma once

#include <signal.h>

#include <cstdint>

namespace simdprof {

/// What a wait status of a tracee says.
struct TraceeStop {
  enum class Kind : std::uint8_t {
    ended,        ///< exited or killed; the thread is no more
    signal,       ///< about to be given a signal, which the tracer passes on or swallows
    group_stop,   ///< stopped by SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU as it would be without a tracer
    interrupted,  ///< PTRACE_INTERRUPT, the first stop of a new thread, or the end of a group stop
    new_task,     ///< clone, fork or vfork: the event message has the new thread
    exec,         ///< a new program was loaded; the event message has the former thread id
    syscall,      ///< entry to or return from a system call
    other,        ///< an event that was not asked for
  };
  Kind kind = Kind::ended;
  int signal = 0;  ///< the one to deliver, or that stopped the group
};

/// @param status  as waitpid gives it for a thread attached by PTRACE_SEIZE with PTRACE_O_TRACESYSGOOD
TraceeStop classify_stop(int status);

/// Value of attr.sig_data of this process's events: how a SIGTRAP is known to be ours.
std::uint64_t sigtrap_cookie();

/// What the siginfo of a SIGTRAP that a perf event sent carries beside its code.
struct PerfTrap {
  std::uint64_t sig_data = 0;  ///< attr.sig_data
  bool late = false;           ///< SIGTRAP was blocked when the sample was taken (TRAP_PERF_FLAG_ASYNC)
};
/// Whether a signal comes from attr.sigtrap of the event with this sig_data.
/// Source: kernel-side struct siginfo, x86-64 and arm64: si_perf_data at byte 24, si_perf_flags at byte 36.
bool is_perf_trap(const siginfo_t& info, std::uint64_t sig_data);
PerfTrap read_perf_trap(const siginfo_t& info);

}  // namespace simdprof
