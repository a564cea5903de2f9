#include <gtest/gtest.h>

#include <string>

#include "decoders/aux/spe_packet.h"
#include "tests/support/bytes.h"

namespace simdprof {
namespace {

TEST(SpeText, OperationsHaveNames) {
  const auto name = [](unsigned header, unsigned payload) {
    return std::string(spe_operation_name(*decode_spe_packet(test::raw({header, payload}), 0)));
  };
  EXPECT_EQ(name(0x49, 0x00), "load");
  EXPECT_EQ(name(0x49, 0x01), "store");
  EXPECT_EQ(name(0x49, 0x04), "simd-load");
  EXPECT_EQ(name(0x49, 0x06), "atomic-load");
  EXPECT_EQ(name(0x49, 0x0b), "exclusive-store");
  EXPECT_EQ(name(0x49, 0x12), "acquire-load");
  EXPECT_EQ(name(0x49, 0x08), "sve-load");
  EXPECT_EQ(name(0x49, 0x89), "sve-scatter");
  EXPECT_EQ(name(0x49, 0x40), "unknown");
  EXPECT_EQ(name(0x48, 0x00), "other");
  EXPECT_EQ(name(0x48, 0x01), "select");
  EXPECT_EQ(name(0x48, 0x08), "sve-other");
  EXPECT_EQ(name(0x4a, 0x01), "branch-conditional");
  EXPECT_EQ(name(0x4a, 0x02), "branch-indirect");
  EXPECT_EQ(name(0x4b, 0x00), "unknown");
}

TEST(SpeText, EventsOfTheImplementationAreOneNumber) {
  EXPECT_EQ(render_spe_packet({SpePacket::Kind::events, 0, 3, 0xf002}).text, "RETIRED IMPDEF 0xf000");
  EXPECT_EQ(render_spe_packet({SpePacket::Kind::events, 0, 3, 0}).text, "");
}

TEST(SpeText, TheLargestPayloadsAreShownWhole) {
  constexpr std::uint64_t kAll = ~std::uint64_t{0};
  EXPECT_EQ(render_spe_packet({SpePacket::Kind::timestamp, 0, 9, kAll}).text, "18446744073709551615");
  EXPECT_EQ(render_spe_packet({SpePacket::Kind::address, kSpeVirtual, 9, kAll}).text, "0xffffffffffffffff");
  EXPECT_EQ(render_spe_packet({SpePacket::Kind::address, kSpeInstruction, 9, kAll}).text, "0xffffffffffffff el3 ns=1");
  EXPECT_EQ(render_spe_packet({SpePacket::Kind::operation, kSpeOther, 2, 0x78}).text, "EVLEN 4096");
}

}  // namespace
}  // namespace simdprof
