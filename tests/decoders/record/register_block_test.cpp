#include "decoders/record/register_block.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "decoders/record/decode_sample.h"
#include "tests/decoders/record/record_input.h"

namespace simdprof {
namespace {

using namespace abi;
using test::attr_of;
using test::Bytes;
using test::words;
using test::operator+;

constexpr std::uint64_t kSimd64 = PERF_SAMPLE_REGS_ABI_64 | PERF_SAMPLE_REGS_ABI_SIMD;

/// `count` words: first, first + 1, ...
Bytes ascending(std::uint64_t first, std::size_t count) {
  Bytes out;
  for (std::size_t i = 0; i < count; ++i) test::append_word(out, first + i, 8);
  return out;
}

EventAttr both_sections() {
  EventAttr attr = attr_of(PERF_SAMPLE_REGS_USER | PERF_SAMPLE_REGS_INTR);
  attr.sample_regs_user = 0x100;
  attr.sample_regs_intr = 0x100;
  return attr;
}

Result<Sample> decode(const Bytes& payload, const EventAttr& attr) {
  Sample sample;
  if (auto status = decode_sample(test::record_of(PERF_RECORD_SAMPLE, payload), attr, sample); !status) {
    return fail(status.error());
  }
  return sample;
}

// abi, IP, four u64 counts, 16 YMM registers of 4 qwords, 8 opmask registers.
Bytes merged_section(std::uint64_t ip) {
  return words({kSimd64, ip, 16, 4, 8, 1}) + ascending(0x1000, 16 * 4) + ascending(0x2000, 8);
}
// The same with four u16 counts in one word.
Bytes packed_section(std::uint64_t ip) {
  return words({kSimd64, ip, 0x0001000800040010}) + ascending(0x1000, 16 * 4) + ascending(0x2000, 8);
}

void expect_ymm_and_opmask(const RegisterBlock& block, std::uint64_t ip, bool packed) {
  EXPECT_EQ(block.abi, kSimd64);
  EXPECT_EQ(block.words[0], ip);
  EXPECT_EQ(block.nr_vectors, 16U);
  EXPECT_EQ(block.vector_qwords, 4U);
  EXPECT_EQ(block.nr_pred, 8U);
  EXPECT_EQ(block.pred_qwords, 1U);
  EXPECT_EQ(block.packed_counts, packed);
  ASSERT_EQ(block.simd.size(), 16U * 4 + 8);
  EXPECT_EQ(block.simd[63], 0x103fU);
  EXPECT_EQ(block.simd[64], 0x2000U);
}

TEST(RegisterBlock, ReadsTheMergedSimdSectionInBothSets) {
  const auto sample = decode(merged_section(0x401000) + merged_section(0x402000), both_sections());
  ASSERT_TRUE(sample);
  expect_ymm_and_opmask(sample->regs_user, 0x401000, false);
  expect_ymm_and_opmask(sample->regs_intr, 0x402000, false);
}

TEST(RegisterBlock, ReadsThePackedSectionOfTheOlderSeriesAndSaysSo) {
  const auto sample = decode(packed_section(0x401000) + packed_section(0x402000), both_sections());
  ASSERT_TRUE(sample) << render_error(sample.error());
  expect_ymm_and_opmask(sample->regs_user, 0x401000, true);
  expect_ymm_and_opmask(sample->regs_intr, 0x402000, true);
}

TEST(RegisterBlock, ReadsAPackedSectionOfPredicatesOnly) {
  const auto section = words({kSimd64, 0x401000, 0x0001000800000000}) + ascending(0x2000, 8);
  const auto sample = decode(section + section, both_sections());
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->regs_intr.nr_pred, 8U);
  EXPECT_TRUE(sample->regs_intr.packed_counts);
}

TEST(RegisterBlock, QwordsWithoutVectorsTakeNoBytes) {
  const auto section = words({kSimd64, 0x401000, 0, 8, 0, 1});  // the kernel writes the attr's widths all the same
  const auto sample = decode(section + section, both_sections());
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->regs_user.vector_qwords, 8U);
  EXPECT_TRUE(sample->regs_user.simd.empty());
}

TEST(RegisterBlock, SimdAndPlainSectionsCanStandInOneSample) {
  const auto sample = decode(words({PERF_SAMPLE_REGS_ABI_64, 0x401000}) + merged_section(0x402000), both_sections());
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->regs_user.nr_vectors, 0U);
  expect_ymm_and_opmask(sample->regs_intr, 0x402000, false);
}

TEST(RegisterBlock, EveryCutOfASimdSectionIsTruncatedOrMalformed) {
  const Bytes whole = merged_section(0x401000) + merged_section(0x402000);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(decode(cut, both_sections())) << size;
  }
}

TEST(RegisterBlock, CountsThatNoRegisterFileHasAreMalformed) {
  for (const auto& counts : {words({33, 2, 0, 0}), words({16, 33, 0, 0}), words({0, 0, 18, 1}), words({0, 0, 8, 5}),
                             words({~std::uint64_t{0}, 2, 0, 0}), words({1ULL << 32U, 1ULL << 32U, 0, 0})}) {
    const auto section = words({kSimd64, 0x401000}) + counts + ascending(1, 64);
    const auto sample = decode(section + section, both_sections());
    ASSERT_FALSE(sample);
    EXPECT_EQ(sample.error().fact, "regs_user: the SIMD counts are larger than any register file");
    EXPECT_EQ(sample.error().code, Errc::malformed);
  }
}

TEST(RegisterBlock, AnUnknownAbiBitIsUnsupported) {
  const auto sample = decode(words({8 | 2, 1, 2, 1}), both_sections());
  ASSERT_FALSE(sample);
  EXPECT_EQ(sample.error().code, Errc::unsupported);
  EXPECT_EQ(sample.error().fact, "regs_user: the register ABI is not known");
}

TEST(RegisterBlock, RegistersWithoutAWidthAreMalformed) {
  for (const auto& counts : {words({16, 0, 0, 0}), words({0, 2, 8, 0})}) {
    const auto section = words({kSimd64, 0x401000}) + counts;
    const auto sample = decode(section + section, both_sections());
    ASSERT_FALSE(sample);
    EXPECT_EQ(sample.error().fact, "regs_user: the SIMD counts name registers without a width");
  }
}

TEST(RegisterBlock, AnAbiWithoutOrWithTwoBitnessesIsMalformed) {
  for (const std::uint64_t abi : {PERF_SAMPLE_REGS_ABI_SIMD, PERF_SAMPLE_REGS_ABI_32 | PERF_SAMPLE_REGS_ABI_64}) {
    const auto sample = decode(words({abi, 1, 2, 1}), both_sections());
    ASSERT_FALSE(sample);
    EXPECT_EQ(sample.error().code, Errc::malformed);
  }
}

TEST(RegisterBlock, FewerRegistersThanTheAttributesNameAreTakenAsTheRecordSays) {
  EventAttr attr = both_sections();
  attr.size = PERF_ATTR_SIZE_VER10;
  attr.sample_simd_regs_enabled = 1;
  attr.sample_simd_vec_reg_qwords = 8;
  attr.sample_simd_vec_reg_user = attr.sample_simd_vec_reg_intr = 0xffffffff;
  attr.sample_simd_pred_reg_qwords = 1;
  attr.sample_simd_pred_reg_user = attr.sample_simd_pred_reg_intr = 0xff;
  const auto user = words({kSimd64, 0x401000, 16, 2, 0, 0}) + ascending(0x1000, 32);
  const auto intr = words({kSimd64, 0x402000, 3, 4, 8, 1}) + ascending(0x3000, 12) + ascending(0x2000, 8);
  const auto sample = decode(user + intr, attr);
  ASSERT_TRUE(sample) << render_error(sample.error());
  EXPECT_EQ(sample->regs_user.nr_vectors, 16U);
  EXPECT_EQ(sample->regs_user.vector_qwords, 2U);
  EXPECT_EQ(sample->regs_user.nr_pred, 0U);
  EXPECT_EQ(sample->regs_intr.nr_vectors, 3U);
  EXPECT_EQ(sample->regs_intr.simd[12], 0x2000U);
}

TEST(RegisterBlock, OlderKernelsLeaveTheUserPartEmptyOnKernelHits) {
  // V4 and V5 of the series: the counts word of the user section is zero when the interrupt hit the kernel.
  const auto sample = decode(words({kSimd64, 0x401000, 0}) + packed_section(0x402000), both_sections());
  ASSERT_TRUE(sample) << render_error(sample.error());
  EXPECT_TRUE(sample->regs_user.simd.empty());
  EXPECT_TRUE(sample->regs_user.packed_counts);
  expect_ymm_and_opmask(sample->regs_intr, 0x402000, true);
}

TEST(RegisterBlock, TheTwoFormsDoNotMixInOneSample) {
  const auto sample = decode(packed_section(0x401000) + merged_section(0x402000), both_sections());
  ASSERT_FALSE(sample);
  EXPECT_EQ(sample.error().fact, "regs_user: the SIMD counts are larger than any register file");
}

Bytes swapped_words(const Bytes& bytes) {
  Bytes out = bytes;
  for (std::size_t word = 0; word + 8 <= out.size(); word += 8) {
    std::reverse(out.begin() + static_cast<std::ptrdiff_t>(word), out.begin() + static_cast<std::ptrdiff_t>(word + 8));
  }
  return out;
}

TEST(RegisterBlock, ReadsBothFormsOfABigEndianMachine) {
  // Four u16 in one word are in their own order, not those of a swapped word: 16, 4, 8, 1.
  Bytes packed = words({kSimd64, 0x401000}, std::endian::big);
  for (const std::uint64_t count : {16U, 4U, 8U, 1U}) test::append_word(packed, count, 2, std::endian::big);
  packed = packed + swapped_words(ascending(0x1000, 16 * 4) + ascending(0x2000, 8));
  const EventAttr attr = both_sections();
  for (const bool is_packed : {false, true}) {
    const Bytes section = is_packed ? packed : swapped_words(merged_section(0x401000));
    Sample sample;
    const auto raw = test::record_of(PERF_RECORD_SAMPLE, section + section, 0, std::endian::big);
    const auto decoded = decode_sample(raw, attr, sample);
    ASSERT_TRUE(decoded) << render_error(decoded.error());
    expect_ymm_and_opmask(sample.regs_user, 0x401000, is_packed);
    expect_ymm_and_opmask(sample.regs_intr, 0x401000, is_packed);
  }
}

TEST(RegisterBlock, TheLargestSectionIsRead) {
  // 32 ZMM registers, 8 opmask registers, 24 general registers: 2144 bytes of SIMD part as the kernel gives at most.
  EventAttr attr = attr_of(PERF_SAMPLE_REGS_USER);
  attr.sample_regs_user = 0x1ffffff0fff & ~0x3000ULL;
  const auto general = static_cast<std::size_t>(std::popcount(attr.sample_regs_user));
  const auto payload = words({kSimd64}) + ascending(0, general) + words({32, 8, 8, 1}) + ascending(7, 32 * 8 + 8);
  const auto sample = decode(payload, attr);
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->regs_user.simd.bytes().size() + 32, 2144U);
  EXPECT_EQ(sample->regs_user.words.size(), general);
}

}  // namespace
}  // namespace simdprof
