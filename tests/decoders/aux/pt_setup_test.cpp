#include "decoders/aux/pt_setup.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace simdprof {
namespace {

/// Words as a recording of a 3.2 GHz desktop CPU has them; index names are those of perf's util/intel-pt.h.
AuxTraceInfo recorded() {
  AuxTraceInfo info;
  info.type = AuxTraceType::intel_pt;
  info.words = {8, 31, 0x28000000, 1000, 1, 0x400, 0x800, 3, 0, 0, 0x200, 0x3c000, 266, 2, 2, 32};
  info.config = 0xc601;  // MTC period 3
  info.cpuid = "GenuineIntel,6,94,3";
  return info;
}

TEST(PtSetup, ReadsTheWordsOfARecording) {
  const auto setup = decode_pt_setup(recorded());
  ASSERT_TRUE(setup);
  EXPECT_EQ(setup->cpu.family, 6U);
  EXPECT_EQ(setup->cpu.model, 94U);
  EXPECT_EQ(setup->cpu.stepping, 3U);
  EXPECT_EQ(setup->cpu.vendor, pcv_intel);
  EXPECT_EQ(setup->mtc_freq, 3U);
  EXPECT_EQ(setup->tsc_ctc_ratio, 266U);
  EXPECT_EQ(setup->ctc_ratio, 2U);
  EXPECT_EQ(setup->nominal_ratio, 32U);
  EXPECT_TRUE(setup->time.known);
}

TEST(PtSetup, WordsThatAnOldRecorderLeftOutAreUnknown) {
  for (std::size_t words = 0; words < recorded().words.size(); ++words) {
    AuxTraceInfo info = recorded();
    info.words.resize(words);
    const auto setup = decode_pt_setup(info);
    ASSERT_TRUE(setup) << words;
    EXPECT_EQ(setup->time.known, words > 4) << words;
    EXPECT_EQ(setup->nominal_ratio, 0U) << words;
  }
}

TEST(PtSetup, RefusesWordsThatNoCpuHas) {
  AuxTraceInfo info = recorded();
  info.words[1] = 64;
  EXPECT_EQ(decode_pt_setup(info).error().code, Errc::malformed);
  info = recorded();
  info.words[12] = std::uint64_t{1} << 32;
  EXPECT_EQ(decode_pt_setup(info).error().code, Errc::malformed);
  info = recorded();
  info.words[11] = 0xff000;
  info.config = 0x10000;
  EXPECT_EQ(decode_pt_setup(info).error().code, Errc::malformed);
}

TEST(PtSetup, AnotherVendorsOrABrokenCpuidIsNoCpu) {
  for (const char* cpuid : {"", "AuthenticAMD,23,1,2", "GenuineIntel", "GenuineIntel,6", "GenuineIntel,6,x,3",
                            "GenuineIntel,6,999,3", "GenuineIntel,99999,1,3"}) {
    AuxTraceInfo info = recorded();
    info.cpuid = cpuid;
    EXPECT_EQ(decode_pt_setup(info)->cpu.vendor, pcv_unknown) << cpuid;
  }
}

TEST(PtSetup, ErrataAreThoseOfTheCpu) {
  std::array<std::uint8_t, 1> trace{};
  AuxTraceInfo info = recorded();
  EXPECT_NE(decode_pt_setup(info)->config(trace).errata.skl014, 0U);
  info.cpuid.clear();
  EXPECT_EQ(decode_pt_setup(info)->config(trace).errata.skl014, 0U);
}

}  // namespace
}  // namespace simdprof
