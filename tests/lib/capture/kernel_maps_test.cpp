#include "lib/capture/kernel_maps.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

constexpr std::string_view kKallsyms =
    "0000000000000000 A fixed_percpu_data\n"
    "ffffffff81000000 T _stext\n"
    "ffffffff81000000 T _text\n"
    "ffffffff81000010 T secondary_startup_64\n";

TEST(KernelMaps, FindsTheKernelText) { EXPECT_EQ(find_kernel_text(kKallsyms), 0xffffffff81000000U); }

TEST(KernelMaps, AHiddenOrMissingTextIsNone) {
  EXPECT_FALSE(find_kernel_text("0000000000000000 T _text\n"));
  EXPECT_FALSE(find_kernel_text("ffffffff81000000 T _stext\n"));
  EXPECT_FALSE(find_kernel_text("ffffffff81000000 T x_text\n"));
  EXPECT_FALSE(find_kernel_text(""));
  EXPECT_FALSE(find_kernel_text("ffffffff81000000 T _text"));  // the line is not whole yet
}

TEST(KernelMaps, ReadsModules) {
  const auto modules = parse_modules(
      "xfs 1228800 1 - Live 0xffffffffc0a00000\n"
      "ext4 897024 2 jbd2,mbcache, Live 0xffffffffc0800000 (E)\n"
      "hidden 4096 0 - Live 0x0000000000000000\n"
      "short 4096 0\n");
  ASSERT_EQ(modules.size(), 2U);
  EXPECT_EQ(modules[0].name, "[ext4]");
  EXPECT_EQ(modules[0].start, 0xffffffffc0800000U);
  EXPECT_EQ(modules[0].length, 897024U);
  EXPECT_EQ(modules[1].name, "[xfs]");
}

TEST(KernelMaps, TheKernelEndsAtItsFirstModule) {
  const auto kernel = arrange_kernel(0xffffffff81000000, {{0xffffffffc0800000, 4096, 0, "[m]"}});
  ASSERT_EQ(kernel.size(), 2U);
  EXPECT_EQ(kernel[0].name, "[kernel.kallsyms]_text");
  EXPECT_EQ(kernel[0].start, 0xffffffff81000000U);
  EXPECT_EQ(kernel[0].length, 0x3f800000U);
  EXPECT_EQ(kernel[0].file_offset, 0xffffffff81000000U);
  EXPECT_EQ(kernel[1].name, "[m]");
}

TEST(KernelMaps, WithoutModulesTheKernelReachesTheEnd) {
  const auto kernel = arrange_kernel(0xffffffff81000000, {});
  ASSERT_EQ(kernel.size(), 1U);
  EXPECT_EQ(kernel[0].start + kernel[0].length, ~std::uint64_t{0});
}

}  // namespace
}  // namespace simdprof
