#include "decoders/aux/x86_branch.h"

#include <gtest/gtest.h>

#include "lib/model/aux_trace.h"
#include "tests/support/bytes.h"

namespace simdprof {
namespace {

struct Instruction {
  const char* name;
  test::Bytes bytes;
  std::uint32_t flags;
};

const std::vector<Instruction>& instructions() {
  static const std::vector<Instruction> kAll = {
      {"je rel8", test::raw({0x74, 0x10}), kAuxBranch | kAuxConditional},
      {"jg rel32", test::raw({0x0f, 0x8f, 0, 0, 0, 0}), kAuxBranch | kAuxConditional},
      {"jrcxz", test::raw({0xe3, 0x10}), kAuxBranch | kAuxConditional},
      {"jmp rel8", test::raw({0xeb, 0x10}), kAuxBranch},
      {"jmp rel32", test::raw({0xe9, 0, 0, 0, 0}), kAuxBranch},
      {"bnd jmp *mem", test::raw({0xf2, 0xff, 0x25, 0, 0, 0, 0}), kAuxBranch},
      {"notrack jmp *rax", test::raw({0x3e, 0xff, 0xe0}), kAuxBranch},
      {"call rel32", test::raw({0xe8, 0, 0, 0, 0}), kAuxBranch | kAuxCall},
      {"call *r11", test::raw({0x41, 0xff, 0xd3}), kAuxBranch | kAuxCall},
      {"ret", test::raw({0xc3}), kAuxBranch | kAuxReturn},
      {"repz ret", test::raw({0xf3, 0xc3}), kAuxBranch | kAuxReturn},
      {"syscall", test::raw({0x0f, 0x05}), kAuxBranch | kAuxCall | kAuxSyscall},
      {"sysretq", test::raw({0x48, 0x0f, 0x07}), kAuxBranch | kAuxReturn | kAuxSyscall},
      {"int3", test::raw({0xcc}), kAuxBranch | kAuxCall | kAuxInterrupt},
      {"iretq", test::raw({0x48, 0xcf}), kAuxBranch | kAuxReturn | kAuxInterrupt},
      {"nop", test::raw({0x90}), 0},
      {"push *rax", test::raw({0xff, 0x30}), 0},
      {"movzx", test::raw({0x0f, 0xb6, 0xc0}), 0},
  };
  return kAll;
}

TEST(X86Branch, FlagsAreThoseOfTheOpcode) {
  for (const Instruction& instruction : instructions()) {
    EXPECT_EQ(x86_branch_flags(instruction.bytes), instruction.flags) << instruction.name;
  }
}

TEST(X86Branch, BytesThatEndBeforeTheOpcodeAreNoBranch) {
  EXPECT_EQ(x86_branch_flags({}), 0U);
  EXPECT_EQ(x86_branch_flags(test::raw({0x0f})), 0U);
  EXPECT_EQ(x86_branch_flags(test::raw({0xff})), 0U);
  EXPECT_EQ(x86_branch_flags(test::raw({0x48})), 0U);
  EXPECT_EQ(x86_branch_flags(test::Bytes(40, std::byte{0x66})), 0U);
}

}  // namespace
}  // namespace simdprof
