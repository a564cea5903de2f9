#include "lib/model/sample.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(CpuModeName, TellsGuestFromHost) {
  EXPECT_EQ(cpu_mode_name(CpuMode::user), "user");
  EXPECT_EQ(cpu_mode_name(CpuMode::guest_user), "guest-user");
  EXPECT_EQ(cpu_mode_name(CpuMode::guest_kernel), "guest-kernel");
  EXPECT_EQ(cpu_mode_name(CpuMode::unknown), "unknown");
}

}  // namespace
}  // namespace simdprof
