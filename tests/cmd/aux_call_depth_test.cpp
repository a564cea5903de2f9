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

AuxPlace place_of(Tid tid, std::int32_t cpu) {
  AuxPlace place;
  place.tid = tid;
  place.cpu = cpu;
  return place;
}

std::uint32_t add(CallDepth& depth, Tid tid, VirtAddr from, VirtAddr to, std::uint32_t flags, std::int32_t cpu = -1) {
  AuxHit branch;
  branch.place = place_of(tid, cpu);
  branch.ip = from;
  branch.addr = to;
  branch.flags = flags;
  return depth.add(branch);
}

TEST(CallDepth, ACallIsShownDeeperAndItsReturnAsDeepAsTheCall) {
  CallDepth depth;
  EXPECT_EQ(add(depth, kThread, 0x1000, 0x2000, kCall), 1U);
  EXPECT_EQ(add(depth, kThread, 0x2010, 0x3000, kCall), 2U);
  EXPECT_EQ(add(depth, kThread, 0x3004, 0x3040, kAuxBranch | kAuxConditional), 2U);
  EXPECT_EQ(add(depth, kThread, 0x3050, 0x2015, kReturn), 2U);
  EXPECT_EQ(add(depth, kThread, 0x2020, 0x1005, kReturn), 1U);
  EXPECT_EQ(add(depth, kThread, 0x1010, 0x2000, kCall), 1U);
}

TEST(CallDepth, AReturnPastCallsThatDidNotReturnLeavesThemToo) {
  CallDepth depth;
  add(depth, kThread, 0x1000, 0x2000, kCall);
  add(depth, kThread, 0x2000, 0x3000, kCall);
  add(depth, kThread, 0x3000, 0x4000, kCall);
  EXPECT_EQ(add(depth, kThread, 0x4000, 0x1005, kReturn), 1U) << "longjmp";
  EXPECT_EQ(add(depth, kThread, 0x1008, 0x2000, kCall), 1U);
}

TEST(CallDepth, AReturnOfACallThatWasNotSeenChangesNothing) {
  CallDepth depth;
  EXPECT_EQ(add(depth, kThread, 0x2000, 0x1005, kReturn), 1U);
  add(depth, kThread, 0x1000, 0x2000, kCall);
  EXPECT_EQ(add(depth, kThread, 0x2000, 0x9000, kReturn), 2U);
  EXPECT_EQ(add(depth, kThread, 0x1000, 0x2000, kAuxBranch), 1U);
  // Before the call, and further behind it than an instruction is long.
  EXPECT_EQ(add(depth, kThread, 0x2000, 0xfff, kReturn), 2U);
  EXPECT_EQ(add(depth, kThread, 0x2000, 0x1010, kReturn), 2U);
  EXPECT_EQ(add(depth, kThread, 0x2000, 0x100f, kReturn), 1U);
}

TEST(CallDepth, AnInterruptReturnsToWhereItCame) {
  CallDepth depth;
  EXPECT_EQ(add(depth, kThread, 0x1000, 0xffff'8000'0000'0000, kInterrupt), 1U);
  EXPECT_EQ(add(depth, kThread, 0xffff'8000'0000'0100, 0x1000, kReturn | kAuxInterrupt), 1U);
  EXPECT_EQ(add(depth, kThread, 0x1000, 0x2000, kCall), 1U);
}

TEST(CallDepth, ACallOfTheNextInstructionIsNone) {
  CallDepth depth;
  EXPECT_EQ(add(depth, kThread, 0x1000, 0x1005, kCall), 0U);
}

TEST(CallDepth, ACallThatLeavesTheTraceHasReturnedWhenItBeginsAgain) {
  CallDepth depth;
  add(depth, kThread, 0x1000, 0x2000, kCall);
  EXPECT_EQ(add(depth, kThread, 0x2000, 0x8000, kCall | kAuxTraceEnd), 2U);
  EXPECT_EQ(add(depth, kThread, 0, 0x2100, kBegin), 1U);
  EXPECT_EQ(add(depth, kThread, 0x2100, 0, kCall | kAuxSyscall | kAuxTraceEnd), 1U) << "to where is not known";
  EXPECT_EQ(add(depth, kThread, 0, 0x1005, kBegin), 0U) << "behind the call that is open";
}

TEST(CallDepth, ThreadsAreToldApartUntilAGapEndsOneOrAll) {
  CallDepth depth;
  add(depth, 1, 0x1000, 0x2000, kCall);
  EXPECT_EQ(add(depth, 2, 0x1000, 0x2000, kCall), 1U);
  EXPECT_EQ(add(depth, 1, 0x2000, 0x3000, kCall), 2U);
  depth.lose(place_of(1, -1));
  EXPECT_EQ(add(depth, 2, 0x2000, 0x3000, kCall), 2U);
  EXPECT_EQ(add(depth, 1, 0x2000, 0x3000, kCall), 1U);
  depth.lose(place_of(-1, -1));
  EXPECT_EQ(add(depth, 2, 0x2000, 0x3000, kCall), 1U);
  EXPECT_EQ(add(depth, 1, 0x2000, 0x3000, kCall), 1U);
}

TEST(CallDepth, EachCpuCountsForItselfWhereTheThreadIsIdleOrNotKnown) {
  CallDepth depth;
  for (const Tid tid : {0, -1}) {
    EXPECT_EQ(add(depth, tid, 0x1000, 0x2000, kCall, 0), 1U);
    EXPECT_EQ(add(depth, tid, 0x1000, 0x2000, kCall, 1), 1U);
    EXPECT_EQ(add(depth, tid, 0x2000, 0x3000, kCall, 0), 2U);
    depth.lose(place_of(tid, 0));
    EXPECT_EQ(add(depth, tid, 0x2000, 0x3000, kCall, 0), 1U);
    EXPECT_EQ(add(depth, tid, 0x2000, 0x3000, kCall, 1), 2U) << "the other CPU's";
  }
}

TEST(CallDepth, ManyThreadsAreForgottenBeforeTheyFillTheMemory) {
  CallDepth depth;
  for (Tid tid = 1; tid <= 300; ++tid) {
    for (VirtAddr i = 0; i < CallDepth::kDeepest; ++i) add(depth, tid, 64 * i, 64 * i + 640, kCall);
  }
  EXPECT_EQ(add(depth, 1, 0x1000, 0x2000, kCall), 1U);
  EXPECT_GT(add(depth, 300, 0x1000, 0x2000, kCall | kAuxConditional), 1U);
}

TEST(CallDepth, RoomThatReturnsLeaveEmptyIsCounted) {
  CallDepth depth;
  for (Tid tid = 1; tid <= 300; ++tid) {
    for (VirtAddr i = 1; i <= CallDepth::kDeepest; ++i) add(depth, tid, 64 * i, 64 * i + 640, kCall);
    add(depth, tid, 0x100000, 64 + 5, kReturn);
    add(depth, tid, 0x5000, 0x9000, kCall);
    if (tid == 1) {
      EXPECT_EQ(add(depth, tid, 0x9000, 0xa000, kCall), 2U) << "all but one had returned";
    }
  }
  EXPECT_EQ(add(depth, 1, 0x2000, 0x3000, kCall), 1U) << "forgotten with all the others";
}

TEST(CallDepth, ATraceThatOnlyCallsHasAnEnd) {
  CallDepth depth;
  std::uint32_t deepest = 0;
  for (VirtAddr i = 0; i < 3 * CallDepth::kDeepest; ++i) deepest = add(depth, kThread, 64 * i, 64 * i + 640, kCall);
  EXPECT_EQ(deepest, CallDepth::kDeepest);
}

}  // namespace
}  // namespace simdprof::cmd
