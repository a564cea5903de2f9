// The register stage with images of arm64.
#include <gtest/gtest.h>

#include "decoders/registers/register_stage.h"
#include "tests/decoders/registers/register_input.h"

namespace simdprof {
namespace {

using namespace abi;
using test::ascending;
using test::block_of;
using test::Bytes;
using test::words;

constexpr Tid kTid = 43;

/// A sample with pc in its user section.
struct TestSample {
  Sample sample;
  Bytes user_words;

  TestSample(std::uint64_t ip, CpuMode mode) : user_words(words({ip})) {
    sample.present = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_REGS_USER;
    sample.mode = mode;
    sample.ip = mode == CpuMode::user ? ip : 0xffff800008000000;
    sample.pid = kTid;
    sample.tid = kTid;
    sample.time_ns = 150;
    sample.regs_user = block_of(PERF_SAMPLE_REGS_ABI_64, std::uint64_t{1} << PERF_REG_ARM64_PC, user_words);
  }
};

/// A NEON image whose first word is 0x1000.
struct TestArm64Image {
  Bytes data = ascending(0x1000, 66);
  RegisterImage image;

  explicit TestArm64Image(std::uint64_t ip) {
    image.tid = kTid;
    image.window_start_ns = 100;
    image.time_ns = 200;
    image.ip = ip;
    image.format = RegisterImage::kArm64Fpsimd;
    image.data = data;
  }
};

RegisterSets built(RegisterStage& stage, const TestSample& sample) {
  RegisterSets sets;
  stage.build(sample.sample, sets);
  return sets;
}

RegisterStage arm64_stage() { return {Arch::arm64, std::nullopt, {{true, false}}}; }

TEST(RegisterStage, AnArm64ImageNeedsNoXsaveTable) {
  auto stage = arm64_stage();
  ASSERT_TRUE(stage.observe(TestArm64Image(0x401000).image));
  const TestSample sample(0x401000, CpuMode::user);
  const auto sets = built(stage, sample);
  EXPECT_EQ(sets.user.vector_origin, Origin::regset);
  EXPECT_EQ(sets.user.arm64.low, Presence::valid);
  EXPECT_EQ(sets.user.arm64.words[0], 0x1000U);
  EXPECT_FALSE(sets.image_ip_differs);
  EXPECT_FALSE(sets.intr.has_vectors());
}

TEST(RegisterStage, AnArm64ImageOfAnotherPlaceIsUntrusted) {
  auto stage = arm64_stage();
  ASSERT_TRUE(stage.observe(TestArm64Image(0x401000).image));
  const TestSample sample(0x401004, CpuMode::user);
  const auto sets = built(stage, sample);
  EXPECT_TRUE(sets.image_ip_differs);
  EXPECT_EQ(sets.user.arm64.low, Presence::untrusted);
  EXPECT_EQ(sets.user.arm64.control, Presence::untrusted);
  EXPECT_EQ(sets.user.arm64.high, Presence::not_recorded);
}

// The tracer finds a call that the stop interrupted already set back to its instruction, of four bytes.
TEST(RegisterStage, AnInterruptedCallOfArm64IsTheSamePlace) {
  for (const auto& [ip, differs] : {std::pair{0x401000ULL, false}, {0x401004ULL, false}, {0x401008ULL, true}}) {
    auto stage = arm64_stage();
    ASSERT_TRUE(stage.observe(TestArm64Image(0x401000).image));
    const TestSample sample(ip, CpuMode::kernel);
    EXPECT_EQ(built(stage, sample).image_ip_differs, differs) << ip;
  }
}

TEST(RegisterStage, ImagesOfAnotherArchitectureOrFormatAreRefused) {
  RegisterStage stage{Arch::x86_64, std::nullopt, {{true, false}}};
  const auto refused = stage.observe(TestArm64Image(0x401000).image);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fact, "register image of arm64 in a recording of another architecture");
  TestArm64Image unknown(0x401000);
  unknown.image.format = 4;
  const auto unsupported = stage.observe(unknown.image);
  ASSERT_FALSE(unsupported);
  EXPECT_EQ(unsupported.error().code, Errc::unsupported);
  EXPECT_EQ(unsupported.error().fact, "register image format 4 is not known");
}

}  // namespace
}  // namespace simdprof
