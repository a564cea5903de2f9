#include "decoders/aux/cs_packet_line.h"

#include <gtest/gtest.h>

#include <string>

namespace simdprof {
namespace {

const std::string kLine = "Idx:12; ID:1e; [0x01 0x00 ];\tI_TRACE_INFO : Trace Info.; INFO=0x0\n";

TEST(CsPacketLine, HasPlaceSourceSizeNameAndText) {
  const auto packet = parse_packet_line(kLine);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->at, 12U);
  EXPECT_EQ(packet->trace_id, 0x1eU);
  EXPECT_EQ(packet->bytes, 2U);
  EXPECT_EQ(packet->name, "I_TRACE_INFO");
  EXPECT_EQ(packet->text, "Trace Info.; INFO=0x0");
  EXPECT_FALSE(packet->damaged);
  EXPECT_EQ(packet->q_instructions, 0U);
}

TEST(CsPacketLine, WhatIsNoPacketOfItsProtocolIsDamaged) {
  const auto packet = parse_packet_line("Idx:3; ID:0; [0x6f ];\tI_RESERVED : Reserved Packet Header\n");
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->damaged);
}

TEST(CsPacketLine, AQPacketTellsHowManyInstructionsWereRun) {
  const auto packet = parse_packet_line("Idx:3; ID:0; [0xa0 0x05 ];\tI_Q : Q Packet.; Count(4294967295)\n");
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->q_instructions, 4294967295U);
}

TEST(CsPacketLine, OtherLinesTellNoPacket) {
  EXPECT_FALSE(parse_packet_line(""));
  EXPECT_FALSE(parse_packet_line("ID:0\tEND OF TRACE DATA\n"));
  EXPECT_FALSE(parse_packet_line("Idx:x; ID:0; [0x00 ];\tI_ASYNC\n"));
  EXPECT_FALSE(parse_packet_line("];\t Idx:1; ID:0; ["));
}

TEST(CsPacketLine, ALineCutAnywhereIsReadWithinItsBounds) {
  for (std::size_t size = 0; size < kLine.size(); ++size) {
    const auto packet = parse_packet_line(std::string_view(kLine).substr(0, size));
    EXPECT_EQ(packet.has_value(), size >= kLine.find('\t') + 1) << size;
  }
}

}  // namespace
}  // namespace simdprof
