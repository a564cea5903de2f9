#include <gtest/gtest.h>

#include <array>

#include "lib/capture/ptrace_call.h"

namespace simdprof {
namespace {

constexpr std::size_t kX7 = 7, kX8 = 8, kSp = 31, kPc = 32, kPstate = 33;
constexpr std::uint32_t kSvc = 0xd4000001, kNop = 0xd503201f;
constexpr std::uint64_t kNanosleep = 101, kClockNanosleep = 115, kFutex = 98, kPpoll = 73, kRestart = 128;

using Registers = std::array<std::uint64_t, 34>;

/// Word n is 0x100 + n; PSTATE has the zero flag and BTYPE 3.
Registers registers_of_a_thread() {
  Registers registers{};
  for (std::size_t i = 0; i < registers.size(); ++i) registers[i] = 0x100 + i;
  registers[kPstate] = 0x40000c00;
  return registers;
}

Registers waiting(std::uint64_t number, std::uint64_t x1, std::uint64_t x3) {
  Registers registers = registers_of_a_thread();
  registers[kX8] = number;
  registers[1] = x1;
  registers[3] = x3;
  return registers;
}

std::uint64_t number_after(Registers registers, std::uint32_t next) {
  kCallOfArm64.set_restart(registers, next);
  return registers[kX8];
}

TEST(CallOfArm64, SetsNumberArgumentsAndPlace) {
  Registers registers = registers_of_a_thread();
  ASSERT_EQ(kCallOfArm64.words, registers.size());
  kCallOfArm64.set_call(registers, 0xffff1000, 134, {5, 6, 7, 8});
  EXPECT_EQ((std::array{registers[0], registers[1], registers[2], registers[3]}),
            (std::array<std::uint64_t, 4>{5, 6, 7, 8}));
  EXPECT_EQ(registers[kX8], 134U);
  EXPECT_EQ(registers[kPc], 0xffff1000U);
  EXPECT_EQ(registers[kPstate], 0x40000000U) << "the system call instruction is no landing pad";
  EXPECT_EQ(registers[kX7], 0x107U) << "the kernel keeps a word of its own there at stops for system calls";
  EXPECT_EQ(registers[kSp], 0x100U + kSp);
}

TEST(CallOfArm64, ResultStackAndNextInstructionAreRegisters) {
  Registers registers = registers_of_a_thread();
  registers[0] = static_cast<std::uint64_t>(-22);
  EXPECT_EQ(kCallOfArm64.result(registers), -22);
  EXPECT_EQ(kCallOfArm64.stack_pointer(registers), 0x100U + kSp);
  EXPECT_EQ(kCallOfArm64.next_instruction(registers), 0x100U + kPc);
}

TEST(CallOfArm64, AnInterruptedWaitGoesOnForTheRestOfItsTime) {
  EXPECT_EQ(number_after(waiting(kNanosleep, 0, 0), kSvc), kRestart);
  EXPECT_EQ(number_after(waiting(kClockNanosleep, 0, 0), kSvc), kRestart);
  EXPECT_EQ(number_after(waiting(kClockNanosleep, 1, 0), kSvc), kClockNanosleep)
      << "until a time: made again as it was";
  EXPECT_EQ(number_after(waiting(kFutex, 0x80, 0x7000), kSvc), kRestart) << "FUTEX_WAIT_PRIVATE with a time limit";
  EXPECT_EQ(number_after(waiting(kFutex, 9 | 0x180, 0x7000), kSvc), kRestart) << "FUTEX_WAIT_BITSET";
  EXPECT_EQ(number_after(waiting(kFutex, 0x80, 0), kSvc), kFutex) << "no time limit";
  EXPECT_EQ(number_after(waiting(kFutex, 1, 0x7000), kSvc), kFutex) << "FUTEX_WAKE";
  EXPECT_EQ(number_after(waiting(kPpoll, 0, 0), kSvc), kPpoll);
}

TEST(CallOfArm64, AThreadThatIsInNoCallKeepsItsRegisters) {
  EXPECT_EQ(number_after(waiting(kNanosleep, 0, 0), kNop), kNanosleep);
  EXPECT_EQ(number_after(waiting(kNanosleep, 0, 0), 0), kNanosleep) << "the instruction could not be read";
}

TEST(CallOfArm64, TheInstructionIsSvc) {
  const std::array wanted = {std::byte{0x01}, std::byte{0x00}, std::byte{0x00}, std::byte{0xd4}};
  EXPECT_TRUE(
      std::equal(kCallOfArm64.instruction.begin(), kCallOfArm64.instruction.end(), wanted.begin(), wanted.end()));
  EXPECT_EQ(kCallOfArm64.alignment, 4U);
}

TEST(CallOfArm64, AReturnTakesItsPlaceFromTheLinkRegister) {
  Registers registers = registers_of_a_thread();
  EXPECT_EQ(kCallOfArm64.set_return(registers, 0x401000), 0U);
  EXPECT_EQ(registers[30], 0x401000U);
  EXPECT_EQ(registers[kSp], 0x100U + kSp);
}

}  // namespace
}  // namespace simdprof
