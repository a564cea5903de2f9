#include "decoders/aux/cs_flow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/aux_record.h"
#include "tests/support/cs_snapshot.h"

namespace simdprof {
namespace {

using testing::IsEmpty;

CsElement element(CsKind kind) {
  CsElement out;
  out.kind = kind;
  return out;
}

/// A64 instructions from `start` to `end`, the last of which is a branch.
CsElement range(VirtAddr start, VirtAddr end, bool taken = true) {
  CsElement out = element(CsKind::range);
  out.start = start;
  out.end = end;
  out.instructions = static_cast<std::uint32_t>((end - start) / 4);
  out.set = CsInstructionSet::a64;
  out.last = CsLast::branch;
  out.last_bytes = 4;
  out.last_executed = taken;
  return out;
}

class CsFlowTest : public testing::Test {
 protected:
  CsFlow& flow() {
    if (!flow_) flow_.emplace(slice_, source_, clock_, code_, test::kEverything, sink_);
    return *flow_;
  }
  void take(std::initializer_list<CsElement> elements) {
    for (const CsElement& one : elements) flow().take(one);
  }
  [[nodiscard]] std::vector<std::pair<VirtAddr, VirtAddr>> edges() const {
    std::vector<std::pair<VirtAddr, VirtAddr>> out;
    for (const AuxBranch& branch : out_.branches) out.emplace_back(branch.from, branch.to);
    return out;
  }
  using Edges = std::vector<std::pair<VirtAddr, VirtAddr>>;

  AuxSlice slice_ = test::slice_of({});
  CsSource source_;
  abi::TimeConversion clock_;
  test::CodeRegions code_{{{0x1000, test::Bytes(64, std::byte{0x1f})}}};
  test::RecordedAux out_;
  test::AuxRecorder sink_{out_};

 private:
  std::optional<CsFlow> flow_;
};

TEST_F(CsFlowTest, ARangeThatIsNotLeftFlowsIntoTheNext) {
  take({element(CsKind::trace_on), range(0x1000, 0x1008, false), range(0x1008, 0x1010), range(0x1020, 0x1024)});
  EXPECT_EQ(edges(), (Edges{{0, 0x1000}, {0x100c, 0x1020}}));
  EXPECT_EQ(out_.branches[1].instructions, 4U);
}

TEST_F(CsFlowTest, AGapEndsTheTraceAndTheNextRangeBeginsIt) {
  take({element(CsKind::trace_on), range(0x1000, 0x1008), element(CsKind::trace_on), range(0x1020, 0x1024),
        element(CsKind::end_of_trace)});
  EXPECT_EQ(edges(), (Edges{{0, 0x1000}, {0x1004, 0}, {0, 0x1020}}));
}

TEST_F(CsFlowTest, AnExceptionLeavesWhateverWasRun) {
  CsElement exception = element(CsKind::exception);
  exception.number = 14;
  exception.has_return = true;
  exception.end = 0x1008;
  CsElement plain = range(0x1000, 0x1008, false);
  plain.last = CsLast::other;
  take({element(CsKind::trace_on), plain, exception, range(0x1020, 0x1024)});
  ASSERT_EQ(edges(), (Edges{{0, 0x1000}, {0x1004, 0x1020}}));
  EXPECT_EQ(out_.branches[1].flags, kAuxBranch | kAuxCall | kAuxAsync | kAuxInterrupt);
  ASSERT_EQ(out_.events.size(), 2U);
  EXPECT_EQ(out_.events[1].name, "exception");
  EXPECT_EQ(out_.events[1].value, 14U);
  EXPECT_EQ(out_.events[1].ip, 0x1008U);
}

TEST_F(CsFlowTest, ASystemCallAndItsReturnAreTold) {
  CsElement call = element(CsKind::exception);
  call.number = 2;
  take({element(CsKind::trace_on), range(0x1000, 0x1008), call, range(0x1020, 0x1024),
        element(CsKind::exception_return), range(0x1008, 0x100c)});
  ASSERT_EQ(out_.branches.size(), 3U);
  EXPECT_EQ(out_.branches[1].flags, kAuxBranch | kAuxCall | kAuxSyscall);
  EXPECT_EQ(out_.branches[2].flags, kAuxBranch | kAuxReturn | kAuxInterrupt);
}

TEST_F(CsFlowTest, WhereNoCodeIsKnownTheBranchThereIsTheLast) {
  CsElement missing = element(CsKind::no_code);
  missing.start = 0x5000;
  take({element(CsKind::trace_on), range(0x1000, 0x1008), missing, missing, range(0x1020, 0x1024)});
  EXPECT_EQ(edges(), (Edges{{0, 0x1000}, {0x1004, 0x5000}, {0, 0x1020}}));
  ASSERT_EQ(out_.errors.size(), 2U);
  EXPECT_EQ(out_.errors[0].code, "nomap");
  EXPECT_EQ(out_.errors[0].ip, 0x5000U);
}

TEST_F(CsFlowTest, LostTraceIsAnOverflow) {
  CsElement lost = element(CsKind::trace_on);
  lost.overflow = true;
  lost.at = 7;
  take({lost});
  ASSERT_EQ(out_.errors.size(), 1U);
  EXPECT_EQ(out_.errors[0].code, "overflow");
  EXPECT_EQ(out_.errors[0].place.offset, 0x1007U);
}

TEST_F(CsFlowTest, CyclesAreSummedUpToTheBranch) {
  CsElement count = element(CsKind::cycle_count);
  count.has_cycles = true;
  count.cycles = 30;
  take({element(CsKind::trace_on), range(0x1000, 0x1008), count, count, range(0x1020, 0x1024)});
  EXPECT_EQ(out_.branches[1].cycles, 60U);
}

TEST_F(CsFlowTest, TheContextNamesTheThread) {
  source_.config = 1U << 6;
  CsElement context = element(CsKind::context);
  context.has_context_id = true;
  context.context_id = 4321;
  take({context, element(CsKind::trace_on), range(0x1000, 0x1008)});
  ASSERT_EQ(out_.branches.size(), 1U);
  EXPECT_EQ(out_.branches[0].place.tid, 4321);
  EXPECT_EQ(out_.branches[0].place.pid, 4321);
}

TEST_F(CsFlowTest, TimeStampsOfTheKernelsClockAreTimes) {
  source_.kernel_clock = true;
  clock_ = {0, 2, 0, true};
  CsElement stamp = element(CsKind::timestamp);
  stamp.timestamp = 50;
  take({stamp, element(CsKind::trace_on), range(0x1000, 0x1008)});
  EXPECT_EQ(out_.branches[0].place.time_ns, 100U);
}

TEST_F(CsFlowTest, OtherTimeStampsAreNone) {
  clock_ = {0, 2, 0, true};
  CsElement stamp = element(CsKind::timestamp);
  stamp.timestamp = 50;
  take({stamp, element(CsKind::trace_on), range(0x1000, 0x1008)});
  EXPECT_EQ(out_.branches[0].place.time_ns, AuxPlace::kNoAuxTime);
  EXPECT_EQ(out_.events[0].value, 50U);
}

TEST_F(CsFlowTest, EveryOtherKindIsAnEventWithItsName) {
  using K = CsKind;
  std::vector<std::string> names;
  for (const K kind : {K::event, K::software, K::sync_marker, K::transaction, K::address_unknown, K::range_without_path,
                       K::custom, K::unknown}) {
    flow().take(element(kind));
  }
  for (const auto& event : out_.events) names.push_back(event.name);
  EXPECT_EQ(names, (std::vector<std::string>{"event", "sw-trace", "sync-marker", "transaction", "address-unknown",
                                             "range-without-path", "unknown", "unknown"}));
}

TEST_F(CsFlowTest, InstructionsWithoutCodeHaveNoBytes) {
  take({element(CsKind::trace_on), range(0x1038, 0x1048)});
  ASSERT_EQ(out_.instructions.size(), 4U);
  EXPECT_EQ(out_.instructions[1].ip, 0x103cU);
  EXPECT_EQ(out_.instructions[1].size, 4U);
  EXPECT_EQ(out_.instructions[2].ip, 0x1040U);
  EXPECT_EQ(out_.instructions[2].size, 0U);
}

TEST(T32Size, IsToldByTheTopFiveBits) {
  EXPECT_EQ(t32_size(0xbf00), 2U);
  EXPECT_EQ(t32_size(0xe7ff), 2U);
  EXPECT_EQ(t32_size(0xe800), 4U);
  EXPECT_EQ(t32_size(0xf7ff), 4U);
}

}  // namespace
}  // namespace simdprof
