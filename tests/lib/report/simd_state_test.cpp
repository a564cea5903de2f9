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
