#include "decoders/aux/cs_tree.h"

#include <gtest/gtest.h>

#include <thread>

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
  const auto tree = CsTree::create({false, true, false, true}, std::vector{etm4_source()}, counter);
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
  const auto tree = CsTree::create({true, false, true, true}, std::vector{etm4_source()}, counter);
  ASSERT_TRUE(tree);
  (*tree)->decode(frame + second);
  EXPECT_GE(counter.packets, 2);
  EXPECT_EQ(counter.fatal, "");
}

TEST(CsTree, PlacesGoOnFromOneCallToTheNext) {
  Counter counter;
  const auto tree = CsTree::create({false, false, true, true}, std::vector{etm4_source()}, counter);
  ASSERT_TRUE(tree);
  (*tree)->decode(kSync);
  (*tree)->decode(kSync + kSync);
  EXPECT_EQ(counter.last_packet_at, 3 * kSync.size() - 2);
}

TEST(CsTree, NoBytesGiveNothingButTheEnd) {
  Counter counter;
  const auto tree = CsTree::create({false, true, true, true}, std::vector{etm4_source()}, counter);
  ASSERT_TRUE(tree);
  (*tree)->decode({});
  EXPECT_EQ(counter.packets, 0);
  EXPECT_EQ(counter.instructions, 0U);
}

/// Packets and elements with their texts.
class Lister final : public CsClient {
 public:
  void on_packet(const CsPacket& packet) override { add(packet.at, packet.text); }
  void on_element(const CsElement& element) override { add(element.at, element.text); }
  void on_fatal(std::uint64_t at, std::string_view text) override { add(at, text); }
  std::size_t read_code(std::uint8_t, VirtAddr address, bool, std::span<std::byte> out) override {
    // Two instructions and a branch back to the first: "nop; nop; b .-8".
    constexpr std::uint32_t kCode[] = {0xd503201f, 0xd503201f, 0x17fffffe};
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::size_t place = static_cast<std::size_t>((address + i) % 12);
      out[i] = static_cast<std::byte>(kCode[place / 4] >> (8 * (place % 4)));
    }
    return out.size();
  }
  std::vector<std::string> lines;

 private:
  void add(std::uint64_t at, std::string_view text) { lines.push_back(std::to_string(at) + " " + std::string(text)); }
};

std::vector<std::string> list(const test::Bytes& bytes) {
  Lister lister;
  const auto tree = CsTree::create({false, true, true, true}, std::vector{etm4_source()}, lister);
  EXPECT_TRUE(tree);
  if (tree) (*tree)->decode(bytes);
  return std::move(lister.lines);
}

TEST(CsTree, ManyAtOnceSayWhatOneSays) {
  test::Bytes bytes = kStart;
  for (unsigned i = 0; i < 200; ++i) bytes = bytes + test::raw({0xf7, 0xf6, 0x70, 0xff});  // atoms, and no packet
  const std::vector<std::string> alone = list(bytes);
  ASSERT_GT(alone.size(), 500U);
  constexpr std::size_t kThreads = 4, kTrees = 8;
  std::vector<std::vector<std::string>> together(kThreads * kTrees);
  std::vector<std::jthread> threads;
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::size_t i = 0; i < kTrees; ++i) together[thread * kTrees + i] = list(bytes);
    });
  }
  threads.clear();
  for (const std::vector<std::string>& lines : together) EXPECT_EQ(lines, alone);
}

TEST(CsTree, TheLibraryTellsItsVersion) { EXPECT_EQ(cs_library().rfind("libopencsd 1.", 0), 0U); }

}  // namespace
}  // namespace simdprof
