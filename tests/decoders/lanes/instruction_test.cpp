#include "decoders/lanes/instruction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace simdprof {
namespace {

using abi::Arch;

/// Bytes as the manuals write them: "c4 e2 fd 98 d1".
std::vector<std::byte> code(const std::string& digits) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 3) {
    bytes.push_back(static_cast<std::byte>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::string text_of(Arch arch, VirtAddr address, const std::string& digits) {
  TextBuffer out;
  append_instruction(out, arch, address, code(digits));
  return fmt::to_string(out);
}

struct Case {
  Arch arch;
  const char* digits;
  unsigned length;
  const char* text;  ///< as binutils writes it, but for blanks after commas
};

// Encodings by hand from the Intel SDM, volume 2.
const std::array kCases = {
    Case{Arch::x86_64, "90", 1, "nop"},
    Case{Arch::x86_64, "c3", 1, "ret"},
    Case{Arch::x86_64, "0f 58 c1", 3, "addps %xmm1, %xmm0"},
    Case{Arch::x86_64, "c5 f4 58 c2", 4, "vaddps %ymm2, %ymm1, %ymm0"},
    Case{Arch::x86_64, "c4 e2 fd 98 d1", 5, "vfmadd132pd %ymm1, %ymm0, %ymm2"},
    Case{Arch::x86_64, "62 f1 6c 48 58 cb", 6, "vaddps %zmm3, %zmm2, %zmm1"},
    // A branch is shown by where it goes: 0x401000 + 2 + 0x10.
    Case{Arch::x86_64, "eb 10", 2, "jmp 0x0000000000401012"},
    // The same bytes are one instruction in 64-bit code and another, and shorter one, in 32-bit code.
    Case{Arch::x86_64, "48 31 c0", 3, "xor %rax, %rax"},
    Case{Arch::x86_32, "48 31 c0", 1, "dec %eax"},
    Case{Arch::x86_32, "62 f1 6c 48 58 cb", 6, "vaddps %zmm3, %zmm2, %zmm1"},
};

class Instructions : public testing::Test {
 protected:
  void SetUp() override {
    if (instruction_knowledge(Arch::x86_64) == InstructionKnowledge::none) GTEST_SKIP() << "built without Zydis";
  }
};

TEST_F(Instructions, AreDecodedInBothModes) {
  for (const Case& one : kCases) {
    EXPECT_EQ(instruction_length(one.arch, code(one.digits)), one.length) << one.digits;
    EXPECT_EQ(text_of(one.arch, 0x401000, one.digits), one.text) << one.digits;
  }
}

TEST_F(Instructions, WhatFollowsIsLeftAlone) {
  EXPECT_EQ(instruction_length(Arch::x86_64, code("c5 f4 58 c2 ff ff ff ff ff ff ff ff ff ff ff")), 4U);
  EXPECT_EQ(text_of(Arch::x86_64, 0, "c3 ff ff"), "ret");
}

TEST_F(Instructions, CutOffAnywhereThereIsNone) {
  for (const Case& one : kCases) {
    const auto bytes = code(one.digits);
    for (std::size_t size = 0; size < one.length; ++size) {
      const auto cut = std::span(bytes).first(size);
      EXPECT_EQ(instruction_length(one.arch, cut), 0U) << one.digits << " cut to " << size;
      TextBuffer out;
      append_instruction(out, one.arch, 0, cut);
      EXPECT_EQ(out.size(), 0U) << one.digits << " cut to " << size;
    }
  }
}

TEST_F(Instructions, BytesThatAreNoneHaveNoLength) {
  EXPECT_EQ(instruction_length(Arch::x86_64, code("06")), 0U) << "push %es is 32-bit code";
  EXPECT_EQ(instruction_length(Arch::x86_32, code("06")), 1U);
  EXPECT_EQ(instruction_length(Arch::x86_64, std::vector<std::byte>(15, std::byte{0x66})), 0U) << "prefixes alone";
  EXPECT_EQ(text_of(Arch::x86_64, 0, "06"), "");
}

TEST_F(Instructions, TheLibraryIsNamed) { EXPECT_THAT(instruction_library(), testing::StartsWith("Zydis 4.")); }

TEST(Instruction, OfArm64AreFourBytes) {
  EXPECT_EQ(instruction_length(Arch::arm64, code("1f 20 03 d5")), 4U);
  EXPECT_EQ(instruction_length(Arch::arm64, code("1f 20 03")), 0U);
  EXPECT_EQ(text_of(Arch::arm64, 0, "1f 20 03 d5"), "");
  EXPECT_EQ(instruction_knowledge(Arch::arm64), InstructionKnowledge::length);
}

TEST(Instruction, OfOtherMachinesAreNotKnown) {
  for (const Arch arch : {Arch::unknown, Arch::arm32, Arch::riscv64, Arch::ppc64, Arch::s390}) {
    EXPECT_EQ(instruction_knowledge(arch), InstructionKnowledge::none);
    EXPECT_EQ(instruction_length(arch, code("90 90 90 90")), 0U);
  }
}

}  // namespace
}  // namespace simdprof
