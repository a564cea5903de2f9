#include "decoders/aux/ptt_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/aux_record.h"
#include "tests/support/perf_aux.h"

namespace simdprof {
namespace {

using testing::IsEmpty;

test::Bytes dwords(std::initializer_list<std::uint32_t> values) {
  test::Bytes out;
  for (const std::uint32_t value : values) test::append_word(out, value, 4);
  return out;
}

test::RecordedAux decode(const test::Bytes& bytes) {
  const test::CodeRegions code{{}};
  const auto decoder = make_ptt_decoder({}, code, test::kEverything);
  test::RecordedAux out;
  test::decode_slice(**decoder, test::slice_of(bytes), out);
  return out;
}

const test::Bytes kLong = dwords({0xfffffffe, 1, 2, 3, 4, 5, 0, 0x1234});
/// Format 2, type 5, T9, TH, length 3, time 0x7f.
const test::Bytes kShort = dwords({2U << 30U | 5U << 25U | 1U << 24U | 1U << 22U | 3U << 11U | 0x7f, 0xa, 0xb, 0xc});

TEST(PttDecoder, TheLongFormHasPrefixHeaderAndTime) {
  const auto aux = decode(kLong);
  EXPECT_EQ(aux.lines(),
            (std::vector<std::string>{"8dw prefix 00000001 header 00000002 00000003 00000004 00000005 time 1234"}));
  ASSERT_EQ(aux.events.size(), 1U);
  EXPECT_EQ(aux.events[0].name, "tlp");
  EXPECT_EQ(aux.events[0].value, 0x1234U);
  EXPECT_THAT(aux.errors, IsEmpty());
}

TEST(PttDecoder, TheShortFormHasFieldsInItsFirstWord) {
  const auto aux = decode(kShort);
  EXPECT_EQ(aux.lines(),
            (std::vector<std::string>{"4dw format 2 type 5 t9 1 t8 0 th 1 so 0 length 3 time 7f header 0000000a "
                                      "0000000b 0000000c"}));
  EXPECT_EQ(aux.events[0].value, 0x7fU);
}

TEST(PttDecoder, EveryCutGivesTheWholePacketsAndTellsTheRest) {
  using test::operator+;
  const test::Bytes whole = kLong + kLong;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto aux = decode(test::Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    const std::size_t unit = size < 4 ? 16 : 32;
    EXPECT_EQ(aux.packets.size(), size / unit) << size;
    ASSERT_EQ(aux.errors.size(), size % unit == 0 ? 0U : 1U) << size;
    if (aux.errors.empty()) continue;
    EXPECT_EQ(aux.errors[0].place.offset, 0x1000U + size / unit * unit) << size;
  }
}

TEST(PttDecoder, ALongPacketWithoutItsCheckWordIsToldAndPassedOver) {
  using test::operator+;
  const auto aux = decode(kLong + dwords({0x12345678, 1, 2, 3, 4, 5, 6, 7}) + kLong);
  EXPECT_EQ(aux.packets.size(), 2U);
  ASSERT_EQ(aux.errors.size(), 1U);
  EXPECT_EQ(aux.errors[0].place.offset, 0x1000U + 32);
  EXPECT_EQ(aux.errors[0].text, "a packet begins with 0x12345678");
}

// Facts: expected/wrapped__hisi-ptt-8dw.data.txt of the corpus: what perf 6.1 dumps, which is the bytes of each word in
// their order: 08 20 00 60 is the word 60002008.
TEST(PttDecoder, TheRecordingInTheCorpusHasThePacketsOfPerf) {
  const std::string path = std::string(SIMDPROF_CORPUS_DIR) + "/wrapped/hisi-ptt-8dw.data";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the corpus is not here: " << path;
  const test::PerfAux file = test::load_perf_aux(path);
  ASSERT_EQ(file.slices.size(), 1U);
  const test::CodeRegions code{{}};
  const auto decoder = make_ptt_decoder(file.info, code, test::kEverything);
  test::RecordedAux out;
  test::decode_slice(**decoder, file.slices[0], out);
  EXPECT_EQ(out.lines(),
            (std::vector<std::string>{"8dw prefix 60002008 header 010002ff 00000820 ab44e710 011ea82a time 0",
                                      "8dw prefix 60000001 header 01001e0f 00000004 02810040 000002ee time 0"}));
  EXPECT_THAT(out.errors, IsEmpty());
}

}  // namespace
}  // namespace simdprof
