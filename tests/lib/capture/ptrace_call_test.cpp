#include "lib/capture/ptrace_call.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(NativeCallAbi, IsThatOfThisProgram) {
#if defined(__aarch64__)
  EXPECT_EQ(&native_call_abi(), &kCallOfArm64);
#else
  EXPECT_EQ(&native_call_abi(), &kCallOfX86);
#endif
}

}  // namespace
}  // namespace simdprof
