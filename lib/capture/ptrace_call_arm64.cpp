#include <linux/futex.h>

#include "lib/abi/arm64_regsets.h"
#include "lib/capture/ptrace_call.h"

namespace simdprof {
namespace {

constexpr std::size_t kNumber = 8;  // x8
constexpr std::size_t kLink = 30;   // x30
constexpr std::uint32_t kSvc = 0xd4000001;
constexpr std::array kSvcBytes = {std::byte{0x01}, std::byte{0x00}, std::byte{0x00}, std::byte{0xd4}};
constexpr std::array kSvcRetBytes = {std::byte{0x01}, std::byte{0x00}, std::byte{0x00}, std::byte{0xd4},   // svc #0
                                     std::byte{0xc0}, std::byte{0x03}, std::byte{0x5f}, std::byte{0xd6}};  // ret

void set_call(CallAbi::Words registers, VirtAddr at, long number, const std::array<std::uint64_t, 4>& arguments) {
  // BTYPE: an indirect branch was the last instruction, and may lead to landing pads only.
  constexpr std::uint64_t kBranchType = 0xc00;
  for (std::size_t i = 0; i < arguments.size(); ++i) registers[i] = arguments[i];
  registers[kNumber] = static_cast<std::uint64_t>(number);
  registers[abi::kArm64UserRegsPc] = at;
  registers[abi::kArm64UserRegsPstate] &= ~kBranchType;
}

std::int64_t result(CallAbi::ConstWords registers) { return static_cast<std::int64_t>(registers[0]); }
VirtAddr stack_pointer(CallAbi::ConstWords registers) { return registers[abi::kArm64UserRegsSp]; }
VirtAddr next_instruction(CallAbi::ConstWords registers) { return registers[abi::kArm64UserRegsPc]; }

VirtAddr set_return(CallAbi::Words registers, VirtAddr back) {
  registers[kLink] = back;
  return 0;
}

/// Whether a call that a signal interrupts waits on for the rest of its time (-ERESTART_RESTARTBLOCK), and is not made
/// again as it was.
/// Source: kernel/time/hrtimer.c, posix-timers.c, kernel/futex/waitwake.c (Linux 6.1).
bool waits_for_a_time(CallAbi::ConstWords registers) {
  constexpr std::uint64_t kFutex = 98, kNanosleep = 101, kClockNanosleep = 115, kAbsoluteTime = 1;
  switch (registers[kNumber]) {
    case kNanosleep: return true;
    case kClockNanosleep: return (registers[1] & kAbsoluteTime) == 0;
    case kFutex: {
      const auto operation = registers[1] & static_cast<std::uint64_t>(FUTEX_CMD_MASK);
      return (operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET) && registers[3] != 0;
    }
    default: return false;
  }
}

// Here the kernel has the registers ready for the call to be made again before the tracer sees the stop; but that it is
// to be restart_syscall in place of a wait with a time limit it knows only until a call of ours comes between.
// Alternatives: not to make calls at such a stop, which would leave SIGTRAP of a process that only sleeps as it is when
// it is released; or this, which takes a thread for interrupted in its wait that stopped before the very instruction
// that begins it: such a wait would end early. Of the samples of a program that hardly one is.
// Source: arch/arm64/kernel/signal.c, do_signal (Linux 6.1).
void set_restart(CallAbi::Words registers, std::uint32_t next) {
  constexpr std::uint64_t kRestartSyscall = 128;
  if (next == kSvc && waits_for_a_time(registers)) registers[kNumber] = kRestartSyscall;
}

}  // namespace

const CallAbi kCallOfArm64 = {abi::kArm64UserRegsWords, kSvcBytes,    4,          set_call,   result, stack_pointer,
                              next_instruction,         kSvcRetBytes, set_return, set_restart};

}  // namespace simdprof
