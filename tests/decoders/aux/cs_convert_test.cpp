#include "decoders/aux/cs_convert.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

ocsd_generic_trace_elem element(ocsd_gen_trc_elem_t type) {
  ocsd_generic_trace_elem out{};
  out.elem_type = type;
  return out;
}

TEST(CsConvert, ARangeKeepsItsEndsAndItsLastInstruction) {
  auto in = element(OCSD_GEN_TRC_ELEM_INSTR_RANGE);
  in.st_addr = 0x1000;
  in.en_addr = 0x1010;
  in.isa = ocsd_isa_aarch64;
  in.num_instr_range = 4;
  in.last_i_type = OCSD_INSTR_BR_INDIRECT;
  in.last_i_subtype = OCSD_S_INSTR_V8_RET;
  in.last_instr_exec = 1;
  in.last_instr_sz = 4;
  const CsElement out = convert_element(in);
  EXPECT_EQ(out.kind, CsKind::range);
  EXPECT_EQ(out.start, 0x1000U);
  EXPECT_EQ(out.end, 0x1010U);
  EXPECT_EQ(out.set, CsInstructionSet::a64);
  EXPECT_EQ(out.instructions, 4U);
  EXPECT_EQ(out.last, CsLast::indirect_branch);
  EXPECT_EQ(out.last_kind, CsLastKind::ret);
  EXPECT_TRUE(out.last_executed);
  EXPECT_FALSE(out.last_conditional);
  EXPECT_EQ(out.last_bytes, 4U);
}

TEST(CsConvert, LostTraceIsToldFromBadPackets) {
  auto in = element(OCSD_GEN_TRC_ELEM_NO_SYNC);
  in.unsync_eot_info = UNSYNC_OVERFLOW;
  EXPECT_TRUE(convert_element(in).overflow);
  in.unsync_eot_info = UNSYNC_BAD_PACKET;
  EXPECT_FALSE(convert_element(in).overflow);
  EXPECT_TRUE(convert_element(in).damaged);
  auto on = element(OCSD_GEN_TRC_ELEM_TRACE_ON);
  on.trace_on_reason = TRACE_ON_OVERFLOW;
  EXPECT_TRUE(convert_element(on).overflow);
}

TEST(CsConvert, ASoftwarePayloadIsReadAsFarAsItGoes) {
  auto in = element(OCSD_GEN_TRC_ELEM_SWTRACE);
  in.sw_trace_info.swt_payload_pkt_bitsize = 16;
  in.sw_trace_info.swt_payload_num_packets = 1;
  EXPECT_EQ(convert_element(in).payload, 0U);
  const std::uint8_t two[] = {0x34, 0x12};
  in.ptr_extended_data = two;
  EXPECT_EQ(convert_element(in).payload, 0x1234U);
  const std::uint8_t many[16] = {1, 0, 0, 0, 0, 0, 0, 2, 9, 9};
  in.sw_trace_info.swt_payload_pkt_bitsize = 64;
  in.sw_trace_info.swt_payload_num_packets = 2;
  in.ptr_extended_data = many;
  EXPECT_EQ(convert_element(in).payload, 0x0200000000000001U);
}

TEST(CsConvert, AnElementOfALaterLibraryIsUnknown) {
  EXPECT_EQ(convert_element(element(static_cast<ocsd_gen_trc_elem_t>(31))).kind, CsKind::unknown);
}

TEST(CsConvert, EachProtocolHasItsBadPackets) {
  ocsd_etmv4_i_pkt etm4{};
  etm4.type = ETM4_PKT_I_RESERVED;
  EXPECT_TRUE(is_damaged_packet(CsProtocol::etmv4, &etm4));
  EXPECT_TRUE(is_damaged_packet(CsProtocol::ete, &etm4));
  etm4.type = ETM4_PKT_I_INCOMPLETE_EOT;
  EXPECT_FALSE(is_damaged_packet(CsProtocol::etmv4, &etm4));
  ocsd_etmv3_pkt etm3{};
  etm3.type = ETM3_PKT_BAD_SEQUENCE;
  EXPECT_TRUE(is_damaged_packet(CsProtocol::etmv3, &etm3));
  ocsd_ptm_pkt ptm{};
  ptm.type = PTM_PKT_RESERVED;
  EXPECT_TRUE(is_damaged_packet(CsProtocol::ptm, &ptm));
  ocsd_stm_pkt stm{};
  stm.type = STM_PKT_D8;
  EXPECT_FALSE(is_damaged_packet(CsProtocol::stm, &stm));
}

TEST(CsConvert, OnlyAQPacketWithACountHasInstructions) {
  ocsd_etmv4_i_pkt packet{};
  packet.type = ETM4_PKT_I_Q;
  packet.Q_pkt.q_count = 99;
  EXPECT_EQ(q_instructions(CsProtocol::etmv4, &packet), 0U);
  packet.Q_pkt.count_present = 1;
  EXPECT_EQ(q_instructions(CsProtocol::etmv4, &packet), 99U);
  packet.type = ETM4_PKT_I_ATOM_F1;
  EXPECT_EQ(q_instructions(CsProtocol::etmv4, &packet), 0U);
}

}  // namespace
}  // namespace simdprof
