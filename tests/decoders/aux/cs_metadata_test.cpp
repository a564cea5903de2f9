#include "decoders/aux/cs_metadata.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

using Words = std::vector<std::uint64_t>;

constexpr std::uint64_t kEtm3 = 0x3030303030303030;
constexpr std::uint64_t kEtm4 = 0x4040404040404040;
constexpr std::uint64_t kEte = 0x5050505050505050;
constexpr std::uint64_t kPmu = std::uint64_t{8} << 32U;

const Words kThree = {1,          kPmu | 3,   0,          kEtm3, 0,    4,          0x4000,     0x10,       0x34c01ac2,
                      0x411cf310, kEtm4,      1,          9,     0x40, 0x12,       0x28000ea1, 0x4100f422, 0x20001088,
                      0x5,        0xcc,       1,          0,     kEte, 2,          9,          0x48,       0x14,
                      0x28000ea1, 0x4100fff0, 0x20001088, 0,     0xcc, 0x47705a13, 1};

TEST(CsMetadata, EachMagicHasItsRegisters) {
  const auto sources = decode_cs_metadata(kThree, {});
  ASSERT_TRUE(sources) << sources.error().fact;
  ASSERT_EQ(sources->size(), 3U);
  const CsSource& ptm = (*sources)[0];
  EXPECT_EQ(ptm.protocol, CsProtocol::ptm);
  EXPECT_EQ(ptm.config, 0x4000U);
  EXPECT_EQ(ptm.ccer, 0x34c01ac2U);
  EXPECT_EQ(ptm.id, 0x411cf310U);
  EXPECT_EQ(ptm.architecture, CsArchitecture::v7);
  const CsSource& etm4 = (*sources)[1];
  EXPECT_EQ(etm4.protocol, CsProtocol::etmv4);
  EXPECT_EQ(etm4.cpu, 1);
  EXPECT_EQ(etm4.trace_id, std::uint8_t{0x12});
  EXPECT_EQ(etm4.idr0, 0x28000ea1U);
  EXPECT_EQ(etm4.idr1, 0x4100f422U);
  EXPECT_EQ(etm4.idr2, 0x20001088U);
  EXPECT_EQ(etm4.idr8[0], 5U);
  EXPECT_TRUE(etm4.kernel_clock);
  const CsSource& ete = (*sources)[2];
  EXPECT_EQ(ete.protocol, CsProtocol::ete);
  EXPECT_EQ(ete.devarch, 0x47705a13U);
  EXPECT_EQ(ete.architecture, CsArchitecture::aa64);
  EXPECT_TRUE(ete.kernel_clock);
}

TEST(CsMetadata, Version0HasNoCountOfParameters) {
  const auto sources =
      decode_cs_metadata(Words{0, 2, 0, kEtm3, 0, 0, 0x10, 0, 0x4114f250, kEtm4, 1, 0x40, 0x12, 1, 2, 3, 4, 5}, {});
  ASSERT_TRUE(sources) << sources.error().fact;
  ASSERT_EQ(sources->size(), 2U);
  EXPECT_EQ((*sources)[0].protocol, CsProtocol::etmv3);
  EXPECT_EQ((*sources)[1].trace_id, std::uint8_t{0x12});
  EXPECT_EQ((*sources)[1].idr8[0], 4U);
  EXPECT_FALSE((*sources)[1].kernel_clock);
}

TEST(CsMetadata, TheKernelsRecordTellsATraceIdThatTheWordsDoNot) {
  Words words = kThree;
  words[14] = 0x80000000;  // ETMv4's: not known yet
  auto sources = decode_cs_metadata(words, {});
  ASSERT_TRUE(sources);
  EXPECT_FALSE((*sources)[1].trace_id);
  const std::vector<AuxHwId> told = {{1, 0x1000000000000020}, {7, 0x21}, {2, 0x70}};
  sources = decode_cs_metadata(words, told);
  ASSERT_TRUE(sources);
  EXPECT_EQ((*sources)[1].trace_id, std::uint8_t{0x20});
  EXPECT_EQ((*sources)[2].trace_id, std::uint8_t{0x14});
}

TEST(CsMetadata, EveryShorterListIsTruncated) {
  for (std::size_t size = 0; size < kThree.size(); ++size) {
    const auto sources = decode_cs_metadata(std::span(kThree).first(size), {});
    ASSERT_FALSE(sources) << size;
    EXPECT_EQ(sources.error().code, Errc::truncated) << size;
  }
}

TEST(CsMetadata, WordsBehindTheLastCpuAreNotLookedAt) {
  Words words = kThree;
  words.push_back(~std::uint64_t{0});
  EXPECT_TRUE(decode_cs_metadata(words, {}));
}

Errc error_of(std::size_t word, std::uint64_t value) {
  Words words = kThree;
  words[word] = value;
  const auto sources = decode_cs_metadata(words, {});
  EXPECT_FALSE(sources) << word;
  return sources ? Errc::io : sources.error().code;
}

TEST(CsMetadata, UnknownVersionsAndMagicsAreUnsupported) {
  EXPECT_EQ(error_of(0, 3), Errc::unsupported);
  EXPECT_EQ(error_of(3, 0x6060606060606060), Errc::unsupported);
}

TEST(CsMetadata, CountsAreCheckedAgainstTheWordsThatAreThere) {
  EXPECT_EQ(error_of(1, kPmu | 0xffffffff), Errc::truncated);
  EXPECT_EQ(error_of(5, ~std::uint64_t{0}), Errc::truncated);
  EXPECT_EQ(error_of(5, 3), Errc::malformed);
}

TEST(CsMetadata, RegistersAndIdsThatCannotBeAreMalformed) {
  EXPECT_EQ(error_of(4, std::uint64_t{1} << 31U), Errc::malformed);  // CPU
  EXPECT_EQ(error_of(6, std::uint64_t{1} << 32U), Errc::malformed);  // ETMCR
  EXPECT_EQ(error_of(14, 0x70), Errc::malformed);                    // trace id
}

TEST(CsMetadata, TheThreadIsInTheWordThatIsTraced) {
  CsSource source;
  EXPECT_EQ(cs_thread_word(source), CsThreadWord::none);
  source.config = 1U << 6;
  EXPECT_EQ(cs_thread_word(source), CsThreadWord::context_id);
  source.config = 1U << 6 | 1U << 7;
  EXPECT_EQ(cs_thread_word(source), CsThreadWord::context_id);
  source.config = 1U << 7 | 1U << 15;
  EXPECT_EQ(cs_thread_word(source), CsThreadWord::vmid);
  source.protocol = CsProtocol::ptm;
  source.config = 3U << 14U;
  EXPECT_EQ(cs_thread_word(source), CsThreadWord::context_id);
}

}  // namespace
}  // namespace simdprof
