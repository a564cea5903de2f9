#include "decoders/aux/pt_unknown.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace simdprof {
namespace {

using Packet = std::vector<std::uint8_t>;

int size_of(Packet bytes) {
  pt_config config{};
  config.begin = bytes.data();
  config.end = bytes.data() + bytes.size();
  return size_pt_unknown(nullptr, &config, bytes.data(), nullptr);
}

TEST(PtUnknown, HasTheSizesOfNewerPackets) {
  EXPECT_EQ(size_of({0x02, 0x13, 0x01, 0x0e, 0xff}), 4);
  EXPECT_EQ(size_of({0x02, 0x53, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff}), 11);
  EXPECT_EQ(size_of({0x02, 0x63, 0x04, 0xff}), 3);
  EXPECT_EQ(size_of({0x02, 0x33, 0xff}), 2);
  EXPECT_EQ(size_of({0xd9, 0x20, 0xa1, 0xff}), 3);
  EXPECT_EQ(size_of({0xd9, 0x40, 0xa1, 0x17, 0x00, 0xff}), 5);
}

TEST(PtUnknown, EveryCutOfAPacketIsTheEnd) {
  const Packet whole = {0x02, 0x53, 0, 1, 2, 3, 4, 5, 6, 7, 8};
  for (std::size_t size = 2; size < whole.size(); ++size) {
    EXPECT_EQ(size_of({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), -pte_eos) << size;
  }
}

TEST(PtUnknown, OtherBytesAreNoPacket) {
  EXPECT_EQ(size_of({0x02, 0x0f}), -pte_bad_opc);
  EXPECT_EQ(size_of({0xe5, 0x00}), -pte_bad_opc);
  EXPECT_EQ(size_of({0x02}), -pte_bad_opc);
}

TEST(PtUnknown, IsWrittenAsPtdumpDoes) {
  EXPECT_EQ(render_pt_unknown(Packet{0x02, 0x13, 0x83, 0x00}), "3, ip type smi");
  EXPECT_EQ(render_pt_unknown(Packet{0x02, 0x13, 0x0e, 0x2a}), "14: 42 type swintr");
  EXPECT_EQ(render_pt_unknown(Packet{0x02, 0x53, 0x02, 0xaa, 0x0b, 0xf0, 0, 0, 0, 0, 0}), "2: f00baa type vmxr");
  EXPECT_EQ(render_pt_unknown(Packet{0xd9, 0xe0, 0xa1, 0x17, 0x00}), "a1, ip, mult, icnt: 23");
  EXPECT_EQ(render_pt_unknown(Packet{0xd9, 0x20, 0xa1}), "a1, mult");
  EXPECT_EQ(render_pt_unknown(Packet{0x02, 0x63, 0x04}), "4");
  EXPECT_EQ(render_pt_unknown(Packet{0x02, 0xb3}), "ip");
}

TEST(PtUnknown, ACutPacketHasNoText) { EXPECT_EQ(render_pt_unknown(Packet{0x02, 0x13}), ""); }

TEST(PtUnknown, SaysWhichFupPacketBelongsToIt) {
  EXPECT_TRUE(decode_pt_unknown(Packet{0x02, 0xb3}).before_fup);
  EXPECT_FALSE(decode_pt_unknown(Packet{0x02, 0x33}).before_fup);
  EXPECT_TRUE(decode_pt_unknown(Packet{0x02, 0x13, 0x83, 0}).before_fup);
}

}  // namespace
}  // namespace simdprof
