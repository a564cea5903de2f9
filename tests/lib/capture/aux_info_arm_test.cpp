#include "lib/capture/aux_info_arm.h"

#include <gtest/gtest.h>

#include "tests/lib/capture/fake_sysfs.h"

namespace simdprof {
namespace {

using test::FakeSysfs;
using test::plan_of;

TEST(AuxInfoArm, ArmSpeHasAHeaderAndItsCpus) {
  FakeSysfs sysfs;
  sysfs.put("arm_spe_0/caps/min_interval", "1024\n");
  const EventPlan plan = plan_of("arm_spe_0");
  const AuxTraceInfo info = make_aux_info(sysfs.system, {plan, {}, false, true, {70001, 70002}});  // CPUs nobody has
  EXPECT_EQ(info.words, (std::vector<std::uint64_t>{2, 4, 8, 2,                                    //
                                                    0x1010101010101010, 70001, 3, 0, 8, 1024,      //
                                                    0x1010101010101010, 70002, 3, 0, 8, 1024}));
}

TEST(AuxInfoArm, CoreSightHasTheRegistersOfEachTraceUnit) {
  FakeSysfs sysfs;
  for (const auto& [file, text] : std::vector<std::pair<std::string, std::string>>{{"trcidr/trcidr0", "0x28000ea1"},
                                                                                   {"trcidr/trcidr1", "0x4100f424"},
                                                                                   {"trcidr/trcidr2", "0x20001088"},
                                                                                   {"trcidr/trcidr8", "0x0"},
                                                                                   {"mgmt/trcauthstatus", "0xcc"}}) {
    sysfs.put("cs_etm/cpu1/" + file, text + "\n");
  }
  EventPlan plan = plan_of("cs_etm");
  plan.attr.config = 1U << 14 | 1U << 28;  // context id, time stamps
  const AuxTraceInfo info = make_aux_info(sysfs.system, {plan, {}, true, true, {1}});
  EXPECT_EQ(info.words, (std::vector<std::uint64_t>{1, 8ULL << 32 | 1, 1,  //
                                                    0x4040404040404040, 1, 8, 1U << 6 | 1U << 11, 0x12, 0x28000ea1,
                                                    0x4100f424, 0x20001088, 0, 0xcc, ~0ULL}));
}

TEST(AuxInfoArm, AnEteIsToldByItsArchitecture) {
  FakeSysfs sysfs;
  sysfs.put("cs_etm/cpu0/trcidr/trcidr0", "0x1\n");
  sysfs.put("cs_etm/cpu0/mgmt/trcdevarch", "0x47705a13\n");
  sysfs.put("cs_etm/cpu0/ts_source", "1\n");
  const EventPlan plan = plan_of("cs_etm");
  const AuxTraceInfo info = make_aux_info(sysfs.system, {plan, {}, false, true, {0}});
  ASSERT_EQ(info.words.size(), 15U);
  EXPECT_EQ(info.words[3], 0x5050505050505050U);
  EXPECT_EQ(info.words[5], 9U);
  EXPECT_EQ(info.words[13], 0x47705a13U);
  EXPECT_EQ(info.words[14], 1U);
}

TEST(AuxInfoArm, AnEtm3HasFourRegisters) {
  FakeSysfs sysfs;
  sysfs.put("cs_etm/cpu2/mgmt/etmccer", "0x34c01ac2\n");
  sysfs.put("cs_etm/cpu2/mgmt/etmidr", "0x411cf312\n");
  EventPlan plan = plan_of("cs_etm");
  plan.attr.config = 1U << 28;
  const AuxTraceInfo info = make_aux_info(sysfs.system, {plan, {}, false, true, {2}});
  EXPECT_EQ(info.words, (std::vector<std::uint64_t>{1, 8ULL << 32 | 1, 0, 0x3030303030303030, 2, 4, 1U << 28, 0x14,
                                                    0x34c01ac2, 0x411cf312}));
}

}  // namespace
}  // namespace simdprof
