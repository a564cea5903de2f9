#include <gtest/gtest.h>

#include "cmd/script_render.h"

namespace simdprof::cmd {
namespace {

TEST(PredictionMark, IsThatOfTheKernelsTool) {
  EXPECT_EQ(prediction_mark(0), '-');
  EXPECT_EQ(prediction_mark(1), 'M');
  EXPECT_EQ(prediction_mark(2), 'P');
  EXPECT_EQ(prediction_mark(3), 'P');
}

TEST(BranchTypeName, KnowsEveryTypeOfBothFields) {
  // PERF_BR_*: 1 COND, 4 CALL, 6 RET, 7 SYSCALL, 13 SERROR, 14 NO_TX; 15 says that the type is in bits 26..29.
  const auto type = [](std::uint64_t number) { return branch_type_name(number << 20U); };
  EXPECT_EQ(type(0), "");
  EXPECT_EQ(type(1), "COND");
  EXPECT_EQ(type(4), "CALL");
  EXPECT_EQ(type(6), "RET");
  EXPECT_EQ(type(7), "SYSCALL");
  EXPECT_EQ(type(13), "SERROR");
  EXPECT_EQ(type(14), "NO_TX");
  EXPECT_EQ(type(15), "FAULT_ALGN");
  EXPECT_EQ(branch_type_name((15U << 20U) | (3ULL << 26U)), "ARCH_1");
  EXPECT_EQ(branch_type_name((15U << 20U) | (8ULL << 26U)), "");
}

TEST(BranchCycles, AreSixteenBits) {
  EXPECT_EQ(branch_cycles(0xffffU << 4U), 0xffffU);
  EXPECT_EQ(branch_cycles((1ULL << 20U) | 0xfU), 0U);
}

}  // namespace
}  // namespace simdprof::cmd
