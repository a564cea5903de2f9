#include "decoders/aux/pt_branches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/pt_trace.h"

namespace simdprof {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

pt_insn instruction(VirtAddr ip, pt_insn_class iclass, std::initializer_list<std::uint8_t> bytes) {
  pt_insn out{};
  out.ip = ip;
  out.iclass = iclass;
  out.mode = ptem_64bit;
  out.size = static_cast<std::uint8_t>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), out.raw);
  return out;
}

TEST(PtBranchFlags, AreThoseThatPerfGivesTheInstruction) {
  EXPECT_EQ(pt_branch_flags(instruction(0, ptic_other, {0x90})), 0U);
  EXPECT_EQ(pt_branch_flags(instruction(0, ptic_call, {0xe8, 0, 0, 0, 0})), kAuxBranch | kAuxCall);
  EXPECT_EQ(pt_branch_flags(instruction(0, ptic_return, {0xc3})), kAuxBranch | kAuxReturn);
  EXPECT_EQ(pt_branch_flags(instruction(0, ptic_jump, {0xeb, 0})), kAuxBranch);
  EXPECT_EQ(pt_branch_flags(instruction(0, ptic_cond_jump, {0x74, 0})), kAuxBranch | kAuxConditional);
  EXPECT_EQ(pt_branch_flags(instruction(0, ptic_far_call, {0x0f, 0x05})), kAuxBranch | kAuxCall | kAuxSyscall);
  EXPECT_EQ(pt_branch_flags(instruction(0, ptic_far_call, {0xcd, 0x80})), kAuxBranch | kAuxCall | kAuxInterrupt);
  EXPECT_EQ(pt_branch_flags(instruction(0, ptic_far_call, {0xff, 0x18})), kAuxBranch | kAuxCall);
  EXPECT_EQ(pt_branch_flags(instruction(0, ptic_far_return, {0x48, 0x0f, 0x07})),
            kAuxBranch | kAuxReturn | kAuxSyscall);
  EXPECT_EQ(pt_branch_flags(instruction(0, ptic_far_return, {0x48, 0xcf})), kAuxBranch | kAuxReturn | kAuxInterrupt);
  EXPECT_EQ(pt_branch_flags(instruction(0, ptic_far_return, {0x0f, 0x01, 0xc3})), kAuxBranch | kAuxCall | kAuxVmEntry);
  EXPECT_EQ(pt_branch_flags(instruction(0, ptic_far_return, {0xcb})), kAuxBranch | kAuxReturn);
}

TEST(PtBranchFlags, OfAnInstructionOfPrefixesAloneAreKnown) {
  EXPECT_EQ(pt_branch_flags(instruction(0, ptic_far_call, {0x66, 0x66})), kAuxBranch | kAuxCall);
}

class PtBranchesTest : public testing::Test {
 protected:
  test::pt::Lines lines;
  PtBranches branches{test::pt::kBranches, lines};
  AuxPlace place;
};

TEST_F(PtBranchesTest, ABranchIsGivenWhenItsTargetIsKnown) {
  branches.executed(place, instruction(0x1000, ptic_jump, {0xeb, 0x10}));
  EXPECT_THAT(lines.all, IsEmpty());
  branches.executed(place, instruction(0x1012, ptic_other, {0x90}));
  EXPECT_THAT(lines.all, ElementsAre("1000 -> 1012 0x1"));
}

TEST_F(PtBranchesTest, AConditionalBranchThatWasNotTakenIsNone) {
  branches.executed(place, instruction(0x1000, ptic_cond_jump, {0x74, 0x10}));
  branches.executed(place, instruction(0x1002, ptic_other, {0x90}));
  EXPECT_THAT(lines.all, IsEmpty());
}

TEST_F(PtBranchesTest, ACallOfTheNextInstructionIsABranch) {
  branches.executed(place, instruction(0x1000, ptic_call, {0xe8, 0, 0, 0, 0}));
  branches.arrives(place, 0x1005);
  EXPECT_THAT(lines.all, ElementsAre("1000 -> 1005 0x3"));
}

TEST_F(PtBranchesTest, InstructionsAreCountedFromBranchToBranch) {
  branches.begins(place, 0x1000);
  branches.executed(place, instruction(0x1000, ptic_other, {0x90}));
  branches.executed(place, instruction(0x1001, ptic_jump, {0xeb, 0x10}));
  branches.arrives(place, 0x1013);
  ASSERT_EQ(lines.branches.size(), 2U);
  EXPECT_EQ(lines.branches[0].instructions, 0U);
  EXPECT_EQ(lines.branches[1].instructions, 2U);
}

TEST_F(PtBranchesTest, AnUnknownBeginningLeavesTheCountUnknown) {
  branches.executed(place, instruction(0x1001, ptic_jump, {0xeb, 0x10}));
  branches.arrives(place, 0x1013);
  EXPECT_EQ(lines.branches.at(0).instructions, 0U);
}

TEST_F(PtBranchesTest, CyclesAreCountedFromOneThatHasThemToTheNext) {
  branches.ticks(100);
  branches.begins(place, 0x1000);
  branches.executed(place, instruction(0x1000, ptic_jump, {0xeb, 0x10}));
  branches.arrives(place, 0x1012);  // no cycle passed
  branches.executed(place, instruction(0x1012, ptic_other, {0x90}));
  branches.executed(place, instruction(0x1013, ptic_jump, {0xeb, 0x10}));
  branches.ticks(106);
  branches.arrives(place, 0x1025);
  ASSERT_EQ(lines.branches.size(), 3U);
  EXPECT_EQ(lines.branches[0].cycles, 100U);
  EXPECT_EQ(lines.branches[0].cycle_instructions, 0U);
  EXPECT_EQ(lines.branches[1].cycles, 0U);
  EXPECT_EQ(lines.branches[2].cycles, 6U);
  EXPECT_EQ(lines.branches[2].cycle_instructions, 3U);
}

TEST_F(PtBranchesTest, CyclesAcrossALossAreNotKnown) {
  branches.begins(place, 0x1000);
  branches.loses_flow();
  branches.ticks(50);
  branches.begins(place, 0x2000);
  branches.executed(place, instruction(0x2000, ptic_jump, {0xeb, 0x10}));
  branches.ticks(54);
  branches.arrives(place, 0x2012);
  ASSERT_EQ(lines.branches.size(), 3U);
  EXPECT_EQ(lines.branches[1].cycles, 0U);
  EXPECT_EQ(lines.branches[2].cycles, 4U);
  EXPECT_EQ(lines.branches[2].cycle_instructions, 1U);
}

TEST_F(PtBranchesTest, TheEndOfATraceIsTheLastInstructions) {
  branches.executed(place, instruction(0x1000, ptic_far_call, {0x0f, 0x05}));
  branches.ends(place, 0);
  branches.ends_async(place, 0x2000, 0x3000);
  branches.ends_unseen(place, 0x4000);
  EXPECT_THAT(lines.all, ElementsAre("1000 -> 0 0x213", "2000 -> 3000 0x221", "0 -> 4000 0x301"));
}

TEST_F(PtBranchesTest, AnInterruptionResolvesTheBranchBeforeIt) {
  branches.executed(place, instruction(0x1000, ptic_jump, {0xff, 0xe0}));
  branches.interrupted(place, 0x5000, 0x9000);
  EXPECT_THAT(lines.all, ElementsAre("1000 -> 5000 0x1", "5000 -> 9000 0x63"));
}

TEST_F(PtBranchesTest, OnlyTheNextInterruptionIsATransactionsAbort) {
  branches.aborts();
  branches.interrupted(place, 0x10, 0x20);
  branches.interrupted(place, 0x30, 0x40);
  EXPECT_THAT(lines.all, ElementsAre("10 -> 20 0x81", "30 -> 40 0x63"));
}

TEST_F(PtBranchesTest, WhatWasPendingIsForgottenWithTheFlow) {
  branches.executed(place, instruction(0x1000, ptic_jump, {0xff, 0xe0}));
  branches.loses_flow();
  branches.arrives(place, 0x2000);
  EXPECT_THAT(lines.all, IsEmpty());
}

TEST_F(PtBranchesTest, BranchesOfATransactionSaySo) {
  pt_insn jump = instruction(0x1000, ptic_jump, {0xff, 0xe0});
  jump.speculative = 1;
  branches.executed(place, jump);
  branches.arrives(place, 0x2000);
  EXPECT_THAT(lines.all, ElementsAre("1000 -> 2000 0x401"));
}

}  // namespace
}  // namespace simdprof
