#include "decoders/registers/section_registers.h"

#include <gtest/gtest.h>

#include <bit>

#include "tests/decoders/registers/register_input.h"

namespace simdprof {
namespace {

using namespace abi;
using test::ascending;
using test::block_of;
using test::Bytes;
using test::words;
using test::operator+;

RegisterSet decoded(const RegisterBlock& block, Arch arch = Arch::x86_64) {
  RegisterSet set;
  set.arch = arch;
  decode_section(block, Origin::pebs, set);
  return set;
}

TEST(SectionRegisters, WordsBelongToTheBitsOfTheMaskInOrder) {
  const auto bytes = words({0xa, 0x401000, 0xf});
  const auto set = decoded(block_of(2, (1U << 0U) | (1U << 8U) | (1U << 23U), bytes));
  EXPECT_EQ(set.abi, 2U);
  EXPECT_EQ(set.general(PERF_REG_X86_AX), 0xaU);
  EXPECT_EQ(set.general(PERF_REG_X86_IP), 0x401000U);
  EXPECT_EQ(set.general(PERF_REG_X86_R15), 0xfU);
  EXPECT_EQ(set.general(PERF_REG_X86_BX), std::nullopt);
  EXPECT_EQ(set.gpr_origin, Origin::gpr);
  EXPECT_FALSE(set.has_vectors());
}

TEST(SectionRegisters, AnEmptySectionHasNothing) {
  const auto set = decoded(block_of(0, 0, {}));
  EXPECT_EQ(set.abi, 0U);
  EXPECT_EQ(set.gpr_present, 0U);
  EXPECT_EQ(set.gpr_origin, Origin::none);
  EXPECT_FALSE(set.has_vectors());
}

TEST(SectionRegisters, ARegisterThatIsZeroIsRecorded) {
  const auto bytes = words({0});
  EXPECT_EQ(decoded(block_of(2, 1, bytes)).general(0), 0U);
}

TEST(SectionRegisters, LegacyXmmIsLowWordThenHighWord) {
  const auto bytes = words({0x401000}) + ascending(100, 32);
  const auto set = decoded(block_of(2, kX86LegacyXmmMask | (1U << 8U), bytes));
  EXPECT_EQ(set.vector_origin, Origin::pebs);
  EXPECT_EQ(set.gpr_present, 1U << 8U) << "bits 32..63 are no general registers";
  for (unsigned i = 0; i < 16; ++i) {
    EXPECT_EQ(set.vector[i].xmm, Presence::valid) << i;
    EXPECT_EQ(set.vector[i].ymm_high, Presence::not_recorded) << i;
    EXPECT_EQ(set.vector[i].zmm_high, Presence::not_recorded) << i;
    EXPECT_EQ(set.vector[i].words[0], 100 + 2 * i) << i;
    EXPECT_EQ(set.vector[i].words[1], 101 + 2 * i) << i;
    EXPECT_EQ(set.vector[i].recorded_words, 3U) << i;
  }
  EXPECT_EQ(set.vector[16].xmm, Presence::not_recorded);
  EXPECT_EQ(set.opmask_presence, Presence::not_recorded);
  EXPECT_EQ(set.mxcsr_presence, Presence::not_recorded);
}

TEST(SectionRegisters, OneHalfOfAnXmmRegisterIsKeptButNotValid) {
  const auto bytes = words({7, 9});
  const auto set = decoded(block_of(2, (1ULL << 32U) | (1ULL << 35U), bytes));  // xmm0 low, xmm1 high
  EXPECT_EQ(set.vector[0].xmm, Presence::not_recorded);
  EXPECT_EQ(set.vector[0].recorded_words, 1U);
  EXPECT_EQ(set.vector[0].words[0], 7U);
  EXPECT_EQ(set.vector[1].xmm, Presence::not_recorded);
  EXPECT_EQ(set.vector[1].recorded_words, 2U);
  EXPECT_EQ(set.vector[1].words[1], 9U);
  EXPECT_TRUE(set.has_vectors());
}

TEST(SectionRegisters, A32BitTaskHasEightXmmRegisters) {
  const auto bytes = ascending(100, 32);
  const auto set = decoded(block_of(PERF_SAMPLE_REGS_ABI_32, kX86LegacyXmmMask, bytes));
  EXPECT_EQ(set.vector[7].xmm, Presence::valid);
  EXPECT_EQ(set.vector[7].words[1], 115U);
  EXPECT_EQ(set.vector[8].xmm, Presence::not_recorded);
  EXPECT_EQ(set.vector[8].recorded_words, 0U);
}

TEST(SectionRegisters, OnArm64Bits32AndUpAreRegistersLikeOthers) {
  const auto bytes = ascending(0, 33);
  const auto set = decoded(block_of(2, kArm64GprMask, bytes), Arch::arm64);
  EXPECT_EQ(set.general(PERF_REG_ARM64_PC), 32U);
  EXPECT_FALSE(set.has_vectors());
}

TEST(SectionRegisters, OfOtherArchitecturesAreAllGeneralRegisters) {
  struct Section {
    Arch arch;
    std::uint64_t abi, mask;
    unsigned last;  ///< highest number in the mask
  };
  const Section sections[] = {{Arch::arm64, 2, kArm64GprMask | (1ULL << PERF_REG_ARM64_VG), PERF_REG_ARM64_VG},
                              {Arch::arm32, 1, 0xffff, 15},
                              {Arch::riscv64, 2, 0xffffffff, 31},
                              {Arch::ppc64, 2, (1ULL << 59U) - 1, 58},
                              {Arch::s390, 2, kS390GprMask, PERF_REG_S390_PC}};
  for (const Section& section : sections) {
    const auto count = static_cast<std::size_t>(std::popcount(section.mask));
    const auto bytes = ascending(7, count);
    const auto set = decoded(block_of(section.abi, section.mask, bytes), section.arch);
    EXPECT_EQ(set.gpr_present, section.mask) << static_cast<int>(section.arch);
    EXPECT_EQ(set.general(0), 7U);
    EXPECT_EQ(set.general(section.last), 7 + count - 1);
    EXPECT_FALSE(set.has_vectors());
  }
}

TEST(SectionRegisters, BigEndianWordsAreReadAsSuch) {
  const auto bytes = words({0x1, 0x401000}, std::endian::big);
  RegisterBlock block = block_of(2, 1U | (1ULL << 32U), bytes);
  block.words = WordView(bytes, std::endian::big);
  const auto set = decoded(block, Arch::ppc64);
  EXPECT_EQ(set.general(PERF_REG_POWERPC_NIP), 0x401000U);
}

struct SimdSection {
  Bytes general;
  Bytes simd;
  RegisterBlock block;

  SimdSection(std::uint64_t mask, unsigned vectors, unsigned qwords, unsigned predicates)
      : general(ascending(0x100, static_cast<std::size_t>(std::popcount(mask)))),
        simd(ascending(0x1000, vectors * qwords) + ascending(0x2000, predicates)) {
    block = block_of(PERF_SAMPLE_REGS_ABI_64 | PERF_SAMPLE_REGS_ABI_SIMD, mask, general);
    block.nr_vectors = static_cast<std::uint16_t>(vectors);
    block.vector_qwords = static_cast<std::uint16_t>(qwords);
    block.nr_pred = static_cast<std::uint16_t>(predicates);
    block.pred_qwords = 1;
    block.simd = WordView(simd);
  }
};

TEST(SectionRegisters, SimdAbiAtXmmWidth) {
  const SimdSection section(1, 16, 2, 0);
  const auto set = decoded(section.block);
  EXPECT_EQ(set.vector[15].xmm, Presence::valid);
  EXPECT_EQ(set.vector[15].words[1], 0x1000U + 31);
  EXPECT_EQ(set.vector[15].ymm_high, Presence::not_recorded);
  EXPECT_EQ(set.opmask_presence, Presence::not_recorded);
}

TEST(SectionRegisters, SimdAbiOfA32BitTaskHasEightVectors) {
  SimdSection section(1, 16, 2, 8);
  section.block.abi = PERF_SAMPLE_REGS_ABI_32 | PERF_SAMPLE_REGS_ABI_SIMD;
  const auto set = decoded(section.block);
  EXPECT_EQ(set.vector[7].words[1], 0x1000U + 15);
  EXPECT_EQ(set.vector[8].xmm, Presence::not_recorded);
  EXPECT_EQ(set.opmask[0], 0x2000U) << "predicates follow all the vectors of the record";
}

TEST(SectionRegisters, ThirtyTwoVectorsAreTakenAtEveryWidth) {
  for (const unsigned qwords : {2U, 4U, 8U}) {
    const SimdSection section(1, 32, qwords, 8);
    const auto set = decoded(section.block);
    EXPECT_EQ(set.vector[31].xmm, Presence::valid) << qwords;
    EXPECT_EQ(set.vector[31].words[qwords - 1], 0x1000U + 32 * qwords - 1);
    EXPECT_EQ(set.vector[31].ymm_high, qwords >= 4 ? Presence::valid : Presence::not_recorded);
    EXPECT_EQ(set.vector[31].zmm_high, qwords == 8 ? Presence::valid : Presence::not_recorded);
    EXPECT_EQ(set.opmask[7], 0x2007U);
  }
}

TEST(SectionRegisters, SimdAbiAtYmmWidth) {
  const SimdSection section(1, 16, 4, 8);
  const auto set = decoded(section.block);
  EXPECT_EQ(set.vector[1].ymm_high, Presence::valid);
  EXPECT_EQ(set.vector[1].words[3], 0x1007U);
  EXPECT_EQ(set.vector[1].zmm_high, Presence::not_recorded);
  EXPECT_EQ(set.opmask_presence, Presence::valid);
  EXPECT_EQ(set.opmask[7], 0x2007U);
}

TEST(SectionRegisters, SimdAbiAtZmmWidthHas32Registers) {
  const SimdSection section(1, 32, 8, 8);
  const auto set = decoded(section.block);
  EXPECT_EQ(set.vector[31].zmm_high, Presence::valid);
  EXPECT_EQ(set.vector[31].words[7], 0x1000U + 255);
  EXPECT_EQ(set.vector[0].words[4], 0x1004U);
  EXPECT_EQ(set.opmask[0], 0x2000U);
}

TEST(SectionRegisters, AtSmallerWidthsTheUpperSixteenAreZerosThatNobodyRecorded) {
  SimdSection section(1, 32, 4, 0);
  std::fill(section.simd.begin() + 16 * 32, section.simd.end(), std::byte{0});
  const auto set = decoded(section.block);
  EXPECT_EQ(set.vector[15].xmm, Presence::valid);
  EXPECT_EQ(set.vector[16].xmm, Presence::not_recorded);
  const SimdSection captured(1, 32, 4, 0);
  EXPECT_EQ(decoded(captured.block).vector[16].xmm, Presence::valid) << "not all zero: Hi16_ZMM was captured";
}

TEST(SectionRegisters, FewerVectorsThanAskedForAreTheLowestOnes) {
  const SimdSection section(1, 3, 2, 0);
  const auto set = decoded(section.block);
  EXPECT_EQ(set.vector[2].xmm, Presence::valid);
  EXPECT_EQ(set.vector[3].xmm, Presence::not_recorded);
}

TEST(SectionRegisters, InTheSimdAbiBits24To40AreApxRegistersAndSsp) {
  const SimdSection section(kX86SimdGprMask | 1, 16, 2, 0);
  const auto set = decoded(section.block);
  EXPECT_EQ(set.general(0), 0x100U);
  EXPECT_EQ(set.general(PERF_REG_X86_R16), 0x101U);
  EXPECT_EQ(set.general(PERF_REG_X86_SSP), 0x111U);
  EXPECT_EQ(set.vector[0].words[0], 0x1000U) << "bit 32 is R24 here, not XMM0";
}

TEST(SectionRegisters, PredicatesOnlyAreASourceOfVectors) {
  const SimdSection section(1, 0, 8, 8);
  const auto set = decoded(section.block);
  EXPECT_TRUE(set.has_vectors());
  EXPECT_EQ(set.opmask[0], 0x2000U);
  EXPECT_EQ(set.vector[0].xmm, Presence::not_recorded);
}

TEST(NmiDidNotRead, WantsAllFiveRegistersAllOnes) {
  RegisterSet set;
  set.arch = Arch::x86_64;
  set.gpr.fill(~std::uint64_t{0});
  set.gpr_present = kX86GprMask;
  EXPECT_TRUE(nmi_did_not_read(set));
  for (const unsigned number : {1U, 20U, 21U, 22U, 23U}) {
    RegisterSet other = set;
    other.gpr[number] = 0;
    EXPECT_FALSE(nmi_did_not_read(other)) << number;
    other = set;
    other.gpr_present &= ~(std::uint64_t{1} << number);
    EXPECT_FALSE(nmi_did_not_read(other)) << number;
  }
  set.arch = Arch::arm64;
  EXPECT_FALSE(nmi_did_not_read(set));
}

}  // namespace
}  // namespace simdprof
