#include "lib/capture/aux_info.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/lib/capture/fake_sysfs.h"

namespace simdprof {
namespace {

using test::FakeSysfs;
using test::plan_of;

TEST(AuxInfo, IntelPtHasPerfsWords) {
  FakeSysfs sysfs;
  test::put_intel_pt(sysfs);
  const EventPlan plan = plan_of("intel_pt");
  const AuxTraceInfo info = make_aux_info(sysfs.system, {plan, {31, 1000, 77, true}, true, true, {0, 1}});
  EXPECT_EQ(info.type, AuxTraceType::intel_pt);
  EXPECT_EQ(info.config, 0x300e601U);
  ASSERT_EQ(info.words.size(), 18U);
  // type, time_shift, time_mult, time_zero, cap_user_time_zero
  EXPECT_EQ(std::vector(info.words.begin(), info.words.begin() + 5), (std::vector<std::uint64_t>{8, 31, 1000, 77, 1}));
  EXPECT_EQ(info.words[5], 0x400U);     // tsc
  EXPECT_EQ(info.words[6], 0x800U);     // noretcomp
  EXPECT_EQ(info.words[7], 2U);         // switches of the recorded tasks
  EXPECT_EQ(info.words[8], 1U);         // snapshot
  EXPECT_EQ(info.words[9], 1U);         // per CPU
  EXPECT_EQ(info.words[10], 0x200U);    // mtc
  EXPECT_EQ(info.words[11], 0x3c000U);  // mtc_period
  EXPECT_EQ(info.words[14], 2U);        // cyc
  EXPECT_EQ(info.words[15], 34U);       // max_nonturbo_ratio
  EXPECT_EQ(info.words[16], 0U);        // no filter
  EXPECT_EQ(info.words[17], 0U);        // no event trace
}

TEST(AuxInfo, AFilterFollowsTheWordsOfIntelPt) {
  FakeSysfs sysfs;
  test::put_intel_pt(sysfs);
  EventPlan plan = plan_of("intel_pt");
  plan.filter = "filter 0/8@/x";  // 13 characters and a NUL: two words
  const AuxTraceInfo info = make_aux_info(sysfs.system, {plan, {}, false, true, {0}});
  ASSERT_EQ(info.words.size(), 20U);
  EXPECT_EQ(info.words[16], 13U);
  EXPECT_STREQ(static_cast<const char*>(static_cast<const void*>(&info.words[17])), "filter 0/8@/x");
}

TEST(AuxInfo, IntelBtsHasSixWords) {
  FakeSysfs sysfs;
  const EventPlan plan = plan_of("intel_bts");
  const AuxTraceInfo info = make_aux_info(sysfs.system, {plan, {10, 20, 30, true}, false, true, {0}});
  EXPECT_EQ(info.words, (std::vector<std::uint64_t>{8, 10, 20, 30, 1, 0}));
}

TEST(AuxInfo, AnUnknownKindHasThreeWords) {
  FakeSysfs sysfs;
  const EventPlan plan = plan_of("simtrace");
  const AuxTraceInfo info = make_aux_info(sysfs.system, {plan, {}, true, false, {}});
  EXPECT_EQ(info.type, AuxTraceType::unknown);
  EXPECT_EQ(info.words, (std::vector<std::uint64_t>{8, 1, 0}));
}

TEST(AuxInfo, FactsAreThoseThatAreKnown) {
  FakeSysfs sysfs;
  test::put_intel_pt(sysfs);
  const EventPlan plan = plan_of("intel_pt");
  auto facts = collect_aux_facts(sysfs.system, {plan, {31, 1000, 77, true}, false, true, {0}});
  EXPECT_EQ(facts["aux_pmu"], "intel_pt");
  EXPECT_EQ(facts["aux_caps"], "mtc=1 mtc_periods=249 psb_cyc=1 psb_periods=3f");
  EXPECT_NE(facts["aux_format"].find("tsc=config:10"), std::string::npos);
  EXPECT_EQ(facts["time_conversion"], "shift 31, mult 1000, zero 77");
  facts = collect_aux_facts(sysfs.system, {plan, {31, 1000, 77, false}, false, true, {0}});
  EXPECT_EQ(facts.count("time_conversion"), 0U);
}

#ifdef __x86_64__
TEST(AuxInfo, TheCpuHasVendorFamilyModelAndStepping) {
  const std::string name = load_cpuid_name();
  EXPECT_EQ(std::count(name.begin(), name.end(), ','), 3) << name;
  EXPECT_EQ(name.find(','), 12U) << name;
}
#endif

}  // namespace
}  // namespace simdprof
