// Real samples with a planted pattern, through both stages: tests/fixtures/legacy-xmm/README.md.
#include <gtest/gtest.h>

#include <bit>

#include "decoders/record/decode_record.h"
#include "decoders/registers/register_stage.h"
#include "tests/support/captured.h"

namespace simdprof {
namespace {

constexpr unsigned kRegisters = 16;

double low_lane(unsigned i) { return 1000 + i + 0.25; }
double high_lane(unsigned i) { return -(1000 + i + 0.5); }

std::vector<RegisterSets> register_sets(const std::string& name) {
  const auto captured = test::load_captured("legacy-xmm/" + name);
  RegisterStage stage{abi::Arch::x86_64, std::nullopt,
                      event_registers(captured.events, std::nullopt, abi::Arch::x86_64)};
  std::vector<RegisterSets> all;
  for (const RawRecord& raw : captured.records) {
    const auto record = decode_record(raw, captured.events);
    EXPECT_TRUE(record) << (record ? "" : render_error(record.error()));
    if (!record) continue;
    if (const auto* sample = std::get_if<Sample>(&record->body)) stage.build(*sample, all.emplace_back());
  }
  EXPECT_EQ(all.size(), 4U) << name;
  return all;
}

void expect_pattern(const RegisterSet& set) {
  for (unsigned i = 0; i < kRegisters; ++i) {
    EXPECT_EQ(set.vector[i].xmm, Presence::valid) << i;
    EXPECT_EQ(std::bit_cast<double>(set.vector[i].words[0]), low_lane(i)) << i;
    EXPECT_EQ(std::bit_cast<double>(set.vector[i].words[1]), high_lane(i)) << i;
    EXPECT_EQ(set.vector[i].ymm_high, Presence::not_recorded) << i;
  }
}

TEST(RealSamples, BothSetsHoldThePlantedPatternLaneForLane) {
  for (const RegisterSets& sets : register_sets("both-gpr-xmm")) {
    expect_pattern(sets.user);
    expect_pattern(sets.intr);
    EXPECT_EQ(sets.user.general(abi::PERF_REG_X86_IP), 0x401920U);
    EXPECT_EQ(sets.intr.general(abi::PERF_REG_X86_IP), 0x401920U);
    EXPECT_EQ(sets.user.gpr_present, abi::kX86GprMask);
  }
}

TEST(RealSamples, TheInterruptSetAloneLeavesTheUserSetEmpty) {
  for (const RegisterSets& sets : register_sets("intr-xmm-only")) {
    expect_pattern(sets.intr);
    EXPECT_EQ(sets.intr.gpr_present, 0U);
    EXPECT_FALSE(sets.user.has_vectors());
    EXPECT_EQ(sets.user.vector[0].xmm, Presence::not_recorded);
  }
}

TEST(RealSamples, XmmInTheUserSetOnlyIsNotCopiedToTheOther) {
  for (const RegisterSets& sets : register_sets("user-xmm-intr-gpr")) {
    expect_pattern(sets.user);
    EXPECT_FALSE(sets.intr.has_vectors());
    EXPECT_EQ(sets.intr.general(abi::PERF_REG_X86_IP), 0x401920U);
  }
}

TEST(RealSamples, SingleHalvesAreKeptAsHalves) {
  for (const RegisterSets& sets : register_sets("halves")) {
    EXPECT_EQ(sets.user.vector[0].recorded_words, 1U);
    EXPECT_EQ(std::bit_cast<double>(sets.user.vector[0].words[0]), low_lane(0));
    EXPECT_EQ(std::bit_cast<double>(sets.user.vector[1].words[0]), low_lane(1));
    EXPECT_EQ(sets.user.vector[1].xmm, Presence::not_recorded);
    EXPECT_EQ(sets.intr.vector[2].recorded_words, 2U);
    EXPECT_EQ(std::bit_cast<double>(sets.intr.vector[2].words[1]), high_lane(2));
    EXPECT_EQ(std::bit_cast<double>(sets.intr.vector[3].words[1]), high_lane(3));
    EXPECT_EQ(sets.intr.vector[0].recorded_words, 0U);
  }
}

}  // namespace
}  // namespace simdprof
