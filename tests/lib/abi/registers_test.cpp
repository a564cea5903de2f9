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

TEST(RegisterName, EverySampledRegisterHasAName) {
  for (const Arch arch : {Arch::x86_64, Arch::x86_32, Arch::arm64, Arch::arm32, Arch::riscv64}) {
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
