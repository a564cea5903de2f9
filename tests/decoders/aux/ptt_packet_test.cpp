#include "decoders/aux/ptt_packet.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace simdprof {
namespace {

TEST(PttPacket, TheFormIsToldByTheFirstWord) {
  EXPECT_EQ(ptt_form(test::raw({0x00, 0xf8, 0xff, 0xff})), PttForm::dw8);
  EXPECT_EQ(ptt_form(test::raw({0xff, 0xff, 0xff, 0xff})), PttForm::dw8);
  EXPECT_EQ(ptt_form(test::raw({0xff, 0xf7, 0xff, 0xff})), PttForm::dw4);
  EXPECT_EQ(ptt_form(test::raw({0, 0, 0, 0})), PttForm::dw4);
}

TEST(PttPacket, TheTimeOfAShortPacketIsElevenBits) {
  test::Bytes bytes(16, std::byte{0xff});
  EXPECT_EQ(decode_ptt_packet(bytes, PttForm::dw4).time(), 0x7ffU);
  EXPECT_TRUE(is_ptt_whole(decode_ptt_packet(bytes, PttForm::dw4)));
}

TEST(PttPacket, ALongPacketNeedsItsCheckWord) {
  test::Bytes bytes(32, std::byte{0xff});
  EXPECT_TRUE(is_ptt_whole(decode_ptt_packet(bytes, PttForm::dw8)));
  bytes[3] = std::byte{0x7f};
  EXPECT_FALSE(is_ptt_whole(decode_ptt_packet(bytes, PttForm::dw8)));
}

}  // namespace
}  // namespace simdprof
