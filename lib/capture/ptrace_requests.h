#pragma once

#include <signal.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lib/base/result.h"
#include "lib/base/units.h"

/// ptrace(2) as the tracer uses it: one function a request, on a tracee that is stopped unless said otherwise. A
/// request on a thread that was killed meanwhile answers "not done"; its end comes with the next wait.
namespace simdprof::ptrace {

/// Attaches without stopping. Options: clone, fork, vfork and exec are reported when `follow`, syscall stops are
/// marked; the tracee survives the tracer.
/// @return errno, 0 when attached
int seize(Tid tid, bool follow);
/// Asks a running tracee to stop; it then reports PTRACE_EVENT_STOP.
bool interrupt(Tid tid);
/// Lets it run; `signal` is delivered at a signal stop, and sent at a syscall stop. 0: none.
bool resume(Tid tid, int signal);
/// Runs to the next entry to or return from a system call; `signal` as for resume().
bool resume_to_syscall(Tid tid, int signal);
/// Leaves it in its group stop: it stays stopped until SIGCONT, as it would without us.
bool listen(Tid tid);
bool detach(Tid tid, int signal);

std::optional<siginfo_t> load_siginfo(Tid tid);
bool store_siginfo(Tid tid, const siginfo_t& info);
/// Signals that wait in the thread's own queue (not the process's), at most 32.
std::vector<siginfo_t> peek_pending(Tid tid);
std::optional<std::uint64_t> load_signal_mask(Tid tid);
bool store_signal_mask(Tid tid, std::uint64_t mask);
/// The thread that a clone, fork or vfork event announces; the former tid at an exec event.
std::optional<Tid> load_event_tid(Tid tid);

/// Regset `type` (NT_*) into `bytes`; the bytes that were there, 0 when the thread is gone.
std::size_t load_regset(Tid tid, unsigned type, std::span<std::byte> bytes);
bool store_regset(Tid tid, unsigned type, std::span<const std::byte> bytes);
std::optional<std::uint64_t> load_word(Tid tid, VirtAddr at);
bool store_word(Tid tid, VirtAddr at, std::uint64_t value);

}  // namespace simdprof::ptrace
