#include "decoders/aux/pt_packets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/pt_trace.h"

namespace simdprof {
namespace {

using namespace test::pt;
using test::operator+;
using testing::ElementsAre;

class PtPacketsTest : public testing::Test {
 protected:
  void run(const test::Bytes& trace, const AuxTraceInfo& info = {}) { decode(trace, programs, kPackets, lines, info); }
  Programs programs;
  Lines lines;
};

TEST_F(PtPacketsTest, StandAtTheirOffsets) {
  run(joined({sync_at(0x7f0000001234), tnt("!.!"), tip(0xffffffff81000000), tip_pgd()}));
  EXPECT_THAT(lines.all, ElementsAre("0 psb", "10 mode.exec cs.l", "12 fup 3: 00007f0000001234", "19 psbend",
                                     "1b tnt.8 !.!", "1c tip 3: ffffffff81000000", "23 tip.pgd 0: ????????????????"));
}

TEST_F(PtPacketsTest, BytesBeforeThePsbPacketAreAnError) {
  run(test::raw({0x11, 0x22, 0x33}) + psb());
  EXPECT_THAT(lines.all, ElementsAre("error no-sync 0", "3 psb"));
}

TEST_F(PtPacketsTest, ATraceWithoutAPsbPacketIsOneError) {
  run(test::raw({0x11, 0x22, 0x33}));
  EXPECT_THAT(lines.all, ElementsAre("error no-sync 0"));
}

TEST_F(PtPacketsTest, GarbageIsLeftOutUpToTheNextPsbPacket) {
  run(joined({psb(), test::raw({0x02, 0x0f, 0x55}), psb(), psbend()}));
  EXPECT_THAT(lines.all, ElementsAre("0 psb", "error bad-packet 0", "13 psb", "23 psbend"));
  EXPECT_THAT(lines.error_offsets, ElementsAre(0x10U));
}

TEST_F(PtPacketsTest, EveryCutOfATraceGivesItsWholePacketsAndOneError) {
  const test::Bytes trace = joined({sync_at(0x1000), tsc(5), tma(1, 2), mtc(3), tip(0x2000)});
  const std::vector<std::size_t> ends = {16, 18, 25, 27, 35, 42, 44, 51};
  for (std::size_t size = 16; size <= trace.size(); ++size) {
    Lines cut;
    decode({trace.begin(), trace.begin() + static_cast<std::ptrdiff_t>(size)}, programs, kPackets, cut);
    const auto whole = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), size) - ends.begin());
    const bool at_end = ends[whole - 1] == size;
    EXPECT_EQ(cut.places.size(), whole) << size;
    EXPECT_EQ(cut.errors.size(), at_end ? 0U : 1U) << size;
  }
}

TEST_F(PtPacketsTest, HaveTheTimeOfTheClock) {
  AuxTraceInfo info;
  info.words = {8, 0, 1, 1000, 1};  // one tick is one nanosecond, tick 0 is at 1000 ns
  run(joined({psb(), tsc(500), psbend()}), info);
  ASSERT_EQ(lines.places.size(), 3U);
  EXPECT_EQ(lines.places[0].time_ns, AuxPlace::kNoAuxTime);
  EXPECT_EQ(lines.places[1].time_ns, 1500U);
  EXPECT_EQ(lines.places[2].time_ns, 1500U);
  EXPECT_EQ(lines.places[2].pid, 42);
}

TEST_F(PtPacketsTest, OfNewerCpusAreShown) {
  run(joined({psb(), psbend(), test::raw({0x02, 0x13, 0x01, 0x0e}),
              test::raw({0x02, 0x53, 0, 0xaa, 0x0b, 0xf0, 0, 0, 0, 0, 0}), test::raw({0xd9, 0x60, 0xa1, 0x17, 0x00})}));
  EXPECT_THAT(lines.all, ElementsAre("0 psb", "10 psbend", "12 cfe 1: 14 type intr", "16 evd 0: f00baa type cr2",
                                     "21 trig a1, mult, icnt: 23"));
}

}  // namespace
}  // namespace simdprof
