#include "lib/capture/probe_kernel.h"

#include <gtest/gtest.h>

#include "tests/lib/capture/fake_kernel.h"

namespace simdprof {
namespace {

using test::FakeKernel;
using Abi = VectorGrant::Abi;

abi::EventAttr base() {
  abi::EventAttr attr;
  attr.size = 128;
  attr.sample_regs_user = attr.sample_regs_intr = 0xff0fff;
  return attr;
}

KernelProbe probe(FakeKernel& kernel, const VectorPlan& wanted = {}) {
  return probe_kernel_vectors(base(), wanted, {0, -1}, kernel.opener());
}

std::vector<std::string> tried(const KernelProbe& probe) {
  std::vector<std::string> lines;
  for (const VectorTrial& trial : probe.trials) lines.push_back(trial.what);
  return lines;
}

TEST(ProbeKernel, TakesTheWidestThatTheSimdAbiGives) {
  FakeKernel kernel{test::simd_kernel(8, true), {}};
  const auto found = probe(kernel);
  EXPECT_EQ(found.grant.abi, Abi::simd);
  EXPECT_EQ(found.grant.vector_qwords, 8U);
  EXPECT_TRUE(found.grant.user && found.grant.intr && found.grant.user_opmask && found.grant.intr_opmask);
  EXPECT_EQ(render_vector_grant(found.grant), "user XMM YMM ZMM and opmask, interrupt XMM YMM ZMM and opmask");
}

TEST(ProbeKernel, GoesDownTheWidthsAndKeepsEachRefusal) {
  FakeKernel kernel{test::simd_kernel(4, false), {}};
  const auto found = probe(kernel);
  EXPECT_EQ(found.grant.vector_qwords, 4U);
  EXPECT_FALSE(found.grant.user_opmask);
  EXPECT_EQ(tried(found), (std::vector<std::string>{"SIMD ABI, user set, zmm", "SIMD ABI, user set, ymm",
                                                    "SIMD ABI, user set, opmask", "SIMD ABI, interrupt set, zmm",
                                                    "SIMD ABI, interrupt set, ymm", "SIMD ABI, interrupt set, opmask",
                                                    "SIMD ABI, user XMM YMM, interrupt XMM YMM"}));
  EXPECT_EQ(found.trials[0].error_number, EINVAL);
  EXPECT_EQ(found.trials[0].meaning, "this PMU refuses these registers");
  EXPECT_EQ(found.trials[1].error_number, 0);
}

TEST(ProbeKernel, AsksOnlyForWhatIsWanted) {
  FakeKernel kernel{test::simd_kernel(8, true), {}};
  const auto found = probe(kernel, {true, false, false, false});
  EXPECT_EQ(found.grant.vector_qwords, 2U);
  EXPECT_FALSE(found.grant.user_opmask);
  for (const abi::EventAttr& attr : kernel.asked) EXPECT_LE(attr.sample_simd_vec_reg_qwords, 2U);
}

TEST(ProbeKernel, AnOldKernelIsAskedOnceAboutTheSimdAbi) {
  FakeKernel kernel{test::pebs_kernel, {}};
  const auto found = probe(kernel);
  EXPECT_EQ(tried(found), (std::vector<std::string>{"SIMD ABI, user set, zmm", "legacy XMM bits, both sets",
                                                    "legacy XMM bits, user set", "legacy XMM bits, interrupt set",
                                                    "legacy XMM bits, interrupt set, precise user hits"}));
  EXPECT_EQ(found.trials[0].error_number, E2BIG);
  EXPECT_EQ(found.trials[0].meaning, "this kernel is too old for these fields of perf_event_attr");
  EXPECT_EQ(found.grant.abi, Abi::legacy);
  EXPECT_FALSE(found.grant.user);
  EXPECT_TRUE(found.grant.intr && found.grant.needs_precise && found.grant.excludes_kernel);
}

TEST(ProbeKernel, LegacyBitsInBothSetsAreTheFirstLegacyRung) {
  FakeKernel kernel{[](const abi::EventAttr& attr) { return attr.sample_simd_regs_enabled != 0 ? E2BIG : 0; }, {}};
  const auto found = probe(kernel);
  EXPECT_EQ(found.grant.abi, Abi::legacy);
  EXPECT_TRUE(found.grant.user && found.grant.intr);
  EXPECT_FALSE(found.grant.needs_precise || found.grant.excludes_kernel);
  EXPECT_EQ(found.trials.size(), 2U);
}

TEST(ProbeKernel, ASoftwareEventGivesNothingInAnyForm) {
  FakeKernel kernel{test::software_kernel, {}};
  const auto found = probe(kernel);
  EXPECT_EQ(found.grant.abi, Abi::none);
  EXPECT_EQ(found.trials.size(), 12U);
  for (const VectorTrial& trial : found.trials) {
    EXPECT_EQ(trial.error_number, EOPNOTSUPP) << trial.what;
    EXPECT_EQ(trial.meaning, "this PMU takes no extended registers");
  }
}

TEST(ProbeKernel, WhenBothSetsAreTooLongTheUserSetStays) {
  FakeKernel kernel{[](const abi::EventAttr& attr) {
                      return attr.sample_simd_vec_reg_user != 0 && attr.sample_simd_vec_reg_intr != 0 ? EINVAL : 0;
                    },
                    {}};
  const auto found = probe(kernel);
  EXPECT_EQ(found.grant.abi, Abi::simd);
  EXPECT_TRUE(found.grant.user);
  EXPECT_FALSE(found.grant.intr);
}

TEST(ProbeKernel, AGrantSetsWholeRegisterSets) {
  abi::EventAttr attr = base();
  apply_vector_grant({Abi::simd, true, true, true, false, 8, false, false}, attr);
  EXPECT_EQ(attr.size, 176U);
  EXPECT_EQ(attr.sample_simd_regs_enabled, 1U);
  EXPECT_EQ(attr.sample_simd_vec_reg_qwords, 8U);
  EXPECT_EQ(attr.sample_simd_vec_reg_user, 0xffffffffU);
  EXPECT_EQ(attr.sample_simd_vec_reg_intr, 0xffffffffU);
  EXPECT_EQ(attr.sample_simd_pred_reg_qwords, 1U);
  EXPECT_EQ(attr.sample_simd_pred_reg_user, 0xffU);
  EXPECT_EQ(attr.sample_simd_pred_reg_intr, 0U);
  EXPECT_EQ(attr.sample_type, (1U << 12) | (1U << 18));
  EXPECT_EQ(attr.sample_regs_user, 0xff0fffU);
}

TEST(ProbeKernel, XmmAndYmmHaveSixteenRegisters) {
  abi::EventAttr attr = base();
  apply_vector_grant({Abi::simd, true, false, false, false, 4, false, false}, attr);
  EXPECT_EQ(attr.sample_simd_vec_reg_user, 0xffffU);
  EXPECT_EQ(attr.sample_simd_pred_reg_qwords, 0U);
}

TEST(ProbeKernel, ALegacyGrantSetsMaskBits) {
  abi::EventAttr attr = base();
  apply_vector_grant({Abi::legacy, false, true, false, false, 2, true, true}, attr);
  EXPECT_EQ(attr.sample_regs_intr, 0xffffffff00ff0fffU);
  EXPECT_EQ(attr.sample_regs_user, 0xff0fffU);
  EXPECT_EQ(abi::precise_ip(attr), 1U);
  EXPECT_NE(attr.flags & (1U << 5), 0U);  // exclude_kernel
  EXPECT_EQ(attr.size, 128U);
}

TEST(ProbeKernel, NoGrantChangesNothing) {
  abi::EventAttr attr = base();
  apply_vector_grant({}, attr);
  EXPECT_EQ(attr.sample_type, 0U);
  EXPECT_EQ(render_vector_grant({}), "no vector registers");
}

}  // namespace
}  // namespace simdprof
