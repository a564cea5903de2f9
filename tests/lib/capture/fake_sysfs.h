#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "lib/capture/plan.h"
#include "lib/capture/pmu.h"

namespace simdprof::test {

/// A folder of PMUs as a kernel shows it, for one test.
class FakeSysfs {
 public:
  FakeSysfs() {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    system.devices = testing::TempDir() + "sysfs_" + test->test_suite_name() + "_" + test->name();
    std::filesystem::remove_all(system.devices);
  }
  FakeSysfs(const FakeSysfs&) = delete;
  FakeSysfs& operator=(const FakeSysfs&) = delete;
  ~FakeSysfs() { std::filesystem::remove_all(system.devices); }
  void put(const std::string& file, const std::string& text) const {
    const std::filesystem::path path = std::filesystem::path(system.devices) / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  EventSystem system;
};

/// An event of the PMU with number 8.
inline EventPlan plan_of(const char* pmu) {
  EventPlan plan;
  plan.pmu = pmu;
  plan.attr.type = 8;
  plan.attr.config = 0x300e601;
  plan.attr.flags = 2;  // inherit
  return plan;
}

/// Intel PT of a Skylake machine.
inline void put_intel_pt(const FakeSysfs& sysfs) {
  sysfs.put("intel_pt/type", "8\n");
  sysfs.put("intel_pt/format/pt", "config:0\n");
  sysfs.put("intel_pt/format/cyc", "config:1\n");
  sysfs.put("intel_pt/format/mtc", "config:9\n");
  sysfs.put("intel_pt/format/tsc", "config:10\n");
  sysfs.put("intel_pt/format/noretcomp", "config:11\n");
  sysfs.put("intel_pt/format/branch", "config:13\n");
  sysfs.put("intel_pt/format/mtc_period", "config:14-17\n");
  sysfs.put("intel_pt/format/psb_period", "config:24-27\n");
  sysfs.put("intel_pt/caps/mtc", "1\n");
  sysfs.put("intel_pt/caps/mtc_periods", "249\n");
  sysfs.put("intel_pt/caps/psb_cyc", "1\n");
  sysfs.put("intel_pt/caps/psb_periods", "3f\n");
  sysfs.put("intel_pt/max_nonturbo_ratio", "34\n");
}

}  // namespace simdprof::test
