#include "cmd/aux_call_depth.h"

#include <gtest/gtest.h>

#include "lib/model/aux_trace.h"

namespace simdprof::cmd {
namespace {

constexpr Tid kThread = 7;
constexpr std::uint32_t kCall = kAuxBranch | kAuxCall;
constexpr std::uint32_t kReturn = kAuxBranch | kAuxReturn;
constexpr std::uint32_t kBegin = kAuxBranch | kAuxTraceBegin;
constexpr std::uint32_t kInterrupt = kAuxBranch | kAuxCall | kAuxAsync | kAuxInterrupt;

TEST(CallDepth, ACallIsShownDeeperAndItsReturnAsDeepAsTheCall) {
  CallDepth depth;
  EXPECT_EQ(depth.add(kThread, 0x1000, 0x2000, kCall), 1U);
  EXPECT_EQ(depth.add(kThread, 0x2010, 0x3000, kCall), 2U);
  EXPECT_EQ(depth.add(kThread, 0x3004, 0x3040, kAuxBranch | kAuxConditional), 2U);
  EXPECT_EQ(depth.add(kThread, 0x3050, 0x2015, kReturn), 2U);
  EXPECT_EQ(depth.add(kThread, 0x2020, 0x1005, kReturn), 1U);
  EXPECT_EQ(depth.add(kThread, 0x1010, 0x2000, kCall), 1U);
}

TEST(CallDepth, AReturnPastCallsThatDidNotReturnLeavesThemToo) {
  CallDepth depth;
  depth.add(kThread, 0x1000, 0x2000, kCall);
  depth.add(kThread, 0x2000, 0x3000, kCall);
  depth.add(kThread, 0x3000, 0x4000, kCall);
  EXPECT_EQ(depth.add(kThread, 0x4000, 0x1005, kReturn), 1U) << "longjmp";
  EXPECT_EQ(depth.add(kThread, 0x1008, 0x2000, kCall), 1U);
}

TEST(CallDepth, AReturnOfACallThatWasNotSeenChangesNothing) {
  CallDepth depth;
  EXPECT_EQ(depth.add(kThread, 0x2000, 0x1005, kReturn), 1U);
  depth.add(kThread, 0x1000, 0x2000, kCall);
  EXPECT_EQ(depth.add(kThread, 0x2000, 0x9000, kReturn), 2U);
  EXPECT_EQ(depth.add(kThread, 0x1000, 0x2000, kAuxBranch), 1U);
  // Before the call, and further behind it than an instruction is long.
  EXPECT_EQ(depth.add(kThread, 0x2000, 0xfff, kReturn), 2U);
  EXPECT_EQ(depth.add(kThread, 0x2000, 0x1010, kReturn), 2U);
  EXPECT_EQ(depth.add(kThread, 0x2000, 0x100f, kReturn), 1U);
}

TEST(CallDepth, AnInterruptReturnsToWhereItCame) {
  CallDepth depth;
  EXPECT_EQ(depth.add(kThread, 0x1000, 0xffff'8000'0000'0000, kInterrupt), 1U);
  EXPECT_EQ(depth.add(kThread, 0xffff'8000'0000'0100, 0x1000, kReturn | kAuxInterrupt), 1U);
  EXPECT_EQ(depth.add(kThread, 0x1000, 0x2000, kCall), 1U);
}

TEST(CallDepth, ACallOfTheNextInstructionIsNone) {
  CallDepth depth;
  EXPECT_EQ(depth.add(kThread, 0x1000, 0x1005, kCall), 0U);
}

TEST(CallDepth, ACallThatLeavesTheTraceHasReturnedWhenItBeginsAgain) {
  CallDepth depth;
  depth.add(kThread, 0x1000, 0x2000, kCall);
  EXPECT_EQ(depth.add(kThread, 0x2000, 0x8000, kCall | kAuxTraceEnd), 2U);
  EXPECT_EQ(depth.add(kThread, 0, 0x2100, kBegin), 1U);
  EXPECT_EQ(depth.add(kThread, 0x2100, 0, kCall | kAuxSyscall | kAuxTraceEnd), 1U) << "to where is not known";
  EXPECT_EQ(depth.add(kThread, 0, 0x1005, kBegin), 0U) << "behind the call that is open";
}

TEST(CallDepth, ThreadsAreToldApartUntilAGapEndsAll) {
  CallDepth depth;
  depth.add(1, 0x1000, 0x2000, kCall);
  EXPECT_EQ(depth.add(2, 0x1000, 0x2000, kCall), 1U);
  EXPECT_EQ(depth.add(1, 0x2000, 0x3000, kCall), 2U);
  depth.lose();
  EXPECT_EQ(depth.add(1, 0x2000, 0x3000, kCall), 1U);
}

TEST(CallDepth, ATraceThatOnlyCallsHasAnEnd) {
  CallDepth depth;
  std::uint32_t deepest = 0;
  for (VirtAddr i = 0; i < 3 * CallDepth::kDeepest; ++i) deepest = depth.add(kThread, 64 * i, 64 * i + 640, kCall);
  EXPECT_EQ(deepest, CallDepth::kDeepest);
}

}  // namespace
}  // namespace simdprof::cmd
