#include "lib/model/register_set.h"

#include <gtest/gtest.h>

#include <set>

namespace simdprof {
namespace {

RegisterSet with_xstate(std::uint64_t in_use) {
  RegisterSet set;
  set.xstate_in_use = in_use;
  return set;
}

TEST(RegisterSet, HasNothingUntilSomethingIsRecorded) {
  const RegisterSet set;
  EXPECT_FALSE(set.has_vectors());
  EXPECT_EQ(set.vector[0].xmm, Presence::not_recorded);
  EXPECT_EQ(set.opmask_presence, Presence::not_recorded);
  EXPECT_EQ(set.mxcsr_presence, Presence::not_recorded);
  EXPECT_EQ(set.general(0), std::nullopt);
}

TEST(RegisterSet, ARecordedZeroIsAValueAndAMissingOneIsNot) {
  RegisterSet set;
  set.gpr_present = 1U << 3U;
  EXPECT_EQ(set.general(3), 0U);
  EXPECT_EQ(set.general(2), std::nullopt);
}

TEST(RegisterSet, NumbersPastTheLastRegisterAreMissing) {
  RegisterSet set;
  set.gpr_present = ~std::uint64_t{0};
  EXPECT_TRUE(set.general(63).has_value());
  EXPECT_EQ(set.general(64), std::nullopt);
  EXPECT_EQ(set.general(4000000000U), std::nullopt);
}

TEST(VectorCount, IsEightFor32BitTasksOfX86) {
  RegisterSet set;
  set.arch = abi::Arch::x86_64;
  set.abi = 2;
  EXPECT_EQ(vector_count(set), 32U);
  for (const std::uint64_t abi : {1U, 5U}) {
    set.abi = abi;
    EXPECT_EQ(vector_count(set), 8U) << abi;
  }
  set.abi = 0;
  EXPECT_EQ(vector_count(set), 32U);
  set.arch = abi::Arch::x86_32;
  EXPECT_EQ(vector_count(set), 8U);
  set.arch = abi::Arch::arm64;
  set.abi = 1;
  EXPECT_EQ(vector_count(set), 32U);
}

TEST(WidestInUse, IsUnknownWhenTheSourceDoesNotTell) {
  EXPECT_EQ(widest_in_use(RegisterSet{}), SimdWidth::unknown);
  EXPECT_EQ(dirty_upper(RegisterSet{}), std::nullopt);
}

// Bits of XSTATE_BV: 0 x87, 1 SSE, 2 YMM_Hi128, 5 opmask, 6 ZMM_Hi256, 7 Hi16_ZMM.
TEST(WidestInUse, IsTheWidestComponentThatIsNotInInitState) {
  EXPECT_EQ(widest_in_use(with_xstate(0)), SimdWidth::none);
  EXPECT_EQ(widest_in_use(with_xstate(0x1)), SimdWidth::none);
  EXPECT_EQ(widest_in_use(with_xstate(0x2)), SimdWidth::xmm);
  EXPECT_EQ(widest_in_use(with_xstate(0x3)), SimdWidth::xmm);
  EXPECT_EQ(widest_in_use(with_xstate(0x4)), SimdWidth::ymm);
  EXPECT_EQ(widest_in_use(with_xstate(0x7)), SimdWidth::ymm);
  EXPECT_EQ(widest_in_use(with_xstate(0x47)), SimdWidth::zmm);
  EXPECT_EQ(widest_in_use(with_xstate(0x80)), SimdWidth::zmm);
}

TEST(WidestInUse, DoesNotTakeOpmaskOrProtectionKeysForVectors) {
  EXPECT_EQ(widest_in_use(with_xstate(0x22)), SimdWidth::xmm);
  EXPECT_EQ(widest_in_use(with_xstate(0x202)), SimdWidth::xmm);
}

// NT_ARM_SVE in FPSIMD layout says that the thread has no SVE state; NT_PRFPREG says nothing of it.
TEST(WidestInUse, OfArm64IsSveOnlyWhereTheThreadHasSveState) {
  RegisterSet set;
  set.arch = abi::Arch::arm64;
  set.vector_origin = Origin::regset;
  EXPECT_EQ(widest_in_use(set), SimdWidth::unknown);
  set.arm64.low = Presence::valid;
  EXPECT_EQ(widest_in_use(set), SimdWidth::neon);
  set.arm64.predicates = Presence::init;
  EXPECT_EQ(widest_in_use(set), SimdWidth::neon);
  set.arm64.predicates = Presence::valid;
  set.arm64.vector_bytes = 64;
  EXPECT_EQ(static_cast<int>(widest_in_use(set)), 512);
  EXPECT_TRUE(is_sve(widest_in_use(set)));
  set.arm64.low = set.arm64.predicates = Presence::untrusted;
  EXPECT_EQ(widest_in_use(set), SimdWidth::unknown);
}

TEST(DirtyUpper, NeedsAComponentAboveXmm) {
  EXPECT_EQ(dirty_upper(with_xstate(0x3)), false);
  EXPECT_EQ(dirty_upper(with_xstate(0x7)), true);
  EXPECT_EQ(dirty_upper(with_xstate(0x42)), true);
  EXPECT_EQ(dirty_upper(with_xstate(0x82)), true);
  EXPECT_EQ(dirty_upper(with_xstate(0x222)), false);
}

TEST(Names, TellEveryKindOfAbsenceApart) {
  std::set<std::string_view> presences;
  for (const auto p : {Presence::not_recorded, Presence::init, Presence::untrusted, Presence::valid}) {
    presences.insert(presence_name(p));
  }
  EXPECT_EQ(presences.size(), 4U);
  std::set<std::string_view> origins;
  for (const auto o : {Origin::none, Origin::gpr, Origin::pebs, Origin::pmi_xsave, Origin::xstate, Origin::frame}) {
    origins.insert(origin_name(o));
  }
  EXPECT_EQ(origins.size(), 6U);
  std::set<std::string_view> widths;
  for (const auto w : {SimdWidth::unknown, SimdWidth::none, SimdWidth::xmm, SimdWidth::ymm, SimdWidth::zmm,
                       SimdWidth::neon, SimdWidth::sve}) {
    widths.insert(simd_width_name(w));
  }
  EXPECT_EQ(widths.size(), 7U);
}

TEST(Mxcsr, BitsAreThoseOfTheArchitecture) {
  EXPECT_EQ(kMxcsrDaz, 0x40U);
  EXPECT_EQ(kMxcsrFtz, 0x8000U);
}

}  // namespace
}  // namespace simdprof
