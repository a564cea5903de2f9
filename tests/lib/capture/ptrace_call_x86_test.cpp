#include <gtest/gtest.h>

#include <array>

#include "lib/capture/ptrace_call.h"

namespace simdprof {
namespace {

// Words of user_regs_struct: r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ...
TEST(CallOfX86, SetsNumberArgumentsAndPlace) {
  std::array<std::uint64_t, 27> registers{};
  for (std::size_t i = 0; i < registers.size(); ++i) registers[i] = 0x100 + i;
  ASSERT_EQ(kCallOfX86.words, registers.size());
  kCallOfX86.set_call(registers, 0x7fff0000, 13, {5, 6, 7, 8});
  EXPECT_EQ(registers[10], 13U) << "rax";
  EXPECT_EQ(registers[14], 5U) << "rdi";
  EXPECT_EQ(registers[13], 6U) << "rsi";
  EXPECT_EQ(registers[12], 7U) << "rdx";
  EXPECT_EQ(registers[7], 8U) << "r10";
  EXPECT_EQ(registers[15], ~0ULL) << "orig_rax: in no call that could be made again";
  EXPECT_EQ(registers[16], 0x7fff0000U) << "rip";
  EXPECT_EQ(registers[11], 0x100U + 11) << "rcx";
  EXPECT_EQ(kCallOfX86.stack_pointer(registers), 0x100U + 19);
  EXPECT_EQ(kCallOfX86.set_restart, nullptr) << "the kernel does it";
}

TEST(CallOfX86, TheResultIsRax) {
  std::array<std::uint64_t, 27> registers{};
  registers[10] = static_cast<std::uint64_t>(-14);
  EXPECT_EQ(kCallOfX86.result(registers), -14);
}

TEST(CallOfX86, AReturnTakesItsPlaceFromTheStack) {
  std::array<std::uint64_t, 27> registers{};
  registers[19] = 0x7ffffff0;
  EXPECT_EQ(kCallOfX86.set_return(registers, 0x401000), 0x7fffffe8U);
  EXPECT_EQ(registers[19], 0x7fffffe8U) << "rsp";
}

}  // namespace
}  // namespace simdprof
