#include "decoders/lanes/arm64_value.h"

#include <gtest/gtest.h>

#include "decoders/lanes/register_diff.h"
#include "decoders/lanes/register_text.h"

namespace simdprof {
namespace {

/// Word w of vector n is 0x100 n + w; predicate n is n + 1.
RegisterSet set_of(unsigned vector_bytes, Presence high, Presence predicates) {
  RegisterSet set;
  set.arch = abi::Arch::arm64;
  set.abi = 2;
  set.vector_origin = Origin::regset;
  set.arm64.vector_bytes = vector_bytes;
  set.arm64.low = Presence::valid;
  set.arm64.high = high;
  set.arm64.predicates = predicates;
  for (unsigned n = 0; n < 32; ++n) {
    for (unsigned w = 0; w < set.arm64.stride(); ++w) set.arm64.words.push_back(0x100 * n + w);
  }
  for (unsigned n = 0; n < 16; ++n) set.arm64.predicate[n][0] = n + 1;
  set.arm64.ffr[0] = 0xf;
  set.arm64.fpsr = 0x10;
  set.arm64.fpcr = 0x3000000;
  set.arm64.control = Presence::valid;
  return set;
}
const RegisterSet kNeon = set_of(0, Presence::not_recorded, Presence::not_recorded);
const RegisterSet kSve = set_of(64, Presence::valid, Presence::valid);
const RegisterSet kUnusedSve = set_of(64, Presence::init, Presence::init);

std::string hex_of(const RegisterSet& set, RegisterRef ref, bool trusted = true) {
  TextBuffer out;
  append_hex_value(out, read_register({&set, trusted}, ref));
  return fmt::to_string(out);
}

std::string names(const RegisterSet& set, const RegisterChoice& choice) {
  std::vector<RegisterRef> chosen;
  choose_registers(set, choice, chosen);
  TextBuffer out;
  for (const RegisterRef ref : chosen) {
    append_register_name(out, set.arch, ref);
    append_text(out, " ");
  }
  return fmt::to_string(out);
}

RegisterChoice choice_of(std::initializer_list<RegisterClass> kinds) {
  RegisterChoice choice;
  for (const RegisterClass kind : kinds) choice.classes[static_cast<std::size_t>(kind)] = true;
  return choice;
}

TEST(ReadArm64Register, NeonIsTheLow128Bits) {
  EXPECT_EQ(hex_of(kNeon, {RegisterClass::neon, 31}), "0x0000000000001f010000000000001f00");
  EXPECT_EQ(hex_of(kSve, {RegisterClass::neon, 31}), "0x0000000000001f010000000000001f00");
  EXPECT_EQ(hex_of(kNeon, {RegisterClass::neon, 0}, false), "untrusted");
}

TEST(ReadArm64Register, SveHasTheLengthOfTheSample) {
  const auto z1 = read_register({&kSve}, {RegisterClass::sve, 1});
  EXPECT_EQ(z1.bits, 512U);
  EXPECT_EQ(z1.presence(), Presence::valid);
  EXPECT_EQ(z1.words[7], 0x107U);
  EXPECT_EQ(z1.origin, Origin::regset);
  EXPECT_EQ(hex_of(kUnusedSve, {RegisterClass::sve, 1}), "0x00000000000001010000000000000100 [511:128]=init");
  EXPECT_EQ(hex_of(kNeon, {RegisterClass::sve, 1}), "not-recorded");
  const auto longest = set_of(256, Presence::valid, Presence::valid);
  EXPECT_EQ(read_register({&longest}, {RegisterClass::sve, 31}).words[31], 0x1f1fU);
}

TEST(ReadArm64Register, APredicateHasABitForEachByte) {
  EXPECT_EQ(hex_of(kSve, {RegisterClass::predicate, 15}), "0x0000000000000010");
  EXPECT_EQ(hex_of(kSve, {RegisterClass::ffr, 0}), "0x000000000000000f");
  EXPECT_EQ(hex_of(kUnusedSve, {RegisterClass::predicate, 15}), "init");
  EXPECT_EQ(hex_of(kNeon, {RegisterClass::ffr, 0}), "not-recorded");
  EXPECT_EQ(hex_of(set_of(16, Presence::not_recorded, Presence::valid), {RegisterClass::predicate, 0}), "0x0001");
  // 80 bytes: bits that end inside the second word
  EXPECT_EQ(hex_of(set_of(80, Presence::valid, Presence::valid), {RegisterClass::predicate, 0}),
            "0x00000000000000000001");
}

TEST(ReadArm64Register, ControlRegistersHave32Bits) {
  EXPECT_EQ(hex_of(kNeon, {RegisterClass::fpsr, 0}), "0x00000010");
  EXPECT_EQ(hex_of(kSve, {RegisterClass::fpcr, 0}), "0x03000000");
}

TEST(ChooseArm64Registers, WithoutAChoiceWhatWasRecordedByItsWidestName) {
  EXPECT_TRUE(names(kNeon, {}).starts_with("v0 v1 "));
  EXPECT_TRUE(names(kNeon, {}).ends_with(" v31 fpsr fpcr "));
  EXPECT_TRUE(names(kSve, {}).starts_with("z0 z1 "));
  EXPECT_TRUE(names(kSve, {}).ends_with(" z31 p0 p1 p2 p3 p4 p5 p6 p7 p8 p9 p10 p11 p12 p13 p14 p15 ffr fpsr fpcr "));
  RegisterSet nothing;
  nothing.arch = abi::Arch::arm64;
  EXPECT_EQ(names(nothing, {}), "");
}

TEST(ChooseArm64Registers, ClassesAreOfTheirArchitecture) {
  EXPECT_EQ(names(kSve, choice_of({RegisterClass::xmm, RegisterClass::opmask, RegisterClass::mxcsr})), "");
  EXPECT_EQ(names(kSve, choice_of({RegisterClass::ffr, RegisterClass::fpcr})), "ffr fpcr ");
  EXPECT_TRUE(names(kSve, choice_of({RegisterClass::neon})).ends_with("v31 "));
  EXPECT_TRUE(names(kNeon, choice_of({RegisterClass::sve})).ends_with("z31 ")) << "asked for, although not recorded";
  RegisterSet x86;
  x86.arch = abi::Arch::x86_64;
  EXPECT_EQ(names(x86, choice_of({RegisterClass::neon, RegisterClass::sve, RegisterClass::fpcr})), "");
}

TEST(CompareArm64Sets, LengthsThatOneSetDoesNotKnowAreNoDifferenceByThemselves) {
  RegisterSet intr;
  intr.arch = abi::Arch::arm64;
  RegisterChoice z3;
  z3.registers = {{RegisterClass::sve, 3}};
  SetDifference difference;
  compare_sets({&kSve}, {&intr}, z3, LaneType::hex, difference);
  ASSERT_EQ(difference.runs.size(), 1U);
  EXPECT_EQ(difference.runs[0].bits, 512U);
  EXPECT_EQ(difference.runs[0].intr, Presence::not_recorded);
  auto other = kSve;
  other.arm64.words[8 * 3 + 7] = 1;
  compare_sets({&kSve}, {&other}, {}, LaneType::u64, difference);
  ASSERT_EQ(difference.runs.size(), 1U);
  EXPECT_EQ(difference.runs[0].lane, 7U);
  EXPECT_EQ(difference.runs[0].ref, (RegisterRef{RegisterClass::sve, 3}));
}

TEST(Arm64Names, AreParsedInRecordingsOfArm64Alone) {
  for (const char* const name : {"v0", "V31", "z7", "p15", "ffr", "FPSR", "fpcr", "x3", "sp"}) {
    EXPECT_TRUE(parse_register(name, abi::Arch::arm64)) << name;
  }
  for (const char* const name : {"v32", "p16", "z", "ffr0", "xmm0", "k1", "mxcsr"}) {
    EXPECT_FALSE(parse_register(name, abi::Arch::arm64)) << name;
  }
  for (const char* const name : {"v0", "z7", "p15", "ffr", "fpcr"}) {
    EXPECT_FALSE(parse_register(name, abi::Arch::x86_64)) << name;
  }
}

}  // namespace
}  // namespace simdprof
