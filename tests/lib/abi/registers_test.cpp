#include "lib/abi/registers.h"

#include <gtest/gtest.h>

#include <bit>
#include <string>

namespace simdprof::abi {
namespace {

TEST(RegisterName, FollowsTheKernelsNumbersNotTheHardwares) {
  EXPECT_EQ(register_name(Arch::x86_64, 0), "AX");
  EXPECT_EQ(register_name(Arch::x86_64, 1), "BX");
  EXPECT_EQ(register_name(Arch::x86_64, 4), "SI");
  EXPECT_EQ(register_name(Arch::x86_64, 7), "SP");
  EXPECT_EQ(register_name(Arch::x86_64, 8), "IP");
  EXPECT_EQ(register_name(Arch::x86_64, 9), "FLAGS");
  EXPECT_EQ(register_name(Arch::x86_64, 16), "R8");
  EXPECT_EQ(register_name(Arch::x86_64, 23), "R15");
}

TEST(RegisterName, BitsFromTwentyFourOnMeanSomethingInTheSimdAbiOnly) {
  EXPECT_EQ(register_name(Arch::x86_64, 24), "");
  EXPECT_EQ(register_name(Arch::x86_64, 40), "");
  EXPECT_EQ(register_name(Arch::x86_64, 24, true), "R16");
  EXPECT_EQ(register_name(Arch::x86_64, 39, true), "R31");
  EXPECT_EQ(register_name(Arch::x86_64, 40, true), "SSP");
  EXPECT_EQ(register_name(Arch::x86_64, 41, true), "");
  EXPECT_EQ(register_name(Arch::x86_64, 23, true), "R15");
}

TEST(RegisterName, KnowsOtherArchitecturesAndRefusesNumbersPastTheirs) {
  EXPECT_EQ(register_name(Arch::arm64, 0), "x0");
  EXPECT_EQ(register_name(Arch::arm64, 31), "sp");
  EXPECT_EQ(register_name(Arch::arm64, 32), "pc");
  EXPECT_EQ(register_name(Arch::arm64, 33), "");
  EXPECT_EQ(register_name(Arch::arm32, 15), "pc");
  EXPECT_EQ(register_name(Arch::riscv64, 0), "pc");
  EXPECT_EQ(register_name(Arch::unknown, 0), "");
  EXPECT_EQ(register_name(Arch::x86_64, 4000000000U), "");
}

TEST(RegisterName, OfPowerFollowsTheKernelsOrder) {
  EXPECT_EQ(register_name(Arch::ppc64, 0), "r0");
  EXPECT_EQ(register_name(Arch::ppc64, 31), "r31");
  EXPECT_EQ(register_name(Arch::ppc64, 32), "nip");
  EXPECT_EQ(register_name(Arch::ppc64, 34), "orig_r3");
  EXPECT_EQ(register_name(Arch::ppc64, 36), "link");
  EXPECT_EQ(register_name(Arch::ppc64, 39), "softe");
  EXPECT_EQ(register_name(Arch::ppc64, PERF_REG_POWERPC_MMCRA), "mmcra");
  EXPECT_EQ(register_name(Arch::ppc64, 45), "mmcr0");
  EXPECT_EQ(register_name(Arch::ppc64, 51), "pmc1");
  EXPECT_EQ(register_name(Arch::ppc64, 58), "siar");
  EXPECT_EQ(register_name(Arch::ppc64, 59), "");
}

TEST(RegisterName, OfS390HasFloatingPointRegistersBetween) {
  EXPECT_EQ(register_name(Arch::s390, 15), "R15");
  EXPECT_EQ(register_name(Arch::s390, PERF_REG_S390_FP0), "FP0");
  EXPECT_EQ(register_name(Arch::s390, 31), "FP15");
  EXPECT_EQ(register_name(Arch::s390, 32), "MASK");
  EXPECT_EQ(register_name(Arch::s390, 33), "PC");
  EXPECT_EQ(register_name(Arch::s390, 34), "");
}

TEST(RegisterName, OfTheOthersFollowsTheKernelsOrder) {
  EXPECT_EQ(register_name(Arch::arm64, PERF_REG_ARM64_VG), "vg");
  EXPECT_EQ(register_name(Arch::arm64, 45), "");
  EXPECT_EQ(register_name(Arch::arm64, 47), "");
  EXPECT_EQ(register_name(Arch::arm32, 10), "r10");
  EXPECT_EQ(register_name(Arch::arm32, 11), "fp");
  EXPECT_EQ(register_name(Arch::arm32, 12), "ip");
  EXPECT_EQ(register_name(Arch::arm32, 14), "lr");
  EXPECT_EQ(register_name(Arch::riscv64, 1), "ra");
  EXPECT_EQ(register_name(Arch::riscv64, 8), "s0");
  EXPECT_EQ(register_name(Arch::riscv64, 10), "a0");
  EXPECT_EQ(register_name(Arch::riscv64, 18), "s2");
  EXPECT_EQ(register_name(Arch::riscv64, 31), "t6");
  EXPECT_EQ(register_name(Arch::x86_32, 12), "DS");
  EXPECT_EQ(register_name(Arch::x86_32, 15), "GS");
}

TEST(RegisterName, EverySampledRegisterHasAName) {
  for (const Arch arch :
       {Arch::x86_64, Arch::x86_32, Arch::arm64, Arch::arm32, Arch::riscv64, Arch::ppc64, Arch::s390}) {
    for (unsigned number = 0; number < 64; ++number) {
      if (((gpr_mask(arch) >> number) & 1U) == 0) continue;
      EXPECT_FALSE(register_name(arch, number).empty()) << static_cast<int>(arch) << " " << number;
    }
  }
}

TEST(GprMask, OnSixtyFourBitX86LeavesOutTheSegmentsThatTheKernelRefuses) {
  EXPECT_EQ(gpr_mask(Arch::x86_64), 0xff0fffU);
  EXPECT_EQ(std::popcount(gpr_mask(Arch::x86_64)), 20);
  EXPECT_EQ(gpr_mask(Arch::x86_64) & kX86LegacyXmmMask, 0U);
  EXPECT_EQ(gpr_mask(Arch::x86_64) & kX86SimdGprMask, 0U);
  EXPECT_EQ(std::popcount(kX86SimdGprMask), 17);
  EXPECT_EQ(std::popcount(kX86LegacyXmmMask), 32);
}

TEST(InstructionPointer, IsNamedSoInEveryArchitecture) {
  EXPECT_EQ(register_name(Arch::x86_64, ip_register(Arch::x86_64)), "IP");
  EXPECT_EQ(register_name(Arch::x86_64, sp_register(Arch::x86_64)), "SP");
  EXPECT_EQ(register_name(Arch::arm64, ip_register(Arch::arm64)), "pc");
  EXPECT_EQ(register_name(Arch::arm64, sp_register(Arch::arm64)), "sp");
  EXPECT_EQ(register_name(Arch::arm32, ip_register(Arch::arm32)), "pc");
  EXPECT_EQ(register_name(Arch::arm32, sp_register(Arch::arm32)), "sp");
  EXPECT_EQ(register_name(Arch::riscv64, ip_register(Arch::riscv64)), "pc");
  EXPECT_EQ(register_name(Arch::riscv64, sp_register(Arch::riscv64)), "sp");
  EXPECT_EQ(register_name(Arch::ppc64, ip_register(Arch::ppc64)), "nip");
  EXPECT_EQ(register_name(Arch::ppc64, sp_register(Arch::ppc64)), "r1");
  EXPECT_EQ(register_name(Arch::s390, ip_register(Arch::s390)), "PC");
  EXPECT_EQ(register_name(Arch::s390, sp_register(Arch::s390)), "R15");
}

TEST(ParseArch, TakesTheNamesOfUname) {
  EXPECT_EQ(parse_arch("x86_64"), Arch::x86_64);
  EXPECT_EQ(parse_arch("i686"), Arch::x86_32);
  EXPECT_EQ(parse_arch("aarch64"), Arch::arm64);
  EXPECT_EQ(parse_arch("armv7l"), Arch::arm32);
  EXPECT_EQ(parse_arch("riscv64"), Arch::riscv64);
  EXPECT_EQ(parse_arch("ppc64le"), Arch::ppc64);
  EXPECT_EQ(parse_arch("s390x"), Arch::s390);
  EXPECT_EQ(parse_arch("alpha"), Arch::unknown);
  EXPECT_EQ(parse_arch(""), Arch::unknown);
}

}  // namespace
}  // namespace simdprof::abi
