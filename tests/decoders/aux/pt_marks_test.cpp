#include "decoders/aux/pt_marks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/pt_trace.h"

namespace simdprof {
namespace {

using namespace test::pt;
using test::raw;
using testing::ElementsAre;
using testing::IsEmpty;

// Source of the layouts: Intel SDM volume 3, "Intel Processor Trace", packet definitions.
test::Bytes ptw4(unsigned payload, bool ip = false) {
  test::Bytes out = raw({2, 0x12U | (ip ? 0x80U : 0U)});
  test::append_word(out, payload, 4);
  return out;
}
test::Bytes ptw8(std::uint64_t payload, bool ip = false) {
  test::Bytes out = raw({2, 0x32U | (ip ? 0x80U : 0U)});
  test::append_word(out, payload, 8);
  return out;
}
test::Bytes mwait(unsigned hints, unsigned extensions) { return raw({2, 0xc2, hints, 0, 0, 0, extensions, 0, 0, 0}); }
test::Bytes pwre(unsigned low, unsigned high) { return raw({2, 0x22, low, high}); }
test::Bytes exstop() { return raw({2, 0x62}); }
test::Bytes exstop_ip() { return raw({2, 0xe2}); }
test::Bytes pwrx(unsigned low, unsigned high) { return raw({2, 0xa2, low, high, 0, 0, 0}); }

class PtMarksTest : public testing::Test {
 protected:
  void run(const test::Bytes& trace, AuxTraceInfo info = {}) {
    decode(trace, programs, kMarks, lines, std::move(info));
  }
  Programs programs;
  Lines lines;
};

TEST_F(PtMarksTest, AHeaderGivesItsPlaceAndItsRatio) {
  run(joined({psb(), cbr(21), mode_exec_64(), fup(0x1000), psbend(), psb(), cbr(22), psbend()}));
  EXPECT_THAT(lines.all, ElementsAre("psb 1000 0x0", "cbr 1000 0x15", "psb 0 0x1f", "cbr 0 0x16"));
}

TEST_F(PtMarksTest, AHeaderThatAnOverflowCutsOffGivesNothing) {
  run(joined({psb(), cbr(21), ovf(), psb(), psbend()}));
  EXPECT_THAT(lines.all, testing::Contains("psb 0 0x16"));
  EXPECT_EQ(lines.marks.size(), 1U);
}

TEST_F(PtMarksTest, APtwritePacketHasTheAddressOfItsFupPacket) {
  programs.map(0x1000, raw({0xf3, 0x48, 0x0f, 0xae, 0xe0, 0x90, 0xff, 0xe0}));  // ptwrite rax; nop; jmp *rax
  run(joined({sync_at(0x1000), ptw8(0x1122334455667788, true), fup(0x1000), tip(0x1000), ptw4(0x99aabbcc, true),
              fup(0x1000), tip(0x1000)}));
  EXPECT_THAT(lines.all,
              ElementsAre("psb 1000 0x0", "ptwrite 1000 own 0x1122334455667788", "ptwrite 1000 own 0x99aabbcc"));
}

TEST_F(PtMarksTest, OneWithoutIsOfTheLastAddressThatWasKnown) {
  // nop; ptwrite rax; jmp *rax
  programs.map(0x1000, raw({0x90, 0xf3, 0x48, 0x0f, 0xae, 0xe0, 0xff, 0xe0}));
  programs.map(0x2000, raw({0x90, 0xf3, 0x48, 0x0f, 0xae, 0xe0, 0xff, 0xe0}));
  run(joined({sync_at(0x1000), ptw4(5), tip(0x2000), ptw8(6), tip(0x1000)}));
  EXPECT_THAT(lines.all, ElementsAre("psb 1000 0x0", "ptwrite 1000 0x5", "ptwrite 2000 0x6"));
}

TEST_F(PtMarksTest, ThePowerPacketsOfAWaitAreOfOneAddress) {
  programs.map(0x1000, raw({0x0f, 0x01, 0xc9, 0x90, 0xff, 0xe0}));  // mwait; nop; jmp *rax
  run(joined({sync_at(0x1000), mwait(0x60, 1), pwre(0, 0x60), exstop_ip(), fup(0x1000), pwrx(0x56, 0x01), cbr(9),
              tip(0x1000)}));
  EXPECT_THAT(lines.all, ElementsAre("psb 1000 0x0", "mwait 1000 0x100000060", "pwre 1000 0x6000",
                                     "exstop 1000 own 0x0", "pwrx 1000 0x156", "cbr 1000 0x9"));
}

TEST_F(PtMarksTest, EveryWakeReasonIsKept) {
  run(joined({sync_at(0x1000), pwrx(0xff, 0x0f), pwrx(0x21, 0x02)}));
  EXPECT_THAT(lines.all, ElementsAre("psb 1000 0x0", "pwrx 1000 0xfff", "pwrx 1000 0x221"));
}

TEST_F(PtMarksTest, WhereTracingEndedTheAddressIsTheLastInstruction) {
  programs.map(0x1000, raw({0x90, 0x0f, 0x05}));  // nop; syscall
  run(joined({sync_at(0x1000), tip_pgd(), cbr(7), exstop(), pwre(0x80, 0x10), tip_pge(0x1000), cbr(8)}));
  EXPECT_THAT(lines.all,
              ElementsAre("psb 1000 0x0", "cbr 1001 0x7", "exstop 1001 0x0", "pwre 1001 0x1080", "cbr 1000 0x8"));
}

TEST_F(PtMarksTest, WithoutBranchesTheFupPacketTellsTheAddress) {
  run(joined({psb(), psbend(), ptw8(1, true), fup(0x1234), ptw8(2), exstop()}));
  EXPECT_THAT(lines.all, ElementsAre("psb 0 0x0", "ptwrite 1234 own 0x1", "ptwrite 1234 0x2", "exstop 1234 0x0"));
}

TEST_F(PtMarksTest, AFupPacketThatDoesNotComeLeavesThemWithoutAnAddressOfTheirOwn) {
  run(joined({psb(), psbend(), mwait(1, 0), ovf(), ptw8(7, true)}));
  EXPECT_EQ(lines.marks.size(), 3U);
  EXPECT_THAT(lines.all, testing::IsSupersetOf({"mwait 0 0x1", "ptwrite 0 0x7"}));
}

TEST_F(PtMarksTest, WhereTheCodeIsNotKnownTheyAreStillGiven) {
  run(joined({sync_at(0x1000), tip(0x2000), cbr(5), tip(0x3000), ptw8(3, true), fup(0x3000)}));
  std::vector<std::uint64_t> payloads;
  for (const AuxMark& mark : lines.marks) payloads.push_back(mark.facts.payload);
  EXPECT_THAT(payloads, ElementsAre(0U, 5U, 3U));
}

TEST_F(PtMarksTest, EveryCutPointEndsWell) {
  const auto trace = joined({sync_at(0x1000), cbr(3), mwait(0x60, 1), pwre(0, 0x60), exstop_ip(), fup(0x1000),
                             pwrx(0x56, 0x01), ptw8(1, true), fup(0x1000), ptw4(2)});
  for (std::size_t size = 0; size <= trace.size(); ++size) {
    Lines cut;
    decode({trace.begin(), trace.begin() + static_cast<std::ptrdiff_t>(size)}, programs, kMarks, cut);
    EXPECT_LE(cut.marks.size(), 8U) << size;
  }
}

TEST_F(PtMarksTest, ThereAreNoneUnlessTheyAreWanted) {
  decode(joined({sync_at(0x1000), cbr(3)}), programs, kBranches, lines);
  EXPECT_THAT(lines.marks, IsEmpty());
}

AuxTraceInfo clocked(std::uint64_t nominal_ratio) {
  AuxTraceInfo info;
  info.words.resize(16);
  info.words[1] = 0;  // shift
  info.words[2] = 1;  // mult: a tick is a nanosecond
  info.words[4] = 1;  // the conversion is known
  info.words[15] = nominal_ratio;
  return info;
}

TEST_F(PtMarksTest, TheFrequencyIsThatOfTheTimeStampCounter) {
  run(joined({psb(), tsc(1000), cbr(21), psbend()}), clocked(20));
  ASSERT_EQ(lines.marks.size(), 2U);
  EXPECT_EQ(lines.marks[1].facts.bus_khz, 50'000U);  // 1 GHz at ratio 20
  EXPECT_EQ(lines.marks[1].facts.nominal_ratio, 20U);
  EXPECT_EQ(lines.marks[0].place.time_ns, 1000U) << "the header tells it behind the PSB packet";
  EXPECT_EQ(lines.marks[1].place.time_ns, 1000U);
}

TEST_F(PtMarksTest, AMarkStandsWhereItsPacketIs) {
  run(joined({psb(), tsc(1000), cbr(21), psbend(), tsc(2000), exstop()}), clocked(20));
  ASSERT_EQ(lines.marks.size(), 3U);
  EXPECT_EQ(lines.marks[0].place.offset, 0U);
  EXPECT_EQ(lines.marks[1].place.offset, 24U);
  EXPECT_EQ(lines.marks[2].place.offset, 38U);
  EXPECT_EQ(lines.marks[2].place.time_ns, 2000U);
}

TEST_F(PtMarksTest, ABusOf100MegahertzIsTakenWhereTheRatioIsNotTold) {
  run(joined({psb(), tsc(1000), cbr(21), psbend()}), clocked(0));
  ASSERT_EQ(lines.marks.size(), 2U);
  EXPECT_EQ(lines.marks[1].facts.bus_khz, 100'000U);
  EXPECT_EQ(lines.marks[1].facts.nominal_ratio, 10U);
}

TEST_F(PtMarksTest, WithoutAClockThereIsNoFrequency) {
  run(joined({psb(), cbr(21), psbend()}));
  ASSERT_EQ(lines.marks.size(), 2U);
  EXPECT_EQ(lines.marks[1].facts.bus_khz, 0U);
  EXPECT_EQ(lines.marks[1].facts.nominal_ratio, 0U);
}

}  // namespace
}  // namespace simdprof
