#include "lib/capture/ptrace_stop.h"

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <span>

#include "lib/abi/perf_event.h"
#include "lib/base/cursor.h"

namespace simdprof {

TraceeStop classify_stop(int status) {
  using Kind = TraceeStop::Kind;
  if (!WIFSTOPPED(status)) return {Kind::ended, 0};
  const int signal = WSTOPSIG(status);
  constexpr int kSyscallMark = 0x80;
  switch (static_cast<unsigned>(status) >> 16U) {
    case 0: return {signal == (SIGTRAP | kSyscallMark) ? Kind::syscall : Kind::signal, signal};
    case PTRACE_EVENT_STOP: return {signal == SIGTRAP ? Kind::interrupted : Kind::group_stop, signal};
    case PTRACE_EVENT_CLONE:
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK: return {Kind::new_task, 0};
    case PTRACE_EVENT_EXEC: return {Kind::exec, 0};
    default: return {Kind::other, 0};
  }
}

std::uint64_t sigtrap_cookie() {
  constexpr std::uint64_t kName = 0x53494d4400000000;  // "SIMD", then the recorder: two recorders do not meet
  static const auto pid = static_cast<std::uint32_t>(::getpid());  // asked for at every stop
  return kName | pid;
}

PerfTrap read_perf_trap(const siginfo_t& info) {
  constexpr std::size_t kPerfData = 24;
  Cursor in{std::as_bytes(std::span(&info, 1)).subspan(kPerfData)};
  PerfTrap trap;
  trap.sig_data = in.u64();
  in.skip(4);  // si_perf_type
  trap.late = (in.u32() & abi::TRAP_PERF_FLAG_ASYNC) != 0;
  return trap;
}

bool is_perf_trap(const siginfo_t& info, std::uint64_t sig_data) {
  return info.si_signo == SIGTRAP && info.si_code == abi::TRAP_PERF && read_perf_trap(info).sig_data == sig_data;
}

}  // namespace simdprof
