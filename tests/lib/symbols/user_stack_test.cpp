#include "lib/symbols/user_stack.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <vector>

namespace simdprof {
namespace {

std::vector<std::byte> bytes_of(const std::vector<std::uint64_t>& words) {
  std::vector<std::byte> bytes(words.size() * 8);
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

/// A register section where register n holds 0x100 + n.
struct Section {
  std::vector<std::byte> bytes;
  RegisterBlock block;

  explicit Section(std::uint64_t mask, std::uint64_t abi_word = abi::PERF_SAMPLE_REGS_ABI_64) {
    std::vector<std::uint64_t> words;
    for (std::uint64_t left = mask; left != 0; left &= left - 1) {
      words.push_back(0x100U + static_cast<unsigned>(std::countr_zero(left)));
    }
    bytes = bytes_of(words);
    block.abi = abi_word;
    block.mask = mask;
    block.words = WordView(bytes);
  }
};

TEST(UserRegisters, OfX86HaveTheirDwarfNumbers) {
  const Section section(abi::kX86GprMask);
  const auto user = user_registers(section.block, abi::Arch::x86_64);
  ASSERT_TRUE(user);
  EXPECT_EQ(user->ip, 0x108U);
  EXPECT_EQ(user->registers.get(0), 0x100U) << "rax";
  EXPECT_EQ(user->registers.get(1), 0x103U) << "rdx";
  EXPECT_EQ(user->registers.get(2), 0x102U) << "rcx";
  EXPECT_EQ(user->registers.get(3), 0x101U) << "rbx";
  EXPECT_EQ(user->registers.get(4), 0x104U) << "rsi";
  EXPECT_EQ(user->registers.get(5), 0x105U) << "rdi";
  EXPECT_EQ(user->registers.get(6), 0x106U) << "rbp";
  EXPECT_EQ(user->registers.get(7), 0x107U) << "rsp";
  EXPECT_EQ(user->registers.get(16), 0x108U) << "rip";
  for (unsigned i = 8; i < 16; ++i) EXPECT_EQ(user->registers.get(i), 0x108U + i) << "r" << i;
  EXPECT_EQ(user->registers.known, 0x1ffffU) << "flags and segments are none of them";
}

TEST(UserRegisters, ThatAnNmiCouldNotReadAreUnknown) {
  std::vector<std::uint64_t> words;
  for (unsigned i = 0; i < 16; ++i) words.push_back(0x100 + i);
  words.insert(words.end(), 4, ~std::uint64_t{0});  // R12..R15
  words[1] = ~std::uint64_t{0};                     // BX
  std::vector<std::byte> bytes = bytes_of(words);
  RegisterBlock block;
  block.abi = abi::PERF_SAMPLE_REGS_ABI_64;
  block.mask = abi::kX86GprMask;
  block.words = WordView(bytes);
  const auto user = user_registers(block, abi::Arch::x86_64);
  ASSERT_TRUE(user);
  EXPECT_EQ(user->registers.known, 0x10fffU & ~(1U << 3U)) << "without rbx and r12 to r15";
  EXPECT_EQ(user->registers.get(6), 0x106U);

  words[1] = 7;  // one that holds something: all five are values
  bytes = bytes_of(words);
  block.words = WordView(bytes);
  EXPECT_EQ(user_registers(block, abi::Arch::x86_64)->registers.known, 0x1ffffU);
}

TEST(UserRegisters, OfArm64AreNumberedAsPerfDoes) {
  const Section section(abi::kArm64GprMask);
  const auto user = user_registers(section.block, abi::Arch::arm64);
  ASSERT_TRUE(user);
  EXPECT_EQ(user->ip, 0x120U);
  EXPECT_EQ(user->registers.get(30), 0x11eU) << "link register";
  EXPECT_EQ(user->registers.get(31), 0x11fU) << "stack pointer";
  const RegisterNumbers numbers = register_numbers(abi::Arch::arm64);
  EXPECT_EQ(numbers.stack_pointer, 31U);
  EXPECT_EQ(numbers.frame_pointer, 29U);
  EXPECT_EQ(numbers.link, 30U);
}

TEST(UserRegisters, WithoutInstructionOrStackPointerAreNone) {
  const Section no_ip(abi::kX86GprMask & ~(std::uint64_t{1} << abi::PERF_REG_X86_IP));
  EXPECT_FALSE(user_registers(no_ip.block, abi::Arch::x86_64));
  const Section no_stack(abi::kX86GprMask & ~(std::uint64_t{1} << abi::PERF_REG_X86_SP));
  EXPECT_FALSE(user_registers(no_stack.block, abi::Arch::x86_64));
  const Section narrow(abi::kX86GprMask, abi::PERF_SAMPLE_REGS_ABI_32);
  EXPECT_FALSE(user_registers(narrow.block, abi::Arch::x86_64));
  const Section whole(abi::kX86GprMask);
  EXPECT_FALSE(user_registers(whole.block, abi::Arch::riscv64));
  EXPECT_FALSE(user_registers(RegisterBlock{}, abi::Arch::x86_64));
}

TEST(UserRegisters, ThatAreFewerThanTheMaskSaysStayUnknown) {
  Section section(abi::kX86GprMask);
  section.block.words = WordView(std::span(section.bytes).first(3 * 8));
  EXPECT_FALSE(user_registers(section.block, abi::Arch::x86_64));
}

TEST(UserStackBytes, AreReadInsideOnly) {
  const auto stack = bytes_of({0x1122334455667788, 0x99aabbccddeeff00});
  EXPECT_EQ(read_stack(stack, 0x7000, 0x7000, 8), 0x1122334455667788U);
  EXPECT_EQ(read_stack(stack, 0x7000, 0x7008, 8), 0x99aabbccddeeff00U);
  EXPECT_EQ(read_stack(stack, 0x7000, 0x7001, 2), 0x6677U);
  EXPECT_FALSE(read_stack(stack, 0x7000, 0x6fff, 8));
  EXPECT_FALSE(read_stack(stack, 0x7000, 0x7009, 8));
  EXPECT_FALSE(read_stack(stack, 0x7000, 0x7010, 1));
  EXPECT_FALSE(read_stack(stack, 0x7000, ~std::uint64_t{0}, 8));
  EXPECT_FALSE(read_stack({}, 0x7000, 0x7000, 1));
}

}  // namespace
}  // namespace simdprof
