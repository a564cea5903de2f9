#include "decoders/lanes/register_text.h"

#include <gtest/gtest.h>

#include <string>

namespace simdprof {
namespace {

constexpr auto kValid = Presence::valid;
constexpr auto kInit = Presence::init;
constexpr auto kNone = Presence::not_recorded;

// Register 0: bytes 0x00, 0x01, ..., 0x3f from the lowest up.
RegisterSet counting_set(Presence xmm, Presence ymm_high, Presence zmm_high) {
  RegisterSet set;
  set.arch = abi::Arch::x86_64;
  set.vector_origin = Origin::xstate;
  set.vector[0].words = {0x0706050403020100, 0x0f0e0d0c0b0a0908, 0x1716151413121110, 0x1f1e1d1c1b1a1918,
                         0x2726252423222120, 0x2f2e2d2c2b2a2928, 0x3736353433323130, 0x3f3e3d3c3b3a3938};
  set.vector[0].xmm = xmm;
  set.vector[0].ymm_high = ymm_high;
  set.vector[0].zmm_high = zmm_high;
  return set;
}

std::string hex_of(const RegisterSet& set, RegisterClass kind) {
  TextBuffer out;
  append_hex_value(out, read_register({&set}, {kind, 0}));
  return fmt::to_string(out);
}
std::string lanes_of(const RegisterSet& set, RegisterClass kind, LaneType type) {
  TextBuffer out;
  append_lanes_text(out, read_register({&set}, {kind, 0}), type);
  return fmt::to_string(out);
}
std::string json_of(const RegisterSet& set, RegisterClass kind, LaneType type, bool trusted = true) {
  TextBuffer out;
  append_register_json(out, set.arch, {kind, 0}, read_register({&set, trusted}, {kind, 0}), type);
  return fmt::to_string(out);
}

TEST(HexValue, IsOneNumberMostSignificantDigitFirst) {
  const auto set = counting_set(kValid, kValid, kValid);
  EXPECT_EQ(hex_of(set, RegisterClass::xmm), "0x0f0e0d0c0b0a09080706050403020100");
  EXPECT_EQ(hex_of(set, RegisterClass::ymm), "0x1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100");
  EXPECT_EQ(hex_of(set, RegisterClass::zmm),
            "0x3f3e3d3c3b3a393837363534333231302f2e2d2c2b2a29282726252423222120"
            "1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100");
}

TEST(HexValue, ZeroByValueIsZeroAndAbsenceIsAWord) {
  auto set = counting_set(kValid, kNone, kNone);
  set.vector[0].words = {};
  EXPECT_EQ(hex_of(set, RegisterClass::xmm), "0x00000000000000000000000000000000");
  EXPECT_EQ(hex_of(counting_set(kNone, kNone, kNone), RegisterClass::zmm), "not-recorded");
  EXPECT_EQ(hex_of(counting_set(kInit, kInit, kNone), RegisterClass::ymm), "init");
  EXPECT_EQ(hex_of(counting_set(Presence::untrusted, kNone, kNone), RegisterClass::xmm), "untrusted");
}

TEST(HexValue, PartsThatDifferAreNamedByTheirBits) {
  EXPECT_EQ(hex_of(counting_set(kValid, kInit, kNone), RegisterClass::zmm),
            "0x0f0e0d0c0b0a09080706050403020100 [255:128]=init [511:256]=not-recorded");
  EXPECT_EQ(hex_of(counting_set(kInit, kValid, kNone), RegisterClass::ymm),
            "[127:0]=init [255:128]=0x1f1e1d1c1b1a19181716151413121110");
  EXPECT_EQ(hex_of(counting_set(kNone, kInit, kNone), RegisterClass::ymm), "[127:0]=not-recorded [255:128]=init");
}

TEST(HexValue, SmallRegistersHaveAllDigitsOfTheirWidth) {
  RegisterSet set;
  set.gpr_present = 1;
  set.gpr[0] = 0x2a;
  set.mxcsr = 0x1f80;
  set.mxcsr_presence = kValid;
  set.opmask[0] = 0xff;
  set.opmask_presence = kValid;
  EXPECT_EQ(hex_of(set, RegisterClass::gpr), "0x000000000000002a");
  EXPECT_EQ(hex_of(set, RegisterClass::opmask), "0x00000000000000ff");
  EXPECT_EQ(hex_of(set, RegisterClass::mxcsr), "0x00001f80");
}

TEST(LanesText, LowestLaneComesFirst) {
  auto set = counting_set(kValid, kValid, kNone);
  EXPECT_EQ(lanes_of(set, RegisterClass::xmm, LaneType::u8),
            "  0   1   2   3   4   5   6   7   8   9  10  11  12  13  14  15");
  EXPECT_EQ(lanes_of(set, RegisterClass::xmm, LaneType::u16), "  256   770  1284  1798  2312  2826  3340  3854");
  set.vector[0].words = {0x400000003f800000, 0xc0800000'40400000, 0, 0, 0, 0, 0, 0};  // 1, 2, 3, -4
  EXPECT_EQ(lanes_of(set, RegisterClass::xmm, LaneType::f32), "           1            2            3           -4");
  set.vector[0].words = {0x3ff0000000000000, 0xbfe0000000000000, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(lanes_of(set, RegisterClass::xmm, LaneType::f64), "                 1               -0.5");
}

TEST(LanesText, ALaneThatIsNotThereIsAWordInItsPlace) {
  EXPECT_EQ(lanes_of(counting_set(kValid, kInit, kNone), RegisterClass::ymm, LaneType::u64),
            "  506097522914230528  1084818905618843912                 init                 init");
  EXPECT_EQ(lanes_of(counting_set(kInit, kInit, kNone), RegisterClass::ymm, LaneType::f32), "init");
  EXPECT_EQ(lanes_of(counting_set(kNone, kNone, kNone), RegisterClass::ymm, LaneType::f32), "not-recorded");
}

TEST(LanesDelimited, FillsTheColumnsOfTheWidestRegister) {
  const auto set = counting_set(kValid, kNone, kNone);
  TextBuffer out;
  append_lanes_delimited(out, read_register({&set}, {RegisterClass::xmm, 0}), LaneType::u32, 8, ',');
  EXPECT_EQ(fmt::to_string(out), ",50462976,117835012,185207048,252579084,,,,");
  out.clear();
  append_lanes_delimited(out, read_register({&set}, {RegisterClass::ymm, 0}), LaneType::u64, 4, '\t');
  EXPECT_EQ(fmt::to_string(out), "\t506097522914230528\t1084818905618843912\tnot-recorded\tnot-recorded");
}

TEST(RegisterJson, AValidRegisterHasItsValueAndLanes) {
  const auto set = counting_set(kValid, kNone, kNone);
  EXPECT_EQ(json_of(set, RegisterClass::xmm, LaneType::hex),
            R"({"name":"xmm0","presence":"valid","value":"0x0f0e0d0c0b0a09080706050403020100"})");
  EXPECT_EQ(json_of(set, RegisterClass::xmm, LaneType::u32),
            R"({"name":"xmm0","presence":"valid","value":"0x0f0e0d0c0b0a09080706050403020100",)"
            R"("lanes":[50462976,117835012,185207048,252579084]})");
}

TEST(RegisterJson, AnAbsentRegisterHasNoValue) {
  EXPECT_EQ(json_of(counting_set(kInit, kNone, kNone), RegisterClass::xmm, LaneType::f32),
            R"({"name":"xmm0","presence":"init"})");
  EXPECT_EQ(json_of(counting_set(kValid, kNone, kNone), RegisterClass::xmm, LaneType::f32, false),
            R"({"name":"xmm0","presence":"untrusted"})");
}

TEST(RegisterJson, PartsThatDifferAreListed) {
  EXPECT_EQ(json_of(counting_set(kValid, kInit, kNone), RegisterClass::ymm, LaneType::u64),
            R"({"name":"ymm0","presence":"partial","parts":[)"
            R"({"bits":"127:0","presence":"valid","value":"0x0f0e0d0c0b0a09080706050403020100"},)"
            R"({"bits":"255:128","presence":"init"}],)"
            R"("lanes":["0x0706050403020100","0x0f0e0d0c0b0a0908","init","init"]})");
}

TEST(MxcsrFlags, ShowWhatDiffersFromReset) {
  const auto flags = [](std::uint32_t mxcsr) {
    TextBuffer out;
    append_mxcsr_flags(out, mxcsr);
    return fmt::to_string(out);
  };
  EXPECT_EQ(flags(0x1f80), "");
  EXPECT_EQ(flags(0x9fc0), " FTZ DAZ");
  EXPECT_EQ(flags(0x1fa0), " PE");
  EXPECT_EQ(flags(0x7f81), " RC=zero IE");
  EXPECT_EQ(flags(0x1d80), " unmasked:ZE");
}

}  // namespace
}  // namespace simdprof
