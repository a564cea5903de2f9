#include "cmd/export_lowering.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace simdprof::cmd {
namespace {

using test::Bytes;
using test::words;

constexpr std::uint64_t kXmm = 0xffffffff00000000;

RecordingFacts facts_of(abi::EventAttr attr, SourceKind source) {
  RecordingFacts facts;
  facts.arch = abi::Arch::x86_64;
  attr.sample_type |= abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_REGS_USER;
  facts.events.events.push_back({attr, "task-clock"});
  facts.sources.push_back({source, 0, "test"});
  return facts;
}

Sample sample_of(CpuMode mode) {
  Sample sample;
  sample.present = abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_REGS_USER;
  sample.mode = mode;
  sample.pid = sample.tid = 42;
  sample.time_ns = 1000;
  return sample;
}

/// A section with the SIMD ABI: one general register, `vectors` registers of `qwords` words 0x100 * register + word,
/// and eight predicates.
struct SimdSection {
  SimdSection(std::uint64_t mask, unsigned vectors, unsigned qwords) {
    Bytes gprs;
    for (unsigned i = 0; i < static_cast<unsigned>(std::popcount(mask)); ++i) test::append_word(gprs, 0xa0 + i, 8);
    for (unsigned number = 0; number < vectors; ++number) {
      for (unsigned word = 0; word < qwords; ++word) test::append_word(simd, 0x100 * number + word, 8);
    }
    for (unsigned number = 0; number < 8; ++number) test::append_word(simd, 0xffff, 8);
    bytes = words({6});
    bytes.insert(bytes.end(), gprs.begin(), gprs.end());
    block.abi = 6;
    block.mask = mask;
    block.nr_vectors = static_cast<std::uint16_t>(vectors);
    block.vector_qwords = static_cast<std::uint16_t>(qwords);
    block.nr_pred = 8;
    block.pred_qwords = 1;
    block.bytes = bytes;
    block.words = WordView(std::span<const std::byte>(bytes).subspan(8));
    block.simd = WordView(simd);
  }
  SimdSection(const SimdSection&) = delete;
  SimdSection& operator=(const SimdSection&) = delete;
  Bytes bytes, simd;
  RegisterBlock block;
};

TEST(SampleLowering, TheLowWordsOfSimdRegisters0To15BecomeXmmBits) {
  const SimdSection section(1U << 8U, 32, 8);
  SampleLowering lowering(facts_of({}, SourceKind::kernel));
  Sample sample = sample_of(CpuMode::user);
  sample.regs_user = section.block;
  perfdata::SampleChange change;
  const RegisterMasks masks = lowering.lower(sample, change);
  EXPECT_EQ(masks.user, kXmm | 1U << 8U);
  EXPECT_FALSE(masks.intr);
  ASSERT_TRUE(change.user);
  EXPECT_EQ(change.user->abi, 2U);
  EXPECT_EQ(change.user->mask, kXmm | 1U << 8U);
  EXPECT_EQ(change.user->words[8], 0xa0U);
  for (unsigned number = 0; number < 16; ++number) {
    EXPECT_EQ(change.user->words[32 + 2 * number], 0x100U * number);
    EXPECT_EQ(change.user->words[33 + 2 * number], 0x100U * number + 1);
  }
  EXPECT_EQ(lowering.counts().wide, 1U);
  EXPECT_EQ(lowering.counts().opmask, 1U);
  EXPECT_EQ(lowering.counts().extended_gprs, 0U);
}

TEST(SampleLowering, FewerRegistersThanSixteenGetFewerBitsAndNoZeros) {
  const SimdSection section(1U << 8U, 3, 2);
  SampleLowering lowering(facts_of({}, SourceKind::kernel));
  Sample sample = sample_of(CpuMode::user);
  sample.regs_user = section.block;
  perfdata::SampleChange change;
  EXPECT_EQ(lowering.lower(sample, change).user, 0x3f00000000U | 1U << 8U);
  EXPECT_EQ(lowering.counts().wide, 0U);
}

TEST(SampleLowering, R16ToR31AndSspHaveNoBitsInTheLegacyMask) {
  // IP, R16, SSP: bits 8, 24 and 40; bit 40 is XMM4's low half in the legacy mask.
  const SimdSection section(std::uint64_t{1} << 8U | std::uint64_t{1} << 24U | std::uint64_t{1} << 40U, 0, 0);
  SampleLowering lowering(facts_of({}, SourceKind::kernel));
  Sample sample = sample_of(CpuMode::user);
  sample.regs_user = section.block;
  perfdata::SampleChange change;
  EXPECT_EQ(lowering.lower(sample, change).user, std::uint64_t{1} << 8U);
  EXPECT_EQ(change.user->words[8], 0xa0U);
  EXPECT_EQ(lowering.counts().extended_gprs, 1U);
}

TEST(SampleLowering, BothSectionsAreLoweredEachByItself) {
  const SimdSection user(1U << 8U, 16, 4);
  const SimdSection intr(1U << 7U, 0, 0);
  SampleLowering lowering(facts_of({}, SourceKind::kernel));
  Sample sample = sample_of(CpuMode::kernel);
  sample.regs_user = user.block;
  sample.regs_intr = intr.block;
  perfdata::SampleChange change;
  const RegisterMasks masks = lowering.lower(sample, change);
  EXPECT_EQ(masks.user, kXmm | 1U << 8U);
  EXPECT_EQ(masks.intr, 1U << 7U);
}

TEST(SampleLowering, ALegacySectionIsNotTouched) {
  Bytes bytes = words({2, 0x401000, 1, 2});
  SampleLowering lowering(facts_of({}, SourceKind::kernel));
  Sample sample = sample_of(CpuMode::user);
  sample.regs_user.abi = 2;
  sample.regs_user.mask = 1U << 8U | 3ULL << 32U;
  sample.regs_user.bytes = bytes;
  perfdata::SampleChange change;
  EXPECT_EQ(lowering.lower(sample, change).user, sample.regs_user.mask);
  EXPECT_FALSE(change.user);
}

TEST(SampleLowering, AnEmptySectionFitsEveryMask) {
  Bytes bytes = words({0});
  SampleLowering lowering(facts_of({}, SourceKind::kernel));
  Sample sample = sample_of(CpuMode::kernel);
  sample.regs_user.bytes = bytes;
  perfdata::SampleChange change;
  EXPECT_FALSE(lowering.lower(sample, change).user);
  EXPECT_FALSE(change.user);
}

/// A recording with register images: x87 and SSE in the table, XMM n is 0x10 * n and 0x10 * n + 1.
class ImageLowering : public ::testing::Test {
 protected:
  ImageLowering() {
    abi::EventAttr attr;
    attr.sample_regs_user = 1U << 8U;
    facts = facts_of(attr, SourceKind::ptrace);
    facts.xsave.emplace();
    facts.xsave->xcr0_mask = 7;
    facts.xsave->components[abi::kXsaveSse] = {160, 256, 0};
    facts.xsave->components[abi::kXsaveYmmHi128] = {576, 256, 0};
    for (unsigned number = 0; number < 16; ++number) {
      test::append_word(xmm, 0x10 * number, 8);
      test::append_word(xmm, 0x10 * number + 1, 8);
    }
    image.pid = image.tid = 42;
    image.window_start_ns = 900;
    image.time_ns = 1100;
    image.ip = 0x401000;
    image.available = 7;
    image.in_use = 2;
    image.stored = 2;
    image.mxcsr = 0x1f80;
    image.data = xmm;
    section = words({2, 0x401000});
    sample = sample_of(CpuMode::user);
    sample.regs_user.abi = 2;
    sample.regs_user.mask = 1U << 8U;
    sample.regs_user.bytes = section;
    sample.regs_user.words = WordView(std::span<const std::byte>(section).subspan(8));
  }
  RegisterMasks lowered(SampleLowering& lowering) {
    Record record;
    record.type = kRecordRegisterImage;
    record.body = RegisterImageRecord{image};
    EXPECT_TRUE(lowering.observe(record));
    change = {};
    return lowering.lower(sample, change);
  }

  RecordingFacts facts;
  Bytes xmm, section;
  RegisterImage image;
  Sample sample;
  perfdata::SampleChange change;
};

TEST_F(ImageLowering, XmmOfTheImageJoinsTheGeneralRegistersOfTheSample) {
  SampleLowering lowering(facts);
  EXPECT_EQ(lowered(lowering).user, kXmm | 1U << 8U);
  EXPECT_EQ(change.user->abi, 2U);
  EXPECT_EQ(change.user->words[8], 0x401000U);
  EXPECT_EQ(change.user->words[34], 0x10U);
  EXPECT_EQ(change.user->words[63], 0xf1U);
  EXPECT_EQ(lowering.counts().xmm_from_images, 1U);
  EXPECT_EQ(lowering.counts().wide, 0U);  // YMM parts are in INIT state
  EXPECT_EQ(lowering.counts().mxcsr, 1U);
}

TEST_F(ImageLowering, InitStateIsWrittenAsZero) {
  image.in_use = image.stored = 0;
  image.data = {};
  SampleLowering lowering(facts);
  EXPECT_EQ(lowered(lowering).user, kXmm | 1U << 8U);
  EXPECT_EQ(change.user->words[34], 0U);
}

TEST_F(ImageLowering, AComponentThatTheImageCannotHoldGetsNoWords) {
  image.available = image.in_use = 5;
  image.stored = 0;
  image.data = {};
  SampleLowering lowering(facts);
  EXPECT_EQ(lowered(lowering).user, 1U << 8U);
  EXPECT_EQ(lowering.counts().xmm_from_images, 0U);
}

TEST_F(ImageLowering, AnImageOfAnotherMomentIsNotExported) {
  image.ip = 0x402000;
  SampleLowering lowering(facts);
  EXPECT_EQ(lowered(lowering).user, 1U << 8U);
  EXPECT_FALSE(change.user);
  EXPECT_EQ(lowering.counts().untrusted, 1U);
}

TEST_F(ImageLowering, A32BitTaskHasEightXmmRegisters) {
  section = words({1, 0x401000});
  sample.regs_user.abi = 1;
  sample.regs_user.bytes = section;
  sample.regs_user.words = WordView(std::span<const std::byte>(section).subspan(8));
  SampleLowering lowering(facts);
  EXPECT_EQ(lowered(lowering).user, 0xffff00000000U | 1U << 8U);
  EXPECT_EQ(change.user->abi, 1U);
}

TEST_F(ImageLowering, WithoutASectionTheImageHasNoPlace) {
  section = words({0});
  sample.regs_user = {};
  sample.regs_user.bytes = section;
  SampleLowering lowering(facts);
  EXPECT_FALSE(lowered(lowering).user);
  EXPECT_EQ(lowering.counts().no_section, 1U);
}

TEST_F(ImageLowering, AGuestSampleMeetsNoImage) {
  sample.mode = CpuMode::guest_user;
  SampleLowering lowering(facts);
  EXPECT_EQ(lowered(lowering).user, 1U << 8U);
  EXPECT_FALSE(change.user);
}

TEST_F(ImageLowering, XmmCanBeTakenOutAgainForLackOfRoom) {
  SampleLowering lowering(facts);
  (void)lowered(lowering);
  EXPECT_EQ(SampleLowering::drop_xmm(sample, change).user, 1U << 8U);
  EXPECT_EQ(change.user->mask, 1U << 8U);
}

TEST(LowerAttr, HasNothingThatPerf61DoesNotKnow) {
  abi::EventAttr attr;
  attr.size = 176;
  attr.type = 4;
  attr.config = 0x1c2;
  attr.sample_type = abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_REGS_USER;
  attr.sample_regs_user = 0xff0fff;
  attr.flags = abi::kAttrFreq | abi::kAttrDeferCallchain | abi::kAttrDeferOutput;
  attr.branch_sample_type = abi::PERF_SAMPLE_BRANCH_HW_INDEX | abi::PERF_SAMPLE_BRANCH_COUNTERS;
  const abi::EventAttr lowered = lower_attr(attr, false, true, false);
  EXPECT_EQ(lowered.size, 128U);
  EXPECT_EQ(lowered.config, 0x1c2U);
  EXPECT_EQ(lowered.sample_type, abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_REGS_USER | abi::PERF_SAMPLE_IDENTIFIER);
  EXPECT_EQ(lowered.flags, abi::kAttrFreq | abi::kAttrSampleIdAll);
  EXPECT_EQ(lowered.branch_sample_type, abi::PERF_SAMPLE_BRANCH_HW_INDEX);
  const abi::EventAttr stripped = lower_attr(attr, true, false, false);
  EXPECT_EQ(stripped.sample_type, abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_IDENTIFIER);
  EXPECT_EQ(stripped.sample_regs_user, 0U);
  EXPECT_EQ(stripped.flags, abi::kAttrFreq);
}

TEST(LowerAttr, ATracepointWithoutItsFormatBecomesBpfOutput) {
  abi::EventAttr attr;
  attr.type = abi::PERF_TYPE_TRACEPOINT;
  attr.config = 314;
  const abi::EventAttr lowered = lower_attr(attr, false, true, false);
  EXPECT_EQ(lowered.type, 1U);
  EXPECT_EQ(lowered.config, 10U);
  const abi::EventAttr kept = lower_attr(attr, false, true, true);
  EXPECT_EQ(kept.type, 2U);
  EXPECT_EQ(kept.config, 314U);
}

TEST(ExpectedMasks, FollowTheAttributesAndTheSource) {
  abi::EventAttr attr;
  attr.sample_type = abi::PERF_SAMPLE_REGS_USER | abi::PERF_SAMPLE_REGS_INTR;
  attr.sample_regs_user = attr.sample_regs_intr = 0xff0fff;
  EXPECT_EQ(expected_masks(attr, abi::Arch::x86_64, false).user, 0xff0fffU);
  EXPECT_EQ(expected_masks(attr, abi::Arch::x86_64, true).user, kXmm | 0xff0fff);
  EXPECT_EQ(expected_masks(attr, abi::Arch::x86_64, true).intr, 0xff0fffU);
  attr.sample_simd_regs_enabled = 1;
  attr.sample_simd_vec_reg_qwords = 8;
  attr.sample_simd_vec_reg_intr = 0xffffffff;
  EXPECT_EQ(expected_masks(attr, abi::Arch::x86_64, false).user, 0xff0fffU);
  EXPECT_EQ(expected_masks(attr, abi::Arch::x86_64, false).intr, kXmm | 0xff0fff);
  attr.sample_type = 0;
  EXPECT_FALSE(expected_masks(attr, abi::Arch::x86_64, true).user);
}

}  // namespace
}  // namespace simdprof::cmd
