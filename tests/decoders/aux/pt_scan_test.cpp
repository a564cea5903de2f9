#include "decoders/aux/pt_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/pt_trace.h"

namespace simdprof {
namespace {

using namespace test::pt;
using test::operator+;
using test::raw;

/// A scan of a trace, and its bytes.
struct Scanned {
  explicit Scanned(const test::Bytes& trace, const PtSetup& setup = {}) : bytes(trace), scan(setup, bytes.trace()) {}
  PtBytes bytes;
  PtScan scan;
};

TEST(FindPsb, IsWhereThePacketStarts) {
  EXPECT_EQ(find_psb(raw({1, 2, 3}) + psb(), 0), 3U);
  EXPECT_EQ(find_psb(raw({1, 2, 3}) + psb(), 4), 19U);
  EXPECT_EQ(find_psb({}, 0), 0U);
}

TEST(FindPsb, BytesOfThePacketBeforeThatLookAlikeAreNotThePacket) {
  // A TIP whose address ends in "02 82 02 82".
  const test::Bytes trace = raw({0x6d, 0x11, 0x22, 0x02, 0x82, 0x02, 0x82}) + psb() + psbend();
  EXPECT_EQ(find_psb(trace, 0), 7U);
}

TEST(FindPsb, ACutPacketIsNone) {
  const test::Bytes whole = psb();
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_EQ(find_psb(std::span(whole).first(size), 0), size);
}

TEST(PtScan, KeepsTheLastIp) {
  Scanned in{
      joined({psb(), tip(0xffffffff81001234), raw({0x2d, 0x78, 0x56}), raw({0x4d, 1, 2, 3, 4}), raw({0x0d}), psb()})};
  const std::vector<VirtAddr> expected = {
      0, 0xffffffff81001234, 0xffffffff81005678, 0xffffffff04030201, 0xffffffff04030201, 0};
  for (const VirtAddr ip : expected) {
    ASSERT_EQ(in.scan.next(), PtScan::Step::packet);
    EXPECT_EQ(in.scan.ip(), ip);
  }
  EXPECT_EQ(in.scan.next(), PtScan::Step::end);
}

TEST(PtScan, SaysWhatAnAddressBuildsOn) {
  Scanned in{joined({psb(), tip(0x1000), raw({0x2d, 0x78, 0x56}), raw({0x0d})})};
  (void)in.scan.next();
  (void)in.scan.next();
  EXPECT_TRUE(in.scan.carries_ip() && in.scan.full_ip());
  (void)in.scan.next();
  EXPECT_TRUE(in.scan.carries_ip() && !in.scan.full_ip());
  (void)in.scan.next();
  EXPECT_FALSE(in.scan.carries_ip());
}

TEST(PtScan, KnowsAPairOnceItIsWhole) {
  Scanned in{joined({psb(), psbend(), fup(0x1000), mtc(1), tip(0x2000), mtc(2), tnt("!")})};
  std::vector<PtPair::State> states;
  while (in.scan.next() == PtScan::Step::packet) states.push_back(in.scan.pair().state);
  using enum PtPair::State;
  EXPECT_THAT(states, testing::ElementsAre(none, none, fup, fup, complete, complete, none));
}

TEST(PtScan, AFupPacketOfTheHeaderIsNoPair) {
  Scanned in{sync_at(0x1000) + tip(0x2000)};
  while (in.scan.next() == PtScan::Step::packet) EXPECT_EQ(in.scan.pair().state, PtPair::State::none);
}

TEST(PtScan, TheFlowsPlaceIsThatOfTheLastPacketThatIsNotOfTimeAlone) {
  Scanned in{joined({psb(), psbend(), tip(0x1000), mtc(1), mtc(2)})};
  in.scan.advance_to(29);
  EXPECT_EQ(in.scan.end_offset(), 29U);
  EXPECT_EQ(in.scan.flow_offset(), 18U);
}

TEST(PtScan, ABadPacketStaysUntilSeek) {
  Scanned in{joined({psb(), raw({0x02, 0x0f}), psb()})};
  EXPECT_EQ(in.scan.next(), PtScan::Step::packet);
  EXPECT_EQ(in.scan.next(), PtScan::Step::bad);
  EXPECT_EQ(in.scan.error(), pte_bad_opc);
  EXPECT_EQ(in.scan.next(), PtScan::Step::bad);
  in.scan.seek(18);
  EXPECT_EQ(in.scan.next(), PtScan::Step::packet);
  EXPECT_EQ(in.scan.offset(), 18U);
}

TEST(PtScan, AnOverflowThatCutsACyclePacketIsSeenOnCpusWithTheErratum) {
  const test::Bytes trace = psb() + raw({0xf7, 0x02, 0xf3, 0x00});
  PtSetup skylake;
  skylake.cpu = {pcv_intel, 6, 78, 0};
  Scanned mended{trace, skylake};
  (void)mended.scan.next();
  (void)mended.scan.next();
  EXPECT_EQ(mended.scan.packet().type, ppt_ovf);
  EXPECT_EQ(mended.scan.end_offset(), 19U);
  Scanned as_is{trace};
  (void)as_is.scan.next();
  (void)as_is.scan.next();
  EXPECT_EQ(as_is.scan.packet().type, ppt_cyc);
}

TEST(PtScan, ATraceOfAVirtualMachineIsKnown) {
  Scanned in{joined({psb(), raw({0x02, 0x43, 0x01, 0, 0, 0, 0, 0}), raw({0x02, 0x43, 0x02, 0, 0, 0, 0, 0})})};
  in.scan.advance_to(24);
  EXPECT_TRUE(in.scan.guest());
  in.scan.advance_to(32);
  EXPECT_FALSE(in.scan.guest());
}

}  // namespace
}  // namespace simdprof
