#include "lib/capture/register_list.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

using abi::Arch;

TEST(RegisterList, NamesSetTheirBits) {
  EXPECT_EQ(parse_register_mask("ax,IP,r8,R15", Arch::x86_64), 0x810101U);
  EXPECT_EQ(parse_register_mask("pc", Arch::arm64), std::uint64_t{1} << 32U);
}

TEST(RegisterList, AllIsWhatTheKernelGives) {
  EXPECT_EQ(parse_register_mask("all", Arch::x86_64), 0xff0fffU);
  EXPECT_EQ(parse_register_mask("any", Arch::x86_64), 0xff0fffU);
  EXPECT_EQ(parse_register_mask("none", Arch::x86_64), 0U);
}

TEST(RegisterList, UnknownNamesAreRefusedWithTheirNeighbour) {
  const auto unknown = parse_register_mask("ax,flagz", Arch::x86_64);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().fact, "no register 'flagz'; did you mean 'FLAGS'?");
  EXPECT_FALSE(parse_register_mask("", Arch::x86_64));
  EXPECT_FALSE(parse_register_mask("ax,", Arch::x86_64));
  EXPECT_FALSE(parse_register_mask("ds", Arch::x86_64));  // a 64-bit kernel refuses segment registers
}

TEST(RegisterList, VectorsAreAskedForOtherwise) {
  const auto vector = parse_register_mask("xmm0", Arch::x86_64);
  ASSERT_FALSE(vector);
  EXPECT_EQ(vector.error().fact, "'xmm0' is a vector register: ask with --xmm, --ymm or --zmm");
}

TEST(RegisterList, EveryListedNameIsTaken) {
  const auto names = list_register_names(Arch::x86_64);
  EXPECT_EQ(names.size(), 20U);
  for (const std::string& name : names) EXPECT_TRUE(parse_register_mask(name, Arch::x86_64)) << name;
}

}  // namespace
}  // namespace simdprof
