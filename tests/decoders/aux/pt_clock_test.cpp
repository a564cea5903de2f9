#include "decoders/aux/pt_clock.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

/// One tick is one nanosecond, one crystal tick is 100 of them, an MTC packet stands for 8 crystal ticks.
PtSetup setup() {
  PtSetup out;
  out.tsc_ctc_ratio = 100;
  out.ctc_ratio = 1;
  out.mtc_freq = 3;
  out.nominal_ratio = 20;
  out.time = {0, 1, 0, true};
  return out;
}

pt_packet tsc(std::uint64_t value) {
  pt_packet packet{};
  packet.type = ppt_tsc;
  packet.payload.tsc.tsc = value;
  return packet;
}
pt_packet tma(std::uint16_t ctc, std::uint16_t fast_counter) {
  pt_packet packet{};
  packet.type = ppt_tma;
  packet.payload.tma.ctc = ctc;
  packet.payload.tma.fc = fast_counter;
  return packet;
}
pt_packet mtc(std::uint8_t count) {
  pt_packet packet{};
  packet.type = ppt_mtc;
  packet.payload.mtc.ctc = count;
  return packet;
}
pt_packet cyc(std::uint64_t cycles) {
  pt_packet packet{};
  packet.type = ppt_cyc;
  packet.payload.cyc.value = cycles;
  return packet;
}
pt_packet cbr(std::uint8_t ratio) {
  pt_packet packet{};
  packet.type = ppt_cbr;
  packet.payload.cbr.ratio = ratio;
  return packet;
}

TEST(PtClock, KnowsNoTimeBeforeATscPacket) {
  PtClock clock{setup()};
  clock.apply(tma(1, 1));
  clock.apply(mtc(9));
  clock.apply(cyc(1000));
  EXPECT_EQ(clock.time_ns(), AuxPlace::kNoAuxTime);
}

TEST(PtClock, KnowsNoTimeWithoutTheConversion) {
  PtSetup unknown = setup();
  unknown.time.known = false;
  PtClock clock{unknown};
  clock.apply(tsc(5000));
  EXPECT_EQ(clock.tsc(), 5000U);
  EXPECT_EQ(clock.time_ns(), AuxPlace::kNoAuxTime);
}

TEST(PtClock, CountsCrystalTicksFromTheTmaPacket) {
  PtClock clock{setup()};
  clock.apply(tsc(1'000'000));
  clock.apply(tma(0x1234, 7));  // 4 crystal ticks above a multiple of 8: that was at 1000000 - 7 - 400
  clock.apply(mtc(0x47));       // 0x1234 >> 3 is 0x246: one step
  EXPECT_EQ(clock.time_ns(), 1'000'000U - 407 + 800);
  clock.apply(mtc(0x49));
  EXPECT_EQ(clock.time_ns(), 1'000'000U - 407 + 2400);
}

TEST(PtClock, AnMtcCountWrapsAround) {
  PtClock clock{setup()};
  clock.apply(tsc(1'000'000));
  clock.apply(tma(0xff << 3, 0));
  clock.apply(mtc(0x02));
  EXPECT_EQ(clock.time_ns(), 1'000'000U + 3 * 800);
}

TEST(PtClock, TakesBitsThatATmaPacketLacksFromTheMtcPacket) {
  PtSetup slow = setup();
  slow.mtc_freq = 10;  // MTC: crystal bits 10 to 17; a TMA packet ends at bit 15
  PtClock clock{slow};
  clock.apply(tsc(100'000'000));
  clock.apply(tma(0x3fU << 10U, 0));
  clock.apply(mtc(0xc0));  // the high bits were 10: 0xbf before
  EXPECT_EQ(clock.time_ns(), 100'000'000U + 102'400);
}

TEST(PtClock, NeverRunsBackwards) {
  PtClock clock{setup()};
  clock.apply(tsc(5000));
  clock.apply(tsc(4000));
  EXPECT_EQ(clock.time_ns(), 5000U);
}

TEST(PtClock, CountsCyclesByTheCoreToBusRatio) {
  PtClock clock{setup()};
  clock.apply(tsc(5000));
  clock.apply(cyc(100));
  EXPECT_EQ(clock.time_ns(), 5000U) << "the ratio is not known";
  clock.apply(cbr(40));  // twice the nominal frequency
  clock.apply(cyc(100));
  EXPECT_EQ(clock.time_ns(), 5100U);
}

TEST(PtClock, ManyCyclesDoNotWrapAround) {
  PtClock clock{setup()};
  clock.apply(tsc(5000));
  clock.apply(cbr(1));
  for (int packet = 0; packet < 4; ++packet) clock.apply(cyc(~std::uint64_t{0} >> 5));
  EXPECT_GE(clock.time_ns(), 5000U);
  EXPECT_LE(clock.time_ns(), 5000U + 20 * (std::uint64_t{1} << 40));
}

TEST(PtClock, AnOverflowNeedsANewTmaPacket) {
  PtClock clock{setup()};
  clock.apply(tsc(1'000'000));
  clock.apply(tma(8, 0));
  pt_packet overflow{};
  overflow.type = ppt_ovf;
  clock.apply(overflow);
  clock.apply(mtc(9));
  EXPECT_EQ(clock.time_ns(), 1'000'000U);
}

}  // namespace
}  // namespace simdprof
