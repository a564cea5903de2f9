#include "decoders/aux/pt_flow.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/pt_trace.h"

namespace simdprof {
namespace {

using namespace test::pt;
using test::operator+;
using test::raw;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

class PtFlowTest : public testing::Test {
 protected:
  void run(const test::Bytes& trace, const AuxWanted& wanted) { decode(trace, programs, wanted, lines); }
  Programs programs;
  Lines lines;
};

TEST_F(PtFlowTest, FollowsCodeAndPackets) {
  programs.map(0x1000, raw({0x90, 0x75, 0x01, 0xcc, 0xff, 0xe0}));  // nop; jnz 1004; int3; jmp *rax
  programs.map(0x2000, raw({0xe8, 0x01, 0, 0, 0, 0x90, 0xc3}));     // call 2006; nop; ret
  run(joined({sync_at(0x1000), tnt("!"), tip(0x2000), tnt("!"), fup(0x2005), tip_pgd()}), kFlow);
  EXPECT_THAT(lines.all, ElementsAre("1000", "1001", "1004", "2000", "2006", "[disabled at: 0000000000002005]"));
}

TEST_F(PtFlowTest, GivesTheBranchesThatPerfLists) {
  programs.map(0x1000, raw({0x75, 0x0e, 0x0f, 0x05, 0xff, 0xe0}));  // jnz 1010; syscall; jmp *rax
  run(joined({psb(), psbend(), mode_exec_64(), tip_pge(0x1000), tnt("."), tip_pgd(), tip_pge(0x1004), tip(0x1000),
              fup(0x1000), tip(0xffffffff81000000)}),
      kBranches);
  EXPECT_THAT(lines.all, ElementsAre("0 -> 1000 0x101", "1002 -> 0 0x213", "0 -> 1004 0x101", "1004 -> 1000 0x1",
                                     "1000 -> ffffffff81000000 0x63"));
}

// Source: Intel SDM, "Filtering by IP": what leaves the filter's addresses ends with a TIP.PGD that tells where it
// went.
TEST_F(PtFlowTest, ABranchOutOfTheFilterEndsTheTraceAndThoseInsideDoNot) {
  // 1000: jmp 1010; 1010: jnz 1020; 1012: jmp 3000; 1020: call 4000
  programs.map(0x1000, raw({0xeb, 0x0e}));
  programs.map(0x1010, raw({0x75, 0x0e, 0xe9, 0xe9, 0x1f, 0, 0}));
  programs.map(0x1020, raw({0xe8, 0xdb, 0x2f, 0, 0}));
  run(joined({psb(), psbend(), mode_exec_64(), tip_pge(0x1000), tnt("."), tip_pgd(0x3000), tip_pge(0x1000), tnt("!"),
              tip_pgd(0x4000)}),
      kBranches);
  EXPECT_THAT(lines.all, ElementsAre("0 -> 1000 0x101", "1000 -> 1010 0x1", "1012 -> 3000 0x201", "0 -> 1000 0x101",
                                     "1000 -> 1010 0x1", "1010 -> 1020 0x9", "1020 -> 4000 0x203"));
}

TEST_F(PtFlowTest, CyclesOfTheTraceStandBesideItsBranches) {
  programs.map(0x1000, raw({0x90, 0xff, 0xe0}));        // nop; jmp *rax
  programs.map(0x2000, raw({0x90, 0x90, 0xff, 0xe0}));  // nop; nop; jmp *rax
  const auto cyc = [](unsigned cycles) { return raw({cycles << 3U | 3U}); };
  run(joined(
          {psb(), psbend(), mode_exec_64(), cyc(3), tip_pge(0x1000), cyc(9), tip(0x2000), cyc(2), cyc(4), tip(0x1000)}),
      kBranches);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> told;
  for (const AuxBranch& branch : lines.branches) told.emplace_back(branch.cycles, branch.cycle_instructions);
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> wanted = {{3, 0}, {9, 2}, {6, 3}};
  EXPECT_EQ(told, wanted);
}

TEST_F(PtFlowTest, CodeThatIsNotKnownIsAnErrorWhereAPacketNeedsIt) {
  run(joined({sync_at(0x1000), tip(0x2000)}), kBranches);
  EXPECT_THAT(lines.all, ElementsAre("error nomap 1000"));
}

TEST_F(PtFlowTest, CodeThatNoPacketNeedsIsNoError) {
  run(sync_at(0x1000), kBranches);
  EXPECT_THAT(lines.all, IsEmpty());
}

TEST_F(PtFlowTest, GoesOnBehindAnErrorAtTheNextWholeAddress) {
  programs.map(0x3000, raw({0xff, 0xe0}));
  programs.map(0x4000, raw({0xff, 0xe0}));
  run(joined({sync_at(0x1000), tip(0x2000), raw({0x2d, 0x00, 0x40}), tip(0x3000), tip(0x4000)}), kBranches);
  EXPECT_THAT(lines.all, ElementsAre("error nomap 1000", "0 -> 3000 0x101", "3000 -> 4000 0x1"));
}

TEST_F(PtFlowTest, GoesOnBehindAnErrorAtTheNextPsbPacket) {
  programs.map(0x3000, raw({0xff, 0xe0}));
  run(joined({sync_at(0x1000), tnt("!"), sync_at(0x3000), tip(0x4000), tip(0x5000)}), kBranches);
  EXPECT_THAT(lines.all, ElementsAre("error nomap 1000", "3000 -> 4000 0x1", "error nomap 4000"));
}

TEST_F(PtFlowTest, AnInterruptionOfCodeThatIsNotKnownNeedsNoCode) {
  programs.map(0x9000, raw({0xff, 0xe0}));
  run(joined({sync_at(0x1000), fup(0x1000), tip(0x9000), tip(0x1000), fup(0x1000), tip_pgd()}), kBranches);
  EXPECT_THAT(lines.all, ElementsAre("1000 -> 9000 0x63", "9000 -> 1000 0x1", "1000 -> 0 0x221"));
}

TEST_F(PtFlowTest, AnEventThatTheFlowCannotReachTellsWhereItGoesOn) {
  programs.map(0x9000, raw({0xff, 0xe0}));
  run(joined({sync_at(0x1000), fup(0x1500), tip(0x9000), tip(0x9000), tip(0x9000)}), kBranches);
  EXPECT_THAT(lines.all, ElementsAre("error nomap 1000", "0 -> 9000 0x101", "9000 -> 9000 0x1", "9000 -> 9000 0x1"));
}

TEST_F(PtFlowTest, AnOverflowIsAnErrorAndTheTraceBeginsAnew) {
  programs.map(0x1000, raw({0xff, 0xe0}));
  run(joined({sync_at(0x1000), ovf(), fup(0x1000), tip(0x1000)}), kBranches);
  EXPECT_THAT(lines.all, ElementsAre("error overflow 0", "0 -> 1000 0x101", "1000 -> 1000 0x1"));
}

TEST_F(PtFlowTest, PacketsThatDoNotFitTheCodeAreAnError) {
  programs.map(0x1000, raw({0x75, 0xfe}));
  programs.map(0x3000, raw({0xff, 0xe0}));
  run(joined({sync_at(0x1000), tip(0x2000), tip(0x3000), tip(0x3000)}), kBranches);
  EXPECT_THAT(lines.all, ElementsAre("error mismatch 1000", "0 -> 3000 0x101", "3000 -> 3000 0x1"));
}

TEST_F(PtFlowTest, AMissingPacketLeavesTheLastBranchUntold) {
  programs.map(0x1000, raw({0xff, 0xe0}));
  run(joined({sync_at(0x1000), tnt("!"), tip(0x1000)}), kBranches);
  EXPECT_THAT(lines.all, ElementsAre("1000 -> 1000 0x1"));
}

TEST_F(PtFlowTest, BytesThatAreNoPacketAreLeftOut) {
  programs.map(0x1000, raw({0xff, 0xe0}));
  run(joined({sync_at(0x1000), tip(0x1000), raw({0x02, 0x0f}), sync_at(0x1000), tip(0x1000)}), kBranches);
  EXPECT_THAT(lines.errors, ElementsAre("bad-packet"));
  EXPECT_THAT(lines.all.back(), "1000 -> 1000 0x1");
}

TEST_F(PtFlowTest, AJumpToItselfEnds) {
  programs.map(0x1000, raw({0xeb, 0xfe}));
  run(joined({sync_at(0x1000), tip(0x1000), tip(0x2000)}), kInstructions);
  EXPECT_THAT(lines.errors, Contains("loop"));
  EXPECT_LT(lines.all.size(), 2'000'000U);
}

TEST_F(PtFlowTest, TimeIsBoundedByTheBytesWhateverTheCodeIs) {
  // Each packet leads into 250,000 instructions, which is below what is a loop.
  test::Bytes code(250'000, std::byte{0x90});
  code = std::move(code) + raw({0xff, 0xe0});
  programs.map(0x100000, code);
  test::Bytes trace = sync_at(0x100000);
  for (int packet = 0; packet < 100; ++packet) trace = std::move(trace) + tip(0x100000);
  std::size_t instructions = 0;
  struct Count final : AuxSink {
    explicit Count(std::size_t& count) : count_(count) {}
    void on_instruction(const AuxInstruction&) override { ++count_; }
    std::size_t& count_;
  } sink{instructions};
  decode(trace, programs, kInstructions, sink);
  EXPECT_LE(instructions, (std::size_t{1} << 19) + 10'000 * trace.size());
}

TEST_F(PtFlowTest, EveryCutOfATraceGivesABeginningOfItsBranches) {
  programs.map(0x1000, raw({0x75, 0xfe, 0xff, 0xe0}));
  const test::Bytes trace =
      joined({sync_at(0x1000), tnt("!!!!."), tip(0x1000), tnt("!."), tip(0x1000), fup(0x1000), tip_pgd(0x5000)});
  run(trace, kBranches);
  EXPECT_EQ(lines.errors, std::vector<std::string>{});
  const auto whole = lines.all;
  for (std::size_t size = 0; size < trace.size(); ++size) {
    Lines cut;
    decode({trace.begin(), trace.begin() + static_cast<std::ptrdiff_t>(size)}, programs, kBranches, cut);
    ASSERT_LE(cut.branches.size(), whole.size()) << size;
    for (std::size_t i = 0; i < cut.branches.size(); ++i) {
      EXPECT_EQ(cut.branches[i].from, lines.branches[i].from) << size;
      EXPECT_EQ(cut.branches[i].to, lines.branches[i].to) << size;
    }
  }
}

TEST_F(PtFlowTest, GarbageEndsWithoutHarm) {
  programs.map(0x1000, raw({0x75, 0xfe, 0xff, 0xe0}));
  std::mt19937 random{20261121};
  for (int round = 0; round < 300; ++round) {
    test::Bytes trace = joined({sync_at(0x1000), tnt("!!."), tip(0x1000), sync_at(0x1000), tnt("!!."), tip(0x1000)});
    for (int change = 0; change < 4; ++change) trace[random() % trace.size()] = static_cast<std::byte>(random());
    Lines out;
    decode(trace, programs, {true, true, true, false, true}, out);
    EXPECT_LT(out.all.size(), 4'000'000U);
  }
}

}  // namespace
}  // namespace simdprof
