#include "decoders/aux/pt_resync.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/pt_trace.h"

namespace simdprof {
namespace {

using namespace test::pt;
using test::operator+;
using test::raw;
using Cause = PtResync::Cause;
using testing::ElementsAre;

/// A trace whose first PSB packet and header were taken.
struct Lost {
  explicit Lost(const test::Bytes& rest) : trace(psb() + psbend() + rest), bytes(trace) { scan.advance_to(18); }
  [[nodiscard]] test::Bytes decoder_bytes(std::size_t from, std::size_t size) {
    const auto part = std::as_bytes(bytes.with_headroom()).subspan(from, size);
    return {part.begin(), part.end()};
  }

  test::Bytes trace;
  PtBytes bytes;
  PtScan scan{PtSetup{}, bytes.trace()};
  Programs programs;
  Lines lines;
  PtPlaces places{programs, AuxSlice{}, 0};
  PtBranches branches{kBranches, lines};
  PtResync resync{bytes, scan, places, branches, lines};
};

TEST(PtResync, TheCauseIsThePacketThatNeedsTheFlow) {
  EXPECT_EQ(Lost(mtc(1) + tnt("!")).resync.take_cause(), Cause::flow);
  EXPECT_EQ(Lost(raw({0x1d}) + tip(0x10)).resync.take_cause(), Cause::flow);
  EXPECT_EQ(Lost(sync_at(0x1000) + tip_pgd()).resync.take_cause(), Cause::flow);
  EXPECT_EQ(Lost(tip_pge(0x10)).resync.take_cause(), Cause::begin);
  EXPECT_EQ(Lost(ovf()).resync.take_cause(), Cause::overflow);
  EXPECT_EQ(Lost(raw({0x02, 0x0f})).resync.take_cause(), Cause::bad);
  EXPECT_EQ(Lost(mtc(1)).resync.take_cause(), Cause::end);
}

TEST(PtResync, LeadsTheDecoderToTheAddressByAHeader) {
  Lost lost{tip(0x1234)};
  const auto sync = lost.resync.find(true);
  ASSERT_TRUE(sync);
  // PSB, MODE.Exec 64 bit, MODE.TSX outside of a transaction, FUP with 64 bits of address, PSBEND.
  EXPECT_EQ(lost.decoder_bytes(*sync, 31),
            psb() + raw({0x99, 0x01, 0x99, 0x20, 0xdd, 0x34, 0x12, 0, 0, 0, 0, 0, 0, 0x02, 0x23}));
  EXPECT_EQ(*sync + 31, PtBytes::kHeadroom + lost.trace.size());
  EXPECT_THAT(lost.lines.all, ElementsAre("0 -> 1234 0x101"));
}

TEST(PtResync, TakesAShortAddressOnlyWhereTheLastOneIsTrusted) {
  EXPECT_FALSE(Lost(raw({0x2d, 0x34, 0x12})).resync.find(true));
  Lost trusted{raw({0x2d, 0x34, 0x12})};
  EXPECT_TRUE(trusted.resync.find(false));
  EXPECT_THAT(trusted.lines.all, ElementsAre("0 -> 1234 0x101"));
}

TEST(PtResync, APsbPacketWithAnAddressIsTakenAsItIs) {
  Lost lost{tnt("!") + sync_at(0x1000) + tip(0x2000)};
  EXPECT_EQ(lost.resync.find(true), PtBytes::kHeadroom + 19);
  EXPECT_THAT(lost.lines.all, ElementsAre());
}

TEST(PtResync, TheEndOfATraceIsToldAndTheSearchGoesOn) {
  Lost lost{tip_pgd(0x1000) + raw({0x31, 0x78, 0x56}) + tip(0x9000)};
  ASSERT_TRUE(lost.resync.find(true));
  EXPECT_THAT(lost.lines.all, ElementsAre("0 -> 1000 0x301", "0 -> 5678 0x101"));
}

TEST(PtResync, AnOverflowOnTheWayIsTold) {
  Lost lost{ovf() + tip(0x9000)};
  ASSERT_TRUE(lost.resync.find(true));
  EXPECT_THAT(lost.lines.all, ElementsAre("error overflow 0", "0 -> 9000 0x101"));
}

TEST(PtResync, APairThatWasTakenTellsTheAddress) {
  Lost lost{fup(0x1000) + tip(0x9000) + mtc(1)};
  lost.scan.advance_to(lost.trace.size());
  const auto sync = lost.resync.at_pair(true);
  ASSERT_TRUE(sync);
  EXPECT_EQ(*sync + 31, PtBytes::kHeadroom + lost.trace.size());
  EXPECT_THAT(lost.lines.all, ElementsAre("0 -> 9000 0x101"));
  EXPECT_EQ(lost.scan.pair().state, PtPair::State::none);
}

TEST(PtResync, BytesThatAreNoPacketAreLeftOut) {
  Lost lost{raw({0x02, 0x0f, 0x77}) + psb()};
  EXPECT_EQ(lost.resync.take_cause(), Cause::bad);
  EXPECT_EQ(lost.resync.behind_bad(), PtBytes::kHeadroom + 21);
  EXPECT_THAT(lost.lines.all, ElementsAre("error bad-packet 0"));
  Lost last{raw({0x02, 0x0f, 0x77})};
  EXPECT_EQ(last.resync.take_cause(), Cause::bad);
  EXPECT_FALSE(last.resync.behind_bad());
}

}  // namespace
}  // namespace simdprof
