#include "lib/capture/kernel_vectors.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "tests/lib/capture/fake_sink.h"

namespace simdprof {
namespace {

using test::Fields;

constexpr std::uint16_t kKernelMode = 1, kUserMode = 2, kGuestKernelMode = 4;
constexpr std::uint64_t kId = 42;

std::uint64_t word(const std::vector<std::byte>& bytes, std::size_t offset) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + offset, 8);
  return value;
}

// IDENTIFIER, IP, CALLCHAIN, RAW, REGS_USER, STACK_USER, REGS_INTR, PHYS_ADDR
constexpr std::uint64_t kSampleType =
    (1U << 16) | 1U | (1U << 5) | (1U << 10) | (1U << 12) | (1U << 13) | (1U << 18) | (1U << 19);

Fields fields_before_intr() {
  Fields out;
  out.u64(kId).u64(0xffffffff81000000);
  out.u64(2).u64(0x1000).u64(0x2000);           // call chain
  out.u32(4).u32(0xaabbccdd);                   // raw: size, bytes
  out.u64(2).u64(0x11);                         // user: abi, one register
  out.u64(16).u64(0xdead).u64(0xbeef).u64(16);  // stack: size, bytes, valid
  return out;
}

abi::EventAttr legacy_attr() {
  abi::EventAttr attr;
  attr.sample_type = kSampleType;
  attr.sample_regs_user = 1;
  attr.sample_regs_intr = 0x100 | (std::uint64_t{3} << 32U);  // IP and XMM0
  return attr;
}

std::vector<std::byte> legacy_sample(std::uint16_t mode) {
  Fields out = fields_before_intr();
  out.u64(2).u64(0xffffffff81000000).u64(0x5ec1e7).u64(0x5ec1e8).u64(0x99);
  return out.record(9, mode);
}

abi::EventAttr simd_attr() {
  abi::EventAttr attr;
  attr.sample_type = kSampleType;
  attr.sample_regs_user = 1;
  attr.sample_regs_intr = 0x100;
  attr.sample_simd_regs_enabled = 1;
  attr.sample_simd_vec_reg_qwords = 2;
  attr.sample_simd_vec_reg_intr = 0xffff;
  return attr;
}

std::vector<std::byte> simd_sample(std::uint16_t mode) {
  Fields out = fields_before_intr();
  out.u64(6).u64(0xffffffff81000000);
  out.u64(1).u64(2).u64(1).u64(1).u64(0x5ec1e7).u64(0x5ec1e8).u64(0x5ec1e9);  // one vector, one predicate
  out.u64(0x99);
  return out.record(9, mode);
}

constexpr std::size_t kIntrOffset = 8 + 8 * 12;

std::vector<std::byte> filter(const abi::EventAttr& attr, const std::vector<std::byte>& record, bool& kept) {
  KernelVectorFilter vectors({attr});
  vectors.learn(kId, 0);
  std::vector<std::byte> out;
  kept = vectors.append(record, out);
  return out;
}

TEST(KernelVectors, FindsTheInterruptSectionBehindAllOtherFields) {
  const auto legacy = locate_intr_section(legacy_sample(kKernelMode), legacy_attr());
  ASSERT_TRUE(legacy);
  EXPECT_EQ(legacy->offset, kIntrOffset);
  EXPECT_EQ(legacy->word_bytes, 24U);
  EXPECT_EQ(legacy->simd_bytes, 0U);
  const auto simd = locate_intr_section(simd_sample(kKernelMode), simd_attr());
  ASSERT_TRUE(simd);
  EXPECT_EQ(simd->offset, kIntrOffset);
  EXPECT_EQ(simd->word_bytes, 8U);
  EXPECT_EQ(simd->simd_bytes, 56U);
}

TEST(KernelVectors, EveryCutBeforeTheEndOfTheSectionFindsNone) {
  const auto bytes = simd_sample(kKernelMode);
  const std::size_t section_end = bytes.size() - 8;
  for (std::size_t size = 0; size < section_end; ++size) {
    EXPECT_FALSE(locate_intr_section(std::span(bytes).first(size), simd_attr())) << size;
  }
}

TEST(KernelVectors, UserHitsPassUnchanged) {
  bool kept = false;
  EXPECT_EQ(filter(legacy_attr(), legacy_sample(kUserMode), kept), legacy_sample(kUserMode));
  EXPECT_TRUE(kept);
  EXPECT_EQ(filter(simd_attr(), simd_sample(kUserMode), kept), simd_sample(kUserMode));
}

TEST(KernelVectors, LegacyWordsOfKernelHitsBecomeZero) {
  for (const std::uint16_t mode : {kKernelMode, kGuestKernelMode}) {
    bool kept = false;
    const auto out = filter(legacy_attr(), legacy_sample(mode), kept);
    ASSERT_TRUE(kept);
    ASSERT_EQ(out.size(), legacy_sample(mode).size());
    EXPECT_EQ(word(out, kIntrOffset + 8), 0xffffffff81000000U);
    EXPECT_EQ(word(out, kIntrOffset + 16), 0U);
    EXPECT_EQ(word(out, kIntrOffset + 24), 0U);
    EXPECT_EQ(word(out, kIntrOffset + 32), 0x99U);
  }
}

TEST(KernelVectors, TheSimdPartOfKernelHitsIsLeftOut) {
  bool kept = false;
  const auto out = filter(simd_attr(), simd_sample(kKernelMode), kept);
  ASSERT_TRUE(kept);
  ASSERT_EQ(out.size(), simd_sample(kKernelMode).size() - 56);
  EXPECT_EQ(word(out, 0) >> 48U, out.size());  // the size field of the header
  EXPECT_EQ(word(out, kIntrOffset), 2U);       // abi without the SIMD bit
  EXPECT_EQ(word(out, kIntrOffset + 8), 0xffffffff81000000U);
  EXPECT_EQ(word(out, kIntrOffset + 16), 0x99U);
}

// IDENTIFIER, REGS_USER, REGS_INTR, with vectors in both sections.
abi::EventAttr both_sets_attr(bool simd) {
  abi::EventAttr attr;
  attr.sample_type = (1U << 16) | (1U << 12) | (1U << 18);
  attr.sample_regs_user = attr.sample_regs_intr = 0x100;
  if (simd) {
    attr.sample_simd_regs_enabled = 1;
    attr.sample_simd_vec_reg_qwords = 4;
    attr.sample_simd_vec_reg_user = attr.sample_simd_vec_reg_intr = 0xffff;
  } else {
    attr.sample_regs_user |= std::uint64_t{3} << 34U;  // XMM1
    attr.sample_regs_intr |= std::uint64_t{3} << 34U;
  }
  return attr;
}

TEST(KernelVectors, TheUserSetOfAKernelHitStaysByteForByte) {
  bool kept = false;
  const auto legacy = Fields().u64(kId).u64(2).u64(0x401000).u64(0xa0).u64(0xa1);
  auto record = Fields(legacy).u64(2).u64(0xffffffff81000000).u64(0x5ec1e7).u64(0x5ec1e8).record(9, kKernelMode);
  auto wanted = Fields(legacy).u64(2).u64(0xffffffff81000000).u64(0).u64(0).record(9, kKernelMode);
  EXPECT_EQ(filter(both_sets_attr(false), record, kept), wanted);

  const auto user =
      Fields().u64(kId).u64(6).u64(0x401000).u64(1).u64(4).u64(0).u64(0).u64(0xa0).u64(0xa1).u64(0xa2).u64(0xa3);
  record = Fields(user)
               .u64(6)
               .u64(0xffffffff81000000)
               .u64(1)
               .u64(4)
               .u64(0)
               .u64(0)
               .u64(1)
               .u64(2)
               .u64(3)
               .u64(4)
               .record(9, kKernelMode);
  wanted = Fields(user).u64(2).u64(0xffffffff81000000).record(9, kKernelMode);
  EXPECT_EQ(filter(both_sets_attr(true), record, kept), wanted);
}

TEST(KernelVectors, ASampleWithoutRegistersStaysAsItIs) {
  bool kept = false;
  for (const bool simd : {false, true}) {
    const auto record = Fields().u64(kId).u64(0).u64(0).record(9, kKernelMode);  // both sections: abi 0
    EXPECT_EQ(filter(both_sets_attr(simd), record, kept), record);
    EXPECT_TRUE(kept);
  }
}

TEST(KernelVectors, HitsOfUnknownModeCountAsKernelHits) {
  for (const std::uint16_t mode : std::array<std::uint16_t, 3>{0, 3, 5}) {  // unknown, hypervisor, guest user
    bool kept = false;
    EXPECT_EQ(word(filter(legacy_attr(), legacy_sample(mode), kept), kIntrOffset + 16), 0U) << mode;
    EXPECT_EQ(filter(simd_attr(), simd_sample(mode), kept).size(), simd_sample(mode).size() - 56) << mode;
  }
}

TEST(KernelVectors, FindsTheSectionBehindCountsBranchesAndWeights) {
  abi::EventAttr attr;
  // IDENTIFIER, READ, BRANCH_STACK, WEIGHT, DATA_SRC, TRANSACTION, REGS_INTR
  attr.sample_type = (1U << 16) | (1U << 4) | (1U << 11) | (1U << 14) | (1U << 15) | (1U << 17) | (1U << 18);
  attr.read_format = 1U | (1U << 2) | (1U << 3) | (1U << 4);  // time enabled, id, group, lost
  attr.branch_sample_type = 1U << 17;                         // with the hardware's index
  attr.sample_regs_intr = std::uint64_t{3} << 32U;
  Fields out;
  out.u64(kId);
  out.u64(2).u64(1000).u64(7).u64(kId).u64(0).u64(8).u64(kId + 1).u64(0);  // two counters: value, id, lost
  out.u64(1).u64(5).u64(0x1000).u64(0x2000).u64(0);                        // one branch
  out.u64(30).u64(31).u64(32);
  const auto section = locate_intr_section(Fields(out).u64(2).u64(1).u64(2).record(9, kKernelMode), attr);
  ASSERT_TRUE(section);
  EXPECT_EQ(section->offset, 8U + 8 * 17);
  EXPECT_EQ(section->word_bytes, 16U);
}

TEST(KernelVectors, AKernelHitThatCannotBeWalkedIsLeftOut) {
  auto bytes = legacy_sample(kKernelMode);
  bytes[24] = std::byte{0xff};  // more call chain entries than there are
  bool kept = true;
  EXPECT_TRUE(filter(legacy_attr(), bytes, kept).empty());
  EXPECT_FALSE(kept);
  const KernelVectorFilter knows_no_id({legacy_attr()});
  std::vector<std::byte> out;
  EXPECT_FALSE(knows_no_id.append(legacy_sample(kKernelMode), out));
}

TEST(KernelVectors, OtherRecordsPass) {
  const auto comm = Fields().u32(1).u32(1).text("x", 8).record(3, 0);
  bool kept = false;
  EXPECT_EQ(filter(legacy_attr(), comm, kept), comm);
  EXPECT_TRUE(kept);
}

TEST(KernelVectors, AppliesOnlyWhereInterruptVectorsAre) {
  EXPECT_TRUE(KernelVectorFilter::applies_to(legacy_attr()));
  EXPECT_TRUE(KernelVectorFilter::applies_to(simd_attr()));
  auto attr = legacy_attr();
  attr.sample_regs_intr = 0xff0fff;
  EXPECT_FALSE(KernelVectorFilter::applies_to(attr));
  attr = simd_attr();
  attr.sample_simd_vec_reg_intr = 0;
  attr.sample_simd_vec_reg_user = 0xffff;
  EXPECT_FALSE(KernelVectorFilter::applies_to(attr));
}

}  // namespace
}  // namespace simdprof
