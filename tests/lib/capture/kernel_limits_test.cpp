#include "lib/capture/kernel_limits.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace simdprof {
namespace {

TEST(KernelLimits, ReadsWhatIsThereAndLeavesTheRestEmpty) {
  const std::filesystem::path folder = testing::TempDir() + "kernel_limits";
  std::filesystem::create_directories(folder / "yama");
  std::ofstream(folder / "perf_event_paranoid") << "-1\n";
  std::ofstream(folder / "perf_event_max_sample_rate") << "25000\n";
  std::ofstream(folder / "kptr_restrict") << "what\n";
  std::ofstream(folder / "yama" / "ptrace_scope") << "1\n";
  const KernelLimits limits = load_kernel_limits(folder.string());
  EXPECT_EQ(limits.paranoid, -1);
  EXPECT_EQ(limits.max_sample_rate, 25000);
  EXPECT_FALSE(limits.mlock_kb);
  EXPECT_FALSE(limits.kptr_restrict);
  EXPECT_EQ(limits.yama_scope, 1);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace simdprof
