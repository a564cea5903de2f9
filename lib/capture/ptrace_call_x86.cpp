#include "lib/capture/ptrace_call.h"

namespace simdprof {
namespace {

// user_regs_struct of x86-64, by word.
// Source: arch/x86/include/asm/user_64.h.
enum Word : std::size_t { kR10 = 7, kRax = 10, kRdx = 12, kRsi = 13, kRdi = 14, kOrigRax = 15, kRip = 16, kRsp = 19 };
constexpr std::size_t kWords = 27;
constexpr std::array kSyscall = {std::byte{0x0f}, std::byte{0x05}};
constexpr std::array kSyscallRet = {std::byte{0x0f}, std::byte{0x05}, std::byte{0xc3}};

void set_call(CallAbi::Words registers, VirtAddr at, long number, const std::array<std::uint64_t, 4>& arguments) {
  registers[kRax] = static_cast<std::uint64_t>(number);
  registers[kRdi] = arguments[0];
  registers[kRsi] = arguments[1];
  registers[kRdx] = arguments[2];
  registers[kR10] = arguments[3];
  registers[kOrigRax] = ~std::uint64_t{0};  // not in a system call: nothing to restart
  registers[kRip] = at;
}

std::int64_t result(CallAbi::ConstWords registers) { return static_cast<std::int64_t>(registers[kRax]); }
VirtAddr stack_pointer(CallAbi::ConstWords registers) { return registers[kRsp]; }
VirtAddr next_instruction(CallAbi::ConstWords registers) { return registers[kRip]; }

VirtAddr set_return(CallAbi::Words registers, VirtAddr /*back*/) {
  registers[kRsp] -= 8;
  return registers[kRsp];
}

}  // namespace

const CallAbi kCallOfX86 = {kWords,        kSyscall,         1,           set_call,   result,
                            stack_pointer, next_instruction, kSyscallRet, set_return, nullptr};

}  // namespace simdprof
