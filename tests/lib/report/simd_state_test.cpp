#include "lib/report/simd_state.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

constexpr std::uint64_t kSse = 1U << 1U, kYmm = 1U << 2U, kZmmHi256 = 1U << 6U;

RegisterSets user_state(std::uint64_t in_use, std::uint32_t mxcsr) {
  RegisterSets sets;
  sets.user.xstate_in_use = in_use;
  sets.user.mxcsr = mxcsr;
  sets.user.mxcsr_presence = Presence::valid;
  return sets;
}

Sample hit(CpuMode mode) {
  Sample sample;
  sample.mode = mode;
  return sample;
}

TEST(SimdStateOfSample, IsTheUserSetsOfAUserHit) {
  const SimdState state = simd_state(hit(CpuMode::user), user_state(kSse | kYmm, 0x8000 | 0x1f80));
  EXPECT_EQ(state.widest, SimdWidth::ymm);
  EXPECT_TRUE(state.dirty_upper);
  EXPECT_TRUE(state.mxcsr_recorded);
  EXPECT_TRUE(state.ftz);
  EXPECT_FALSE(state.daz);
}

TEST(SimdStateOfSample, OfKernelAndGuestHitsIsNotRecorded) {
  for (const CpuMode mode : {CpuMode::kernel, CpuMode::hypervisor, CpuMode::guest_kernel, CpuMode::guest_user}) {
    const SimdState state = simd_state(hit(mode), user_state(kSse | kYmm, 0xffff));
    EXPECT_EQ(state.widest, SimdWidth::unknown);
    EXPECT_FALSE(state.mxcsr_recorded);
  }
}

TEST(SimdStateOfSample, OfALateImageIsNotRecorded) {
  RegisterSets sets = user_state(kSse | kYmm, 0xffff);
  sets.image_late = true;
  EXPECT_EQ(simd_state(hit(CpuMode::user), sets).widest, SimdWidth::unknown);
  EXPECT_FALSE(simd_state(hit(CpuMode::user), sets).mxcsr_recorded);
}

TEST(SimdStateOfSample, NeverTakesTheInterruptSetForAMissingUserSet) {
  RegisterSets sets;
  sets.intr = user_state(kSse | kZmmHi256, 0xffff).user;
  EXPECT_EQ(simd_state(hit(CpuMode::user), sets).widest, SimdWidth::unknown);
}

TEST(SimdStateOfSample, KnowsMxcsrInInitState) {
  RegisterSets sets = user_state(0, 0);
  sets.user.mxcsr_presence = Presence::init;
  const SimdState state = simd_state(hit(CpuMode::user), sets);
  EXPECT_EQ(state.widest, SimdWidth::none);
  EXPECT_TRUE(state.mxcsr_recorded);
  EXPECT_FALSE(state.ftz);
}

TEST(SimdStateOfSample, DoesNotCountAnUntrustedMxcsr) {
  RegisterSets sets = user_state(kSse, 0xffff);
  sets.user.mxcsr_presence = Presence::untrusted;
  EXPECT_FALSE(simd_state(hit(CpuMode::user), sets).mxcsr_recorded);
}

RegisterSets arm64_state(unsigned vector_bytes, Presence predicates) {
  RegisterSets sets;
  sets.user.arch = abi::Arch::arm64;
  sets.user.vector_origin = Origin::regset;
  sets.user.arm64.vector_bytes = vector_bytes;
  sets.user.arm64.low = Presence::valid;
  sets.user.arm64.predicates = predicates;
  return sets;
}

TEST(SimdStateOfSample, OfArm64HasTheVectorLengthInBits) {
  const SimdState in_use = simd_state(hit(CpuMode::user), arm64_state(64, Presence::valid));
  EXPECT_EQ(static_cast<int>(in_use.widest), 512);
  EXPECT_EQ(in_use.sve_bits, 512U);
  const SimdState init = simd_state(hit(CpuMode::user), arm64_state(64, Presence::init));
  EXPECT_EQ(init.widest, SimdWidth::neon);
  EXPECT_EQ(init.sve_bits, 512U);
  const SimdState neon_alone = simd_state(hit(CpuMode::user), arm64_state(0, Presence::not_recorded));
  EXPECT_EQ(neon_alone.widest, SimdWidth::neon);
  EXPECT_EQ(neon_alone.sve_bits, 0U);
  EXPECT_FALSE(neon_alone.mxcsr_recorded);
  const SimdState kernel = simd_state(hit(CpuMode::kernel), arm64_state(64, Presence::valid));
  EXPECT_EQ(kernel.widest, SimdWidth::unknown);
  EXPECT_EQ(kernel.sve_bits, 0U);
}

TEST(SimdTally, CountsSveByItsVectorLength) {
  SimdTally tally, sum;
  for (const unsigned bytes : {16U, 64U, 64U, 256U}) {
    tally.add(simd_state(hit(CpuMode::user), arm64_state(bytes, Presence::valid)));
  }
  tally.add(simd_state(hit(CpuMode::user), arm64_state(64, Presence::init)));
  tally.add(simd_state(hit(CpuMode::user), arm64_state(0, Presence::not_recorded)));
  sum.add(tally);
  sum.add(tally);
  EXPECT_EQ(sum.recorded, 12U);
  EXPECT_EQ(sum.neon, 4U);
  EXPECT_EQ(sum.sve[0].in_use, 2U);   // 128 bits
  EXPECT_EQ(sum.sve[3].in_use, 4U);   // 512
  EXPECT_EQ(sum.sve[15].in_use, 2U);  // 2048
  EXPECT_EQ(sum.sve[3].recorded, 6U);
  EXPECT_EQ(sum.all_sve().in_use, 8U);
  EXPECT_EQ(sum.all_sve().recorded, 10U);
  EXPECT_EQ(sum.arm64_recorded(), 12U);
}

TEST(SimdTally, CountsWhatIsRecordedAndNothingElse) {
  SimdTally tally;
  for (const SimdWidth width :
       {SimdWidth::none, SimdWidth::xmm, SimdWidth::xmm, SimdWidth::ymm, SimdWidth::zmm, SimdWidth::unknown}) {
    SimdState state;
    state.widest = width;
    state.dirty_upper = true;  // of the unknown one too: it must not count
    tally.add(state);
  }
  EXPECT_EQ(tally.recorded, 5U);
  EXPECT_EQ(tally.none, 1U);
  EXPECT_EQ(tally.xmm, 2U);
  EXPECT_EQ(tally.ymm, 1U);
  EXPECT_EQ(tally.zmm, 1U);
  EXPECT_EQ(tally.dirty_upper, 5U);
  EXPECT_EQ(tally.mxcsr_recorded, 0U);
}

TEST(SimdTally, AddsUp) {
  SimdState state;
  state.widest = SimdWidth::zmm;
  state.mxcsr_recorded = state.ftz = state.daz = true;
  SimdTally one, sum;
  one.add(state);
  sum.add(one);
  sum.add(one);
  EXPECT_EQ(sum.recorded, 2U);
  EXPECT_EQ(sum.zmm, 2U);
  EXPECT_EQ(sum.mxcsr_recorded, 2U);
  EXPECT_EQ(sum.ftz, 2U);
  EXPECT_EQ(sum.daz, 2U);
}

}  // namespace
}  // namespace simdprof
