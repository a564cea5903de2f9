#include "lib/abi/arm64_regsets.h"

#include <gtest/gtest.h>

namespace simdprof::abi {
namespace {

// By hand from SVE_PT_SIZE and its parts: a header of 16 bytes, 32 vectors, 16 predicates and FFR of an eighth of a
// vector, then FPSR and FPCR at a multiple of 16, all of it in multiples of 16.
TEST(SveLayout, IsThatOfTheKernel) {
  constexpr SveLayout shortest(16);
  EXPECT_EQ(shortest.predicate_bytes, 2U);
  EXPECT_EQ(shortest.predicates, 528U);
  EXPECT_EQ(shortest.ffr, 560U);
  EXPECT_EQ(shortest.fpsr, 576U);
  EXPECT_EQ(shortest.size, 592U);
  constexpr SveLayout usual(64);
  EXPECT_EQ(usual.predicates, 2064U);
  EXPECT_EQ(usual.ffr, 2192U);
  EXPECT_EQ(usual.fpsr, 2208U);
  EXPECT_EQ(usual.size, 2224U);
  constexpr SveLayout longest(256);
  EXPECT_EQ(longest.predicates, 8208U);
  EXPECT_EQ(longest.ffr, 8720U);
  EXPECT_EQ(longest.fpsr, 8752U);
  EXPECT_EQ(longest.size, 8768U);
}

TEST(Arm64Simd, ExistsOnArm64Alone) {
  const Arm64Simd machine = probe_arm64_simd();
#if defined(__aarch64__)
  EXPECT_EQ(machine.sve, probe_sve_vector_bytes() != 0);
#else
  EXPECT_FALSE(machine.neon);
  EXPECT_FALSE(machine.sve);
  EXPECT_EQ(probe_sve_vector_bytes(), 0U);
#endif
}

}  // namespace
}  // namespace simdprof::abi
