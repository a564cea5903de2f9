#include "lib/capture/aux_pmu.h"

#include <gtest/gtest.h>

#include "tests/lib/capture/fake_sysfs.h"

namespace simdprof {
namespace {

using test::FakeSysfs;

std::string join(const std::vector<PmuTerm>& terms) {
  std::string out;
  for (const PmuTerm& term : terms) out += term.name + (term.value.empty() ? "" : "=" + term.value) + " ";
  return out;
}

abi::EventAttr attr_of(const FakeSysfs& sysfs, const char* pmu, const char* terms) {
  abi::EventAttr attr;
  const auto applied = apply_pmu_terms(sysfs.system, pmu, parse_pmu_terms(terms, 0).value(), attr);
  EXPECT_TRUE(applied) << applied.error().fact;
  return attr;
}

TEST(AuxPmu, KindsAreKnownByTheirNames) {
  EXPECT_EQ(find_aux_type("intel_pt"), AuxTraceType::intel_pt);
  EXPECT_EQ(find_aux_type("intel_bts"), AuxTraceType::intel_bts);
  EXPECT_EQ(find_aux_type("cs_etm"), AuxTraceType::cs_etm);
  EXPECT_EQ(find_aux_type("arm_spe_1"), AuxTraceType::arm_spe);
  EXPECT_EQ(find_aux_type("hisi_ptt2_4"), AuxTraceType::hisi_ptt);
  for (const char* other : {"cpu", "intel_pt2", "cs_etm_sink", "arm_smmuv3", ""}) {
    EXPECT_EQ(find_aux_type(other), AuxTraceType::unknown) << other;
    EXPECT_TRUE(aux_pmu_missing(other).empty());
  }
}

TEST(AuxPmu, IntelPtIsTimedByDefault) {
  FakeSysfs sysfs;
  test::put_intel_pt(sysfs);
  // Periods 0, 3, 6, 9 are offered for MTC, 0 to 5 for PSB: 3 is wished for.
  EXPECT_EQ(join(default_aux_terms(sysfs.system, "intel_pt")), "tsc mtc mtc_period=3 psb_period=3 pt branch ");
  EXPECT_EQ(attr_of(sysfs, "intel_pt", "").config, 0x300e601U);
}

TEST(AuxPmu, OwnTermsOfIntelPtWin) {
  FakeSysfs sysfs;
  test::put_intel_pt(sysfs);
  EXPECT_EQ(attr_of(sysfs, "intel_pt", "cyc,tsc=0,mtc_period=9").config, 0x3026203U);
}

TEST(AuxPmu, AnOldIntelPtHasFewerDefaults) {
  FakeSysfs sysfs;
  sysfs.put("intel_pt/type", "8\n");
  sysfs.put("intel_pt/format/tsc", "config:10\n");
  sysfs.put("intel_pt/caps/mtc", "0\n");
  EXPECT_EQ(join(default_aux_terms(sysfs.system, "intel_pt")), "tsc ");
}

TEST(AuxPmu, AnOfferedPeriodNextToTheWishedOneIsTaken) {
  FakeSysfs sysfs;
  test::put_intel_pt(sysfs);
  sysfs.put("intel_pt/caps/mtc_periods", "240\n");  // 6 and 9
  sysfs.put("intel_pt/caps/psb_periods", "5\n");    // 0 and 2
  EXPECT_EQ(join(default_aux_terms(sysfs.system, "intel_pt")), "tsc mtc mtc_period=6 psb_period=2 pt branch ");
}

TEST(AuxPmu, ArmSpeHasTimeAndItsOwnPeriod) {
  FakeSysfs sysfs;
  sysfs.put("arm_spe_0/type", "9\n");
  sysfs.put("arm_spe_0/format/ts_enable", "config:0\n");
  EXPECT_EQ(attr_of(sysfs, "arm_spe_0", "").config, 1U);
  EXPECT_EQ(default_aux_period(sysfs.system, "arm_spe_0"), 4096U);
  sysfs.put("arm_spe_0/caps/min_interval", "1024\n");
  EXPECT_EQ(default_aux_period(sysfs.system, "arm_spe_0"), 1024U);
  EXPECT_EQ(default_aux_period(sysfs.system, "intel_pt"), 1U);
}

TEST(AuxPmu, ASinkOfCoreSightIsItsNumber) {
  FakeSysfs sysfs;
  sysfs.put("cs_etm/type", "10\n");
  sysfs.put("cs_etm/format/sinkid", "config2:0-31\n");
  sysfs.put("cs_etm/sinks/tmc_etr0", "0x6dc00ba3\n");
  EXPECT_EQ(attr_of(sysfs, "cs_etm", "@tmc_etr0").config2_or_bp_len, 0x6dc00ba3U);
  abi::EventAttr attr;
  for (const char* sink : {"@tmc_etf9", "@", "@../type"}) {
    const auto applied = apply_pmu_terms(sysfs.system, "cs_etm", parse_pmu_terms(sink, 0).value(), attr);
    ASSERT_FALSE(applied) << sink;
    EXPECT_EQ(applied.error().code, Errc::usage);
  }
}

TEST(AuxPmu, CpusOfAPmuAreItsMask) {
  FakeSysfs sysfs;
  sysfs.put("arm_spe_0/cpumask", "0-1,4\n");
  EXPECT_EQ(load_pmu_cpus(sysfs.system, "arm_spe_0"), (std::vector<std::int32_t>{0, 1, 4}));
  EXPECT_TRUE(load_pmu_cpus(sysfs.system, "intel_pt").empty());
}

TEST(AuxPmu, AMachineWithoutThePmuIsToldWhatItLacks) {
  FakeSysfs sysfs;
  abi::EventAttr attr;
  const auto applied = apply_pmu_terms(sysfs.system, "intel_pt", {}, attr);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, Errc::not_found);
  EXPECT_NE(applied.error().fact.find("Intel Processor Trace needs"), std::string::npos);
  EXPECT_EQ(applied.error().fact.find('\n'), std::string::npos);
}

TEST(AuxPmu, ListsWhatIsKnownToHaveAnArea) {
  FakeSysfs sysfs;
  for (const char* pmu : {"cpu", "intel_pt", "arm_spe_0", "software"}) sysfs.put(std::string(pmu) + "/type", "8\n");
  EXPECT_EQ(list_aux_pmus(sysfs.system), (std::vector<std::string>{"arm_spe_0", "intel_pt"}));
}

TEST(AuxPmu, ASoftwareEventHasNoArea) {
  abi::EventAttr attr;
  attr.type = 1;
  attr.size = 128;
  attr.config = 9;  // dummy
  attr.flags = 1U << 5 | 1U << 6;
  EXPECT_FALSE(probe_aux_area(attr, 0, -1));
}

}  // namespace
}  // namespace simdprof
