#include "decoders/aux/spe_packet.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include "tests/support/bytes.h"

namespace simdprof {
namespace {

std::string line(const SpePacket& packet) {
  const SpeText text = render_spe_packet(packet);
  return text.text.empty() ? std::string(text.name) : std::string(text.name) + " " + text.text;
}

struct Vector {
  test::Bytes bytes;
  std::string text;
};

/// One packet of each kind, from the layouts of DDI 0487, D17.2.
const std::vector<Vector>& vectors() {
  static const std::vector<Vector> kAll = {
      {test::raw({0x00}), "PAD"},
      {test::raw({0x01}), "END"},
      {test::raw({0x71, 1, 2, 3, 4, 5, 6, 7, 0}), "TS 1976943448883713"},
      {test::raw({0x42, 0x82}), "EV RETIRED MISPRED"},
      {test::raw({0x52, 0x01, 0x08}), "EV EXCEPTION-GEN ALIGNMENT"},
      {test::raw({0x62, 0x20, 0x04, 0x06, 0x00}), "EV TLB-REFILL REMOTE-ACCESS SVE-PARTIAL-PRED SVE-EMPTY-PRED"},
      {test::raw({0x72, 0, 0, 0, 0, 0, 0, 1, 0}), "EV IMPDEF 0x1000000000000"},
      {test::raw({0x43, 0x0c}), "DATA-SOURCE 12"},
      {test::raw({0x53, 0x0c, 0x01}), "DATA-SOURCE 268"},
      {test::raw({0x64, 0x34, 0x12, 0, 0}), "CONTEXT 0x1234 el1"},
      {test::raw({0x65, 0x34, 0x12, 0, 0}), "CONTEXT 0x1234 el2"},
      {test::raw({0xb0, 1, 2, 3, 4, 5, 6, 7, 0xa0}), "PC 0x7060504030201 el1 ns=1"},
      {test::raw({0xb1, 1, 2, 3, 4, 5, 6, 7, 0x60}), "TGT 0x7060504030201 el3 ns=0"},
      {test::raw({0xb4, 1, 0, 0, 0, 0, 0, 0, 0x80}), "PBT 0x1 el0 ns=1"},
      {test::raw({0xb2, 1, 0, 0, 0, 0, 0, 0, 0x80}), "VA 0x8000000000000001"},
      {test::raw({0xb3, 1, 0, 0, 0, 0, 0, 0, 0xc5}), "PA 0x1 ns=1 ch=1 pat=5"},
      {test::raw({0xb7, 1, 0, 0, 0, 0, 0, 0, 0}), "ADDR 0x1 (7)"},
      {test::raw({0x21, 0xb2, 1, 0, 0, 0, 0, 0, 0, 0}), "ADDR 0x1 (10)"},
      {test::raw({0x98, 0x10, 0x00}), "LAT 16 TOT"},
      {test::raw({0x99, 0x10, 0x00}), "LAT 16 ISSUE"},
      {test::raw({0x9a, 0x10, 0x00}), "LAT 16 XLAT"},
      {test::raw({0x9b, 0x10, 0x00}), "LAT 16 "},
      {test::raw({0x48, 0x00}), "OTHER INSN-OTHER"},
      {test::raw({0x48, 0x01}), "OTHER COND-SELECT"},
      {test::raw({0x48, 0x2e}), "SVE-OTHER EVLEN 128 FP PRED"},
      {test::raw({0x49, 0x00}), "LD GP-REG"},
      {test::raw({0x49, 0x05}), "ST SIMD-FP"},
      {test::raw({0x49, 0x10}), "LD UNSPEC-REG"},
      {test::raw({0x49, 0x15}), "ST MTE-TAG"},
      {test::raw({0x49, 0x30}), "LD NV-SYSREG"},
      {test::raw({0x49, 0x21}), "ST MEMCPY"},
      {test::raw({0x49, 0x25}), "ST MEMSET"},
      {test::raw({0x49, 0x1f}), "ST AT EXCL AR"},
      {test::raw({0x49, 0x9c}), "LD EVLEN 64 PRED SG"},
      {test::raw({0x4a, 0x00}), "B"},
      {test::raw({0x4a, 0x03}), "B COND IND"},
      {test::raw({0x4b, 0x03}), "OP-TYPE 0x3 (3)"},
  };
  return kAll;
}

TEST(SpePacket, EachKindHasTheTextOfPerf) {
  for (const Vector& vector : vectors()) {
    const auto packet = decode_spe_packet(vector.bytes, 0);
    ASSERT_TRUE(packet) << vector.text;
    EXPECT_EQ(packet->bytes, vector.bytes.size()) << vector.text;
    EXPECT_EQ(line(*packet), vector.text);
  }
}

TEST(SpePacket, ACutPacketIsNone) {
  for (const Vector& vector : vectors()) {
    for (std::size_t size = 0; size < vector.bytes.size(); ++size) {
      EXPECT_FALSE(decode_spe_packet(std::span(vector.bytes).first(size), 0)) << vector.text << " at " << size;
    }
  }
}

TEST(SpePacket, BytesBehindAPacketAreNotItsOwn) {
  for (const Vector& vector : vectors()) {
    test::Bytes longer = vector.bytes;
    longer.push_back(std::byte{0xff});
    const auto packet = decode_spe_packet(longer, 0);
    ASSERT_TRUE(packet) << vector.text;
    EXPECT_EQ(packet->bytes, vector.bytes.size()) << vector.text;
  }
}

TEST(SpePacket, HeadersThatTheManualDoesNotHaveAreNone) {
  for (const unsigned header : {0x02U, 0x40U, 0x41U, 0x70U, 0x7fU, 0x80U, 0xc0U, 0xffU}) {
    test::Bytes bytes(16, std::byte{1});
    bytes[0] = static_cast<std::byte>(header);
    EXPECT_FALSE(decode_spe_packet(bytes, 0)) << header;
  }
  // What an extended header cannot have: a time stamp.
  EXPECT_FALSE(decode_spe_packet(test::raw({0x20, 0x71, 0, 0, 0, 0, 0, 0, 0, 0}), 0));
}

TEST(SpePacket, PaddingRunsToSixteenBytesAtMost) {
  EXPECT_EQ(decode_spe_packet(test::Bytes(5, std::byte{0}), 0)->bytes, 5U);
  EXPECT_EQ(decode_spe_packet(test::Bytes(40, std::byte{0}), 0)->bytes, 16U);
}

TEST(SpePacket, AnAlignmentPacketEndsAtAMultipleInTheBuffer) {
  const auto bytes = test::raw({0x22, 0x00, 1, 1, 1, 1, 1, 1, 1, 1});
  EXPECT_EQ(decode_spe_packet(bytes, 3)->bytes, 5U);   // to 8
  EXPECT_EQ(decode_spe_packet(bytes, 8)->bytes, 8U);   // to 16
  EXPECT_EQ(decode_spe_packet(bytes, 15)->bytes, 9U);  // to 24: the header alone goes past 16
  EXPECT_FALSE(decode_spe_packet(std::span(bytes).first(4), 3));
}

// The corpus has packets of real machines with the text that perf prints for each.
TEST(SpePacket, ThoseOfTheCorpusReadAsPerfPrintsThem) {
  const std::string path = std::string(SIMDPROF_CORPUS_DIR) + "/wrapped/spe-vectors.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the corpus is not here: " << path;
  std::ifstream file(path);
  static const std::regex kField(R"re(^\s*"(hex|text)": "(.*)",?$)re");
  std::size_t checked = 0;
  test::Bytes bytes;
  for (std::string row; std::getline(file, row);) {
    std::smatch match;
    if (!std::regex_match(row, match, kField)) continue;
    if (match[1] == "hex") {
      bytes.clear();
      std::istringstream digits(match[2]);
      for (unsigned byte = 0; digits >> std::hex >> byte;) bytes.push_back(static_cast<std::byte>(byte));
      continue;
    }
    const auto packet = decode_spe_packet(bytes, 0);
    ASSERT_TRUE(packet) << match[2];
    EXPECT_EQ(packet->bytes, bytes.size());
    EXPECT_EQ(line(*packet), match[2].str());
    ++checked;
  }
  EXPECT_EQ(checked, 43U);
}

}  // namespace
}  // namespace simdprof
