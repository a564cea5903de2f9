#include "decoders/lanes/register_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace simdprof {
namespace {

using abi::Arch;

std::string name_of(Arch arch, RegisterRef ref) {
  TextBuffer out;
  append_register_name(out, arch, ref);
  return fmt::to_string(out);
}

TEST(RegisterName, IsTheNameOfAssembly) {
  EXPECT_EQ(name_of(Arch::x86_64, {RegisterClass::gpr, abi::PERF_REG_X86_AX}), "rax");
  EXPECT_EQ(name_of(Arch::x86_64, {RegisterClass::gpr, abi::PERF_REG_X86_IP}), "rip");
  EXPECT_EQ(name_of(Arch::x86_64, {RegisterClass::gpr, abi::PERF_REG_X86_FLAGS}), "rflags");
  EXPECT_EQ(name_of(Arch::x86_64, {RegisterClass::gpr, abi::PERF_REG_X86_CS}), "cs");
  EXPECT_EQ(name_of(Arch::x86_64, {RegisterClass::gpr, abi::PERF_REG_X86_R15}), "r15");
  EXPECT_EQ(name_of(Arch::x86_64, {RegisterClass::gpr, 24}), "r16");
  EXPECT_EQ(name_of(Arch::x86_64, {RegisterClass::gpr, 40}), "ssp");
  EXPECT_EQ(name_of(Arch::arm64, {RegisterClass::gpr, 29}), "x29");
  EXPECT_EQ(name_of(Arch::x86_64, {RegisterClass::zmm, 31}), "zmm31");
  EXPECT_EQ(name_of(Arch::x86_64, {RegisterClass::opmask, 7}), "k7");
  EXPECT_EQ(name_of(Arch::x86_64, {RegisterClass::mxcsr, 0}), "mxcsr");
}

TEST(RegisterName, Of32BitX86BeginsWithE) {
  EXPECT_EQ(name_of(Arch::x86_32, {RegisterClass::gpr, abi::PERF_REG_X86_AX}), "eax");
  EXPECT_EQ(name_of(Arch::x86_32, {RegisterClass::gpr, abi::PERF_REG_X86_IP}), "eip");
  EXPECT_EQ(name_of(Arch::x86_32, {RegisterClass::gpr, abi::PERF_REG_X86_FLAGS}), "eflags");
  EXPECT_EQ(name_of(Arch::x86_32, {RegisterClass::gpr, 15}), "gs");
}

TEST(RegisterName, OfOtherArchitecturesIsTheirOwn) {
  EXPECT_EQ(name_of(Arch::arm32, {RegisterClass::gpr, 11}), "fp");
  EXPECT_EQ(name_of(Arch::arm64, {RegisterClass::gpr, abi::PERF_REG_ARM64_VG}), "vg");
  EXPECT_EQ(name_of(Arch::riscv64, {RegisterClass::gpr, 10}), "a0");
  EXPECT_EQ(name_of(Arch::ppc64, {RegisterClass::gpr, abi::PERF_REG_POWERPC_NIP}), "nip");
  EXPECT_EQ(name_of(Arch::s390, {RegisterClass::gpr, abi::PERF_REG_S390_FP0}), "fp0");
}

TEST(RegisterName, ARegisterWithoutANameIsNumbered) {
  EXPECT_EQ(name_of(Arch::unknown, {RegisterClass::gpr, 3}), "reg3");
  EXPECT_EQ(name_of(Arch::x86_64, {RegisterClass::gpr, 63}), "reg63");
}

TEST(ParseRegister, ReadsEveryNameItWrites) {
  for (unsigned number = 0; number <= 40; ++number) {
    const RegisterRef ref{RegisterClass::gpr, number};
    const auto parsed = parse_register(name_of(Arch::x86_64, ref), Arch::x86_64);
    ASSERT_TRUE(parsed) << number;
    EXPECT_EQ(*parsed, ref) << number;
  }
  for (const Arch arch : {Arch::x86_32, Arch::arm64, Arch::arm32, Arch::riscv64, Arch::ppc64, Arch::s390}) {
    for (unsigned number = 0; number < 64; ++number) {
      if (((abi::gpr_mask(arch) >> number) & 1U) == 0) continue;
      const RegisterRef ref{RegisterClass::gpr, number};
      EXPECT_EQ(parse_register(name_of(arch, ref), arch).value(), ref) << name_of(arch, ref);
    }
  }
}

TEST(ParseRegister, TakesEitherCaseAndTheKernelToolsNames) {
  const RegisterRef rax{RegisterClass::gpr, abi::PERF_REG_X86_AX};
  for (const char* name : {"rax", "RAX", "eax", "ax", "AX"}) {
    const auto parsed = parse_register(name, Arch::x86_64);
    ASSERT_TRUE(parsed) << name;
    EXPECT_EQ(*parsed, rax) << name;
  }
  EXPECT_EQ(parse_register("XMM15", Arch::x86_64).value(), (RegisterRef{RegisterClass::xmm, 15}));
  EXPECT_EQ(parse_register("x0", Arch::arm64).value(), (RegisterRef{RegisterClass::gpr, 0}));
}

TEST(ParseRegister, RefusesWhatIsNoRegister) {
  for (const char* name : {"", "xmm", "xmm32", "xmm-1", "xmm1x", "zmm99999999999", "k8", "k", "rr8", "ecs", "r32",
                           "foo", "xmm0 ", "mxcsr0"}) {
    const auto parsed = parse_register(name, Arch::x86_64);
    ASSERT_FALSE(parsed) << name;
    EXPECT_EQ(parsed.error().code, Errc::usage) << name;
  }
}

TEST(ParseRegisterList, KeepsTheOrderOfTheList) {
  const auto list = parse_register_list("xmm7,k1,rax,mxcsr", Arch::x86_64);
  ASSERT_TRUE(list);
  EXPECT_THAT(*list, testing::ElementsAre(RegisterRef{RegisterClass::xmm, 7}, RegisterRef{RegisterClass::opmask, 1},
                                          RegisterRef{RegisterClass::gpr, 0}, RegisterRef{RegisterClass::mxcsr, 0}));
}

TEST(ParseRegisterList, RefusesEmptyItems) {
  for (const char* list : {"", ",", "xmm0,", ",xmm0", "xmm0,,xmm1"})
    EXPECT_FALSE(parse_register_list(list, Arch::x86_64));
}

}  // namespace
}  // namespace simdprof
