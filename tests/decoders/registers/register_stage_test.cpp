#include "decoders/registers/register_stage.h"

#include <gtest/gtest.h>

#include "tests/decoders/registers/register_input.h"

namespace simdprof {
namespace {

using namespace abi;
using test::ascending;
using test::block_of;
using test::Bytes;
using test::words;
using test::zen4_table;

constexpr Tid kTid = 43;

/// A user-mode sample with IP in its user section.
struct TestSample {
  Sample sample;
  Bytes user_words;

  TestSample(std::uint64_t time_ns, std::uint64_t ip, CpuMode mode = CpuMode::user) : user_words(words({ip})) {
    sample.present = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_REGS_USER;
    sample.mode = mode;
    sample.ip = mode == CpuMode::user ? ip : 0xffffffff81000000;
    sample.pid = kTid;
    sample.tid = kTid;
    sample.time_ns = time_ns;
    sample.regs_user = block_of(PERF_SAMPLE_REGS_ABI_64, 1U << PERF_REG_X86_IP, user_words);
  }
};

/// SSE in use and stored, its first word `first`.
struct TestImage {
  Bytes data;
  RegisterImage image;

  TestImage(std::uint64_t start_ns, std::uint64_t time_ns, std::uint64_t ip, std::uint64_t first = 0x1000)
      : data(ascending(first, 32)) {
    image.tid = kTid;
    image.window_start_ns = start_ns;
    image.time_ns = time_ns;
    image.ip = ip;
    image.available = 0xe7;
    image.in_use = 2;
    image.stored = 2;
    image.mxcsr = kMxcsrInit;
    image.data = data;
  }
};

// Event 0 makes the stops, event 1 does not.
RegisterStage ptrace_stage() { return {Arch::x86_64, zen4_table(), {{true, false}, {false, false}}}; }
RegisterStage kernel_stage(bool precise) { return {Arch::x86_64, std::nullopt, {{false, precise}}}; }

RegisterSets built(RegisterStage& stage, const TestSample& sample) {
  RegisterSets sets;
  stage.build(sample.sample, sets);
  return sets;
}

TEST(RegisterStage, AnImageBelongsToTheSamplesOfItsWindow) {
  auto stage = ptrace_stage();
  ASSERT_TRUE(stage.observe(TestImage(100, 200, 0x401000).image));
  for (const std::uint64_t time_ns : {std::uint64_t{100}, std::uint64_t{150}, std::uint64_t{200}}) {
    const auto sets = built(stage, TestSample(time_ns, 0x401000));
    EXPECT_EQ(sets.user.vector[0].xmm, Presence::valid) << time_ns;
    EXPECT_EQ(sets.user.vector[0].words[1], 0x1001U);
    EXPECT_EQ(sets.user.vector_origin, Origin::xstate);
    EXPECT_EQ(sets.user.general(PERF_REG_X86_IP), 0x401000U);
    EXPECT_TRUE(sets.image_expected);
    EXPECT_FALSE(sets.image_at_syscall_exit);
    EXPECT_FALSE(sets.intr.has_vectors()) << "an image never fills the interrupt set";
  }
  EXPECT_FALSE(built(stage, TestSample(99, 0x401000)).user.has_vectors());
  EXPECT_FALSE(built(stage, TestSample(201, 0x401000)).user.has_vectors());
  EXPECT_EQ(stage.counts().samples_without, 2U);
  EXPECT_EQ(stage.counts().images_unmatched, 0U);
}

TEST(RegisterStage, AnImageOfAnotherThreadIsNotUsed) {
  auto stage = ptrace_stage();
  TestImage other(100, 200, 0x401000);
  other.image.tid = kTid + 1;
  ASSERT_TRUE(stage.observe(other.image));
  EXPECT_FALSE(built(stage, TestSample(150, 0x401000)).user.has_vectors());
  EXPECT_EQ(stage.counts().images_unmatched, 1U);
  EXPECT_EQ(stage.counts().samples_without, 1U);
}

TEST(RegisterStage, TheStageKeepsTheBytesOfAnImage) {
  auto stage = ptrace_stage();
  {
    TestImage image(100, 200, 0x401000);
    ASSERT_TRUE(stage.observe(image.image));
    std::fill(image.data.begin(), image.data.end(), std::byte{0xff});
  }
  EXPECT_EQ(built(stage, TestSample(150, 0x401000)).user.vector[2].words[0], 0x1004U);
}

TEST(RegisterStage, AtAnotherUserIpTheValuesAreUntrusted) {
  auto stage = ptrace_stage();
  ASSERT_TRUE(stage.observe(TestImage(100, 200, 0x402000).image));
  const auto sets = built(stage, TestSample(150, 0x401000));
  EXPECT_TRUE(sets.image_ip_differs);
  EXPECT_EQ(sets.user.vector[0].xmm, Presence::untrusted);
  EXPECT_EQ(sets.user.vector[0].ymm_high, Presence::untrusted) << "INIT at another ip is no INIT here";
  EXPECT_EQ(sets.user.mxcsr_presence, Presence::untrusted);
  EXPECT_EQ(sets.user.opmask_presence, Presence::untrusted);
  EXPECT_FALSE(sets.user.xstate_in_use);
  EXPECT_EQ(sets.user.vector[0].words[0], 0x1000U) << "still readable";
  EXPECT_EQ(stage.counts().images_at_other_ip, 1U);
}

TEST(RegisterStage, WithoutAUserSectionTheSamplesIpDecides) {
  auto stage = ptrace_stage();
  ASSERT_TRUE(stage.observe(TestImage(100, 200, 0x402000).image));
  TestSample sample(150, 0x401000);
  sample.sample.regs_user = {};
  EXPECT_TRUE(built(stage, sample).image_ip_differs);
}

TEST(RegisterStage, ALateImageIsUntrusted) {
  auto stage = ptrace_stage();
  TestImage late(100, 200, 0x401000);
  late.image.flags = RegisterImage::kFlagLate;
  ASSERT_TRUE(stage.observe(late.image));
  const auto sets = built(stage, TestSample(150, 0x401000));
  EXPECT_TRUE(sets.image_late);
  EXPECT_FALSE(sets.image_ip_differs);
  EXPECT_EQ(sets.user.vector[0].xmm, Presence::untrusted);
}

TEST(RegisterStage, AKernelHitGetsTheImageOfItsWayBack) {
  auto stage = ptrace_stage();
  TestImage image(100, 200, 0x401002);
  image.image.syscall = 1;
  ASSERT_TRUE(stage.observe(image.image));
  const auto sets = built(stage, TestSample(150, 0x401002, CpuMode::kernel));
  EXPECT_TRUE(sets.image_at_syscall_exit);
  EXPECT_EQ(sets.user.vector[0].xmm, Presence::valid);
}

TEST(RegisterStage, ANewerImageReplacesTheOlder) {
  auto stage = ptrace_stage();
  ASSERT_TRUE(stage.observe(TestImage(100, 200, 0x401000, 0x1000).image));
  ASSERT_TRUE(stage.observe(TestImage(300, 400, 0x401000, 0x9000).image));
  EXPECT_EQ(built(stage, TestSample(350, 0x401000)).user.vector[0].words[0], 0x9000U);
  EXPECT_EQ(stage.counts().images, 2U);
  EXPECT_EQ(stage.counts().images_unmatched, 1U) << "the first one met no sample";
}

TEST(RegisterStage, ForgetDropsTheImageOfAThread) {
  auto stage = ptrace_stage();
  ASSERT_TRUE(stage.observe(TestImage(100, 200, 0x401000).image));
  stage.forget(kTid);
  stage.forget(kTid + 1);
  EXPECT_FALSE(built(stage, TestSample(150, 0x401000)).user.has_vectors());
  EXPECT_EQ(stage.counts().images_unmatched, 1U);
}

TEST(RegisterStage, VectorsOfTheSampleItselfComeBeforeAnImage) {
  auto stage = ptrace_stage();
  ASSERT_TRUE(stage.observe(TestImage(100, 200, 0x401000).image));
  TestSample sample(150, 0x401000);
  const auto both = ascending(0x40, 32);
  sample.sample.regs_user = block_of(PERF_SAMPLE_REGS_ABI_64, kX86LegacyXmmMask, both);
  const auto sets = built(stage, sample);
  EXPECT_EQ(sets.user.vector[0].words[0], 0x40U);
  EXPECT_EQ(sets.user.vector_origin, Origin::pmi_xsave);
}

TEST(RegisterStage, ExactSamplesHavePebsVectors) {
  auto stage = kernel_stage(false);
  const auto both = ascending(0x40, 32);
  for (const CpuMode mode : {CpuMode::user, CpuMode::kernel}) {
    TestSample sample(150, 0x401000, mode);
    sample.sample.misc = PERF_RECORD_MISC_EXACT_IP;
    sample.sample.regs_user = block_of(PERF_SAMPLE_REGS_ABI_64, kX86LegacyXmmMask, both);
    sample.sample.regs_intr = block_of(PERF_SAMPLE_REGS_ABI_64, kX86LegacyXmmMask, both);
    const auto sets = built(stage, sample);
    EXPECT_EQ(sets.intr.vector_origin, Origin::pebs);
    // The user set of a kernel hit was read at the interrupt, not by PEBS.
    EXPECT_EQ(sets.user.vector_origin, mode == CpuMode::user ? Origin::pebs : Origin::pmi_xsave);
  }
}

TEST(RegisterStage, OfPreciseEventsTheInterruptVectorsArePebsWithoutAnExactIp) {
  const auto both = ascending(0x40, 32);
  for (const bool precise : {false, true}) {
    auto stage = kernel_stage(precise);
    TestSample sample(150, 0x401000, CpuMode::kernel);
    sample.sample.regs_user = block_of(PERF_SAMPLE_REGS_ABI_64, kX86LegacyXmmMask, both);
    sample.sample.regs_intr = block_of(PERF_SAMPLE_REGS_ABI_64, kX86LegacyXmmMask, both);
    auto sets = built(stage, sample);
    EXPECT_EQ(sets.intr.vector_origin, precise ? Origin::pebs : Origin::pmi_xsave);
    EXPECT_EQ(sets.user.vector_origin, Origin::pmi_xsave);
    sample.sample.mode = CpuMode::user;
    EXPECT_EQ(built(stage, sample).user.vector_origin, precise ? Origin::pebs : Origin::pmi_xsave);
  }
}

TEST(RegisterStage, SamplesOfAnEventThatDoesNotStopTheThreadExpectNoImage) {
  auto stage = ptrace_stage();
  ASSERT_TRUE(stage.observe(TestImage(100, 200, 0x401000).image));
  for (const std::uint32_t event : {1U, 2U}) {
    TestSample other(150, 0x401000);
    other.sample.event = event;
    const auto sets = built(stage, other);
    EXPECT_FALSE(sets.image_expected) << event;
    EXPECT_FALSE(sets.user.has_vectors()) << "it meets the image by chance";
    EXPECT_EQ(sets.user.general(PERF_REG_X86_IP), 0x401000U);
  }
  EXPECT_EQ(stage.counts().samples_without, 0U);
  EXPECT_EQ(stage.counts().images_unmatched, 1U);
  EXPECT_TRUE(built(stage, TestSample(150, 0x401000)).user.has_vectors());
}

EventTable two_events(std::uint64_t first_flags, std::uint64_t second_flags) {
  EventTable table;
  for (const std::uint64_t flags : {first_flags, second_flags}) {
    table.events.emplace_back();
    table.events.back().attr.flags = flags;
  }
  return table;
}

TEST(EventRegisters, TheFirstEventMakesTheImagesUnlessAnotherIsMarked) {
  auto events = event_registers(two_events(0, 0), SourceKind::ptrace, Arch::x86_64);
  EXPECT_TRUE(events.at(0).makes_images);
  EXPECT_FALSE(events.at(1).makes_images);
  events = event_registers(two_events(0, kAttrSigtrap), SourceKind::ptrace, Arch::x86_64);
  EXPECT_FALSE(events.at(0).makes_images);
  EXPECT_TRUE(events.at(1).makes_images);
  EXPECT_TRUE(event_registers({}, SourceKind::ptrace, Arch::x86_64).empty());
}

TEST(EventRegisters, WithoutASourceOfImagesNoEventMakesThem) {
  for (const std::optional<SourceKind> source :
       {std::optional<SourceKind>{}, std::optional(SourceKind::kernel), std::optional(SourceKind::gpr)}) {
    for (const EventRegisters& event : event_registers(two_events(0, kAttrSigtrap), source, Arch::x86_64)) {
      EXPECT_FALSE(event.makes_images);
    }
  }
}

// Bits 32 to 63 of the masks are XMM registers on x86 alone: on arm64 bit 32 is PC.
TEST(EventRegisters, VectorsAreExpectedOfSectionsThatHaveThemAndOfImages) {
  EventTable events = two_events(kAttrSigtrap, 0);
  for (EventDesc& event : events.events) event.attr.sample_regs_user = 0x1ffffffff;
  const auto expected = [&](std::optional<SourceKind> source, Arch arch) {
    const auto found = event_registers(events, source, arch);
    return std::pair(found.at(0).vectors, found.at(1).vectors);
  };
  EXPECT_EQ(expected(SourceKind::gpr, Arch::arm64), std::pair(false, false));
  EXPECT_EQ(expected(SourceKind::ptrace, Arch::arm64), std::pair(true, false));
  EXPECT_EQ(expected(SourceKind::ptrace, Arch::x86_64), std::pair(true, false));
  EXPECT_EQ(expected(SourceKind::kernel, Arch::x86_64), std::pair(true, true));
  events.events[1].attr.sample_regs_user = 0xff0fff;
  EXPECT_EQ(expected(SourceKind::kernel, Arch::x86_64), std::pair(true, false));
  events.events[1].attr.sample_simd_regs_enabled = 1;
  EXPECT_EQ(expected(std::nullopt, Arch::x86_64), std::pair(true, true));
}

TEST(EventRegisters, AnyPreciseLevelIsPrecise) {
  const auto events = event_registers(two_events(1ULL << 15U, 1ULL << 16U), SourceKind::kernel, Arch::x86_64);
  EXPECT_TRUE(events.at(0).precise);
  EXPECT_TRUE(events.at(1).precise);
  EXPECT_FALSE(event_registers(two_events(0, 0), SourceKind::kernel, Arch::x86_64).at(0).precise);
}

TEST(RegisterStage, RegistersThatAnNmiCannotReadAreNotRecorded) {
  auto stage = kernel_stage(false);
  Bytes general;
  for (unsigned i = 0; i < 20; ++i) test::append_word(general, i == 8 ? 0x401000 : ~std::uint64_t{0}, 8);
  TestSample hit(150, 0x401000, CpuMode::kernel);
  hit.sample.regs_user = block_of(PERF_SAMPLE_REGS_ABI_64, kX86GprMask, general);
  const auto sets = built(stage, hit);
  for (const unsigned number : {1U, 20U, 21U, 22U, 23U}) EXPECT_EQ(sets.user.general(number), std::nullopt) << number;
  EXPECT_EQ(sets.user.general(PERF_REG_X86_AX), ~std::uint64_t{0});
  EXPECT_EQ(sets.user.general(PERF_REG_X86_IP), 0x401000U);
  hit.sample.mode = CpuMode::user;
  EXPECT_EQ(built(stage, hit).user.general(PERF_REG_X86_BX), ~std::uint64_t{0}) << "a user hit has them";
}

TEST(RegisterStage, GuestSamplesHaveNoRegisters) {
  auto stage = ptrace_stage();
  ASSERT_TRUE(stage.observe(TestImage(100, 200, 0x401000).image));
  for (const CpuMode mode : {CpuMode::guest_user, CpuMode::guest_kernel}) {
    TestSample sample(150, 0x401000, mode);
    const auto vectors = ascending(0x40, 32);
    sample.sample.regs_intr = block_of(PERF_SAMPLE_REGS_ABI_64, kX86LegacyXmmMask, vectors);
    const auto sets = built(stage, sample);
    EXPECT_EQ(sets.user.gpr_present, 0U);
    EXPECT_EQ(sets.intr.gpr_present, 0U);
    EXPECT_FALSE(sets.user.has_vectors());
    EXPECT_FALSE(sets.intr.has_vectors());
    EXPECT_EQ(sets.user.abi, 0U);
    EXPECT_TRUE(sets.guest_dropped);
  }
  TestSample bare(150, 0x401000, CpuMode::guest_user);
  bare.sample.regs_user = {};
  EXPECT_FALSE(built(stage, bare).guest_dropped) << "nothing was recorded";
  EXPECT_FALSE(built(stage, TestSample(150, 0x401000)).guest_dropped);
  EXPECT_EQ(stage.counts().samples_without, 0U);
}

TEST(RegisterStage, BuildOverwritesEverything) {
  auto stage = ptrace_stage();
  ASSERT_TRUE(stage.observe(TestImage(100, 200, 0x401000).image));
  RegisterSets sets = built(stage, TestSample(150, 0x401000));
  stage.build(TestSample(250, 0x401000).sample, sets);
  EXPECT_FALSE(sets.user.has_vectors());
  EXPECT_EQ(sets.user.vector[0].xmm, Presence::not_recorded);
  EXPECT_EQ(sets.user.vector[0].words[0], 0U);
}

TEST(RegisterStage, AnImageThatContradictsTheTableIsNotUsed) {
  auto stage = ptrace_stage();
  TestImage image(100, 200, 0x401000);
  image.image.data = image.image.data.first(8);
  const auto refused = stage.observe(image.image);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::malformed);
  EXPECT_EQ(stage.counts().images, 0U);
  RegisterStage without_table{Arch::x86_64, std::nullopt, {{true, false}}};
  EXPECT_FALSE(without_table.observe(TestImage(100, 200, 0x401000).image));
}

TEST(RegisterStage, ImagesOfManyEndedThreadsAreDropped) {
  auto stage = ptrace_stage();
  TestImage image(0, 0, 0x401000);
  for (Tid tid = 1; tid <= 5000; ++tid) {
    image.image.tid = tid;
    image.image.window_start_ns = static_cast<std::uint64_t>(tid) * 10;
    image.image.time_ns = image.image.window_start_ns + 5;
    ASSERT_TRUE(stage.observe(image.image));
  }
  EXPECT_EQ(stage.counts().images, 5000U);
  EXPECT_EQ(stage.counts().images_unmatched, 5000U) << "dropped or kept, each is counted once";
}

TEST(RegisterStage, WhatIsKeptAtOneTimeIsBounded) {
  auto stage = ptrace_stage();
  const Bytes data(160 + 256 + 256 + 64 + 512 + 1024);
  TestImage image(0, ~std::uint64_t{0}, 0x401000);
  image.image.in_use = 0xe7;
  image.image.stored = 0xe7;
  image.image.data = data;
  Status observed;
  Tid tid = 0;
  while (observed && tid < 200000) {
    image.image.tid = ++tid;
    observed = stage.observe(image.image);
  }
  ASSERT_FALSE(observed) << "200000 images of 2272 bytes are 454 MB";
  EXPECT_EQ(observed.error().code, Errc::limit);
}

}  // namespace
}  // namespace simdprof
