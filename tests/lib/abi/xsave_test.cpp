#include "lib/abi/xsave.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace simdprof::abi {
namespace {

TEST(XsaveTable, HasOnlyWhatItsMaskNames) {
  XsaveTable table;
  table.xcr0_mask = (1U << kXsaveX87) | (1U << kXsaveYmmHi128);
  EXPECT_TRUE(table.has(kXsaveX87));
  EXPECT_FALSE(table.has(kXsaveSse));
  EXPECT_TRUE(table.has(kXsaveYmmHi128));
  EXPECT_FALSE(table.has(kXsaveComponents));
  EXPECT_FALSE(table.has(200));  // past the 64 bits: no shift by it
}

#if defined(__x86_64__)

/// Whether the kernel lists a CPU flag.
bool cpu_flag(const std::string& flag) {
  std::ifstream in("/proc/cpuinfo");
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with("flags")) return (line + " ").find(" " + flag + " ") != std::string::npos;
  }
  return false;
}

class ProbeXsaveTable : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!cpu_flag("xsave")) GTEST_SKIP() << "this CPU has no XSAVE";
  }
  XsaveTable table_ = probe_xsave_table();
};

TEST_F(ProbeXsaveTable, AgreesWithTheFlagsTheKernelLists) {
  EXPECT_TRUE(table_.has(kXsaveX87));
  EXPECT_TRUE(table_.has(kXsaveSse));
  EXPECT_EQ(table_.has(kXsaveYmmHi128), cpu_flag("avx"));
  EXPECT_EQ(table_.has(kXsaveZmmHi256), cpu_flag("avx512f"));
  EXPECT_EQ(table_.has(kXsaveTileData), cpu_flag("amx_tile"));
}

TEST_F(ProbeXsaveTable, PutsTheFixedComponentsWhereTheArchitectureDoes) {
  EXPECT_EQ(table_.components[kXsaveSse].offset, 160U);
  EXPECT_EQ(table_.components[kXsaveSse].size, 256U);
  if (!table_.has(kXsaveYmmHi128)) return;
  EXPECT_EQ(table_.components[kXsaveYmmHi128].offset, 576U);
  EXPECT_EQ(table_.components[kXsaveYmmHi128].size, 256U);
}

TEST_F(ProbeXsaveTable, ComponentsLieInsideTheImageAndDoNotOverlap) {
  for (unsigned i = 2; i < kXsaveComponents; ++i) {
    const auto& one = table_.components[i];
    if (one.size == 0) continue;
    EXPECT_GE(one.offset, kXsaveHeaderEnd) << i;
    EXPECT_LE(one.offset + one.size, table_.max_bytes) << i;
    for (unsigned j = i + 1; j < kXsaveComponents; ++j) {
      const auto& other = table_.components[j];
      if (other.size == 0) continue;
      EXPECT_TRUE(one.offset + one.size <= other.offset || other.offset + other.size <= one.offset) << i << " " << j;
    }
  }
}

// The processor itself is the witness: a register is filled, XSAVE writes the image, and the value must lie where the
// table says.
__attribute__((target("avx,xsave"))) void save_with_ymm3(unsigned char* image, double low, double high) {
  const __m256d value = _mm256_set_pd(high, high, low, low);
  asm volatile(
      "vmovapd %[value], %%ymm3\n"
      "xor %%edx, %%edx\n"
      "mov $7, %%eax\n"
      "xsave (%[image])\n"
      :
      : [value] "x"(value), [image] "r"(image)
      : "eax", "edx", "xmm3", "memory");
}

TEST_F(ProbeXsaveTable, AnImageOfThisProcessorHasYmmWhereTheTableSays) {
  if (!table_.has(kXsaveYmmHi128)) GTEST_SKIP() << "this CPU has no AVX";
  alignas(64) static unsigned char image[16384];
  ASSERT_LE(table_.max_bytes, sizeof image);
  std::fill(std::begin(image), std::end(image), static_cast<unsigned char>(0));
  save_with_ymm3(image, 1.25, -3.5);
  double low = 0;
  double high = 0;
  std::copy_n(image + table_.components[kXsaveSse].offset + 3 * 16, sizeof low, reinterpret_cast<unsigned char*>(&low));
  std::copy_n(image + table_.components[kXsaveYmmHi128].offset + 3 * 16, sizeof high,
              reinterpret_cast<unsigned char*>(&high));
  EXPECT_EQ(low, 1.25);
  EXPECT_EQ(high, -3.5);
  EXPECT_NE(image[kXsaveXstateBv] & (1U << kXsaveYmmHi128), 0U);
}

#endif

}  // namespace
}  // namespace simdprof::abi
