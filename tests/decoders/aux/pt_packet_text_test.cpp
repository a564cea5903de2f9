#include "decoders/aux/pt_packet_text.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

std::string text(const pt_packet& packet, std::span<const std::uint8_t> raw = {}) {
  const PtPacketText out = render_pt_packet(packet, raw);
  return out.payload.empty() ? std::string{out.name} : std::string{out.name} + " " + out.payload;
}

pt_packet of(pt_packet_type type) {
  pt_packet packet{};
  packet.type = type;
  return packet;
}

TEST(PtPacketText, WritesAddressesWithWhatTheyLack) {
  pt_packet packet = of(ppt_tip);
  packet.payload.ip = {pt_ipc_suppressed, 0};
  EXPECT_EQ(text(packet), "tip 0: ????????????????");
  packet.payload.ip = {pt_ipc_update_16, 0x12};
  EXPECT_EQ(text(packet), "tip 1: ????????????0012");
  packet.payload.ip = {pt_ipc_update_32, 0x12};
  EXPECT_EQ(text(packet), "tip 2: ????????00000012");
  packet.payload.ip = {pt_ipc_sext_48, 0xffff81000000};
  EXPECT_EQ(text(packet), "tip 3: ffffffff81000000");
  packet.payload.ip = {pt_ipc_update_48, 0x12};
  EXPECT_EQ(text(packet), "tip 4: ????000000000012");
  packet.payload.ip = {pt_ipc_full, 0x12};
  EXPECT_EQ(text(packet), "tip 6: 0000000000000012");
}

TEST(PtPacketText, WritesBranchesInTheirOrder) {
  pt_packet packet = of(ppt_tnt_8);
  packet.payload.tnt = {4, 0b1011};
  EXPECT_EQ(text(packet), "tnt.8 !.!!");
}

TEST(PtPacketText, WritesModes) {
  pt_packet packet = of(ppt_mode);
  packet.payload.mode.leaf = pt_mol_exec;
  packet.payload.mode.bits.exec.csl = 1;
  packet.payload.mode.bits.exec.csd = 1;
  const std::array<std::uint8_t, 2> raw = {0x99, 0x07};
  EXPECT_EQ(text(packet, raw), "mode.exec cs.d, cs.l, if");
  packet.payload.mode.leaf = pt_mol_tsx;
  packet.payload.mode.bits.tsx.intx = 1;
  packet.payload.mode.bits.tsx.abrt = 0;
  EXPECT_EQ(text(packet, raw), "mode.tsx intx");
}

TEST(PtPacketText, WritesPowerStates) {
  pt_packet packet = of(ppt_pwrx);
  packet.payload.pwrx.last = 0;
  packet.payload.pwrx.deepest = 5;
  EXPECT_EQ(text(packet), "pwrx bad: c1, c6");
  packet.payload.pwrx.interrupt = 1;
  EXPECT_EQ(text(packet), "pwrx int: c1, c6");
  packet = of(ppt_pwre);
  packet.payload.pwre.state = 0xf;
  packet.payload.pwre.hw = 1;
  EXPECT_EQ(text(packet), "pwre c0.1, hw");
}

TEST(PtPacketText, EveryPacketOfLibiptHasAName) {
  for (int type = ppt_pad; type <= ppt_ptw; ++type) {
    const PtPacketText out = render_pt_packet(of(static_cast<pt_packet_type>(type)), {});
    EXPECT_FALSE(out.name.empty()) << type;
    EXPECT_NE(out.name, "invalid") << type;
  }
  EXPECT_EQ(text(of(ppt_invalid)), "invalid");
}

}  // namespace
}  // namespace simdprof
