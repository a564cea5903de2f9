#include "decoders/aux/cs_tree.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace simdprof {
namespace {

using test::operator+;

class Counter final : public CsClient {
 public:
  void on_packet(const CsPacket& packet) override {
    ++packets;
    last_packet_at = packet.at;
  }
  void on_element(const CsElement& element) override {
    ++elements;
    instructions += element.instructions;
  }
  void on_fatal(std::uint64_t, std::string_view text) override { fatal = text; }
  /// Code without a branch, without an end.
  std::size_t read_code(std::uint8_t, VirtAddr, bool, std::span<std::byte> out) override {
    constexpr std::byte kNop[] = {std::byte{0x1f}, std::byte{0x20}, std::byte{0x03}, std::byte{0xd5}};
    code_bytes += out.size();
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = kNop[i % 4];
    return out.size();
  }

  int packets = 0, elements = 0;
  std::uint64_t instructions = 0, last_packet_at = 0, code_bytes = 0;
  std::string fatal;
};

CsSource etm4_source() {
  CsSource source;
  source.trace_id = std::uint8_t{0x10};
  source.idr0 = 0x08000ca1;
  source.idr1 = 0x4200f410;
  source.idr2 = 0x20001088;
  return source;
}

const test::Bytes kSync = test::raw({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x01, 0x00, 0x04, 0x81, 0x30});
const test::Bytes kStart = kSync + test::raw({0x9d, 0, 8, 0, 0, 0, 0, 0, 0});

TEST(CsTree, CodeWithoutAnEndStopsAtABoundThatTheBytesSet) {
  Counter counter;
  const auto tree = CsTree::create({false, true, false}, std::vector{etm4_source()}, counter);
  ASSERT_TRUE(tree);
  (*tree)->decode(kStart + test::raw({0xf7, 0xf7, 0xf7}));
  EXPECT_NE(counter.fatal.find("more instructions"), std::string::npos);
  EXPECT_LT(counter.code_bytes, std::uint64_t{16} << 20U);
}

TEST(CsTree, FramesCarryTheirSourcesBytes) {
  // Source: IHI 0029, D4.2: even bytes with bit 0 set are ids; the last byte has bit 0 of the others.
  test::Bytes frame = test::raw({0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x01, 0, 0});
  test::Bytes second = test::raw({0x04, 0x81, 0x30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  Counter counter;
  const auto tree = CsTree::create({true, false, true}, std::vector{etm4_source()}, counter);
  ASSERT_TRUE(tree);
  (*tree)->decode(frame + second);
  EXPECT_GE(counter.packets, 2);
  EXPECT_EQ(counter.fatal, "");
}

TEST(CsTree, PlacesGoOnFromOneCallToTheNext) {
  Counter counter;
  const auto tree = CsTree::create({false, false, true}, std::vector{etm4_source()}, counter);
  ASSERT_TRUE(tree);
  (*tree)->decode(kSync);
  (*tree)->decode(kSync + kSync);
  EXPECT_EQ(counter.last_packet_at, 3 * kSync.size() - 2);
}

TEST(CsTree, NoBytesGiveNothingButTheEnd) {
  Counter counter;
  const auto tree = CsTree::create({false, true, true}, std::vector{etm4_source()}, counter);
  ASSERT_TRUE(tree);
  (*tree)->decode({});
  EXPECT_EQ(counter.packets, 0);
  EXPECT_EQ(counter.instructions, 0U);
}

TEST(CsTree, TheLibraryTellsItsVersion) { EXPECT_EQ(cs_library().rfind("libopencsd 1.", 0), 0U); }

}  // namespace
}  // namespace simdprof
