#include "decoders/validity/kernel_ranges.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

MmapRecord kernel_map(VirtAddr start, std::uint64_t length) {
  MmapRecord map;
  map.kernel = true;
  map.start = start;
  map.length = length;
  map.path = "[kernel.kallsyms]_text";
  return map;
}

TEST(IsKernelAddress, IsTheUpperHalfWithoutTheVsyscallPage) {
  using abi::Arch;
  EXPECT_TRUE(is_kernel_address(Arch::x86_64, 0xffffffff81000000));
  EXPECT_TRUE(is_kernel_address(Arch::x86_64, 0xff11000000000000));
  EXPECT_FALSE(is_kernel_address(Arch::x86_64, 0x00007fffffffffff));
  EXPECT_FALSE(is_kernel_address(Arch::x86_64, 0xffffffffff600000));
  EXPECT_FALSE(is_kernel_address(Arch::x86_64, 0xffffffffff600fff));
  EXPECT_TRUE(is_kernel_address(Arch::x86_64, 0xffffffffff601000));
  EXPECT_TRUE(is_kernel_address(Arch::arm64, 0xffff800008000000));
  EXPECT_FALSE(is_kernel_address(Arch::s390, 0xffffffff81000000));
  EXPECT_FALSE(is_kernel_address(Arch::x86_32, 0xc0000000));
}

TEST(KernelRanges, KnowsTheDirectMapWithoutAnyRecord) {
  const KernelRanges ranges{abi::Arch::x86_64};
  EXPECT_TRUE(ranges.is_kernel_pointer(0xffff888012345678));
  EXPECT_TRUE(ranges.is_kernel_pointer(0xffff888000000000 + (1U << 20U)));
  EXPECT_TRUE(ranges.is_kernel_pointer(0xffffc90012345678));
  EXPECT_FALSE(ranges.is_kernel_pointer(0xffff887fffffffff));
  EXPECT_FALSE(ranges.is_kernel_pointer(0xffffe90000000000));
  EXPECT_FALSE(ranges.is_kernel_pointer(0xffffffff81234567)) << "no mapping was told";
  EXPECT_FALSE(KernelRanges{abi::Arch::arm64}.is_kernel_pointer(0xffff888012345678));
}

RegisterSet kernel_registers(std::uint64_t stack, std::uint64_t first, std::uint64_t second) {
  RegisterSet intr;
  intr.gpr[0] = first;
  intr.gpr[5] = second;
  intr.gpr[7] = stack;
  intr.gpr_present = 0b10100001;
  return intr;
}

TEST(KernelRanges, KernelStacksTellWhereDataIsWithFiveLevelPaging) {
  constexpr std::uint64_t kStack = 0xff4739d2c055bf30, kData = 0xff2384d9c1260000;
  KernelRanges ranges{abi::Arch::x86_64};
  EXPECT_FALSE(ranges.is_kernel_pointer(kData));
  ranges.observe_kernel_hit(kernel_registers(kStack, kData, 5));
  EXPECT_TRUE(ranges.is_kernel_pointer(kStack + 0x1000));
  EXPECT_FALSE(ranges.is_kernel_pointer(kData)) << "one register can hold anything";
  ranges.observe_kernel_hit(kernel_registers(kStack, 0, kData + 0x2000000));
  EXPECT_TRUE(ranges.is_kernel_pointer(kData));
  EXPECT_FALSE(ranges.is_kernel_pointer(kData + (std::uint64_t{1} << 40U))) << "another terabyte";
}

TEST(KernelRanges, RegistersOfAFourLevelKernelTellNothing) {
  constexpr std::uint64_t kPacked = 0xff2384d9c1260000;  // four 16-bit integers
  KernelRanges ranges{abi::Arch::x86_64};
  for (int i = 0; i < 4; ++i) ranges.observe_kernel_hit(kernel_registers(0xffffc90012345678, kPacked, kPacked));
  EXPECT_FALSE(ranges.is_kernel_pointer(kPacked));
  EXPECT_FALSE(ranges.is_kernel_pointer(0xff4739d2c055bf30));
}

TEST(KernelRanges, NumbersOfAnotherArchitectureAreNoTerabytes) {
  KernelRanges ranges{abi::Arch::arm64};
  ranges.observe_kernel_hit(kernel_registers(0xff4739d2c055bf30, 0, 0));
  EXPECT_FALSE(ranges.is_kernel_pointer(0xff4739d2c055bf30));
}

TEST(KernelRanges, KnowsTextAndModulesFromTheirMappings) {
  KernelRanges ranges{abi::Arch::x86_64};
  ranges.observe(kernel_map(0xffffffff81000000, 0x1000000));
  EXPECT_TRUE(ranges.is_kernel_pointer(0xffffffff81000000));
  EXPECT_TRUE(ranges.is_kernel_pointer(0xffffffff81ffffff));
  EXPECT_FALSE(ranges.is_kernel_pointer(0xffffffff82000000));
  EXPECT_FALSE(ranges.is_kernel_pointer(0xffffffff80ffffff));
}

TEST(KernelRanges, AMappingToTheEndOfMemoryIsCut) {
  KernelRanges ranges{abi::Arch::x86_64};
  ranges.observe(kernel_map(0xffffffff81000000, ~std::uint64_t{0}));
  EXPECT_TRUE(ranges.is_kernel_pointer(0xffffffff82000000));
  EXPECT_FALSE(ranges.is_kernel_pointer(0xffffffff90000000));
}

TEST(KernelRanges, IntegersAreNoAddresses) {
  KernelRanges ranges{abi::Arch::x86_64};
  ranges.observe(kernel_map(0xffffffff81000000, 0x1000000));
  EXPECT_FALSE(ranges.is_kernel_pointer(~std::uint64_t{0}));
  EXPECT_FALSE(ranges.is_kernel_pointer(static_cast<std::uint64_t>(-1000)));
  EXPECT_FALSE(ranges.is_kernel_pointer(0xffff9c40ffff9c40)) << "two 32-bit -25536";
  EXPECT_FALSE(ranges.is_kernel_pointer(0xffff9c4000000007)) << "-25536 and 7";
  EXPECT_FALSE(ranges.is_kernel_pointer(0x3ff0000000000000));
  EXPECT_FALSE(ranges.is_kernel_pointer(0xfff8000000000000)) << "a NaN";
}

TEST(KernelRanges, MappingsOfProcessesSayNothing) {
  KernelRanges ranges{abi::Arch::x86_64};
  MmapRecord map = kernel_map(0xffffffff81000000, 0x1000000);
  map.kernel = false;
  ranges.observe(map);
  EXPECT_FALSE(ranges.is_kernel_pointer(0xffffffff81000000));
  ranges.observe(kernel_map(0, ~std::uint64_t{0}));
  EXPECT_FALSE(ranges.is_kernel_pointer(0xfffff00000000000));
}

}  // namespace
}  // namespace simdprof
