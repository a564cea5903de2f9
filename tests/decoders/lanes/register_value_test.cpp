#include "decoders/lanes/register_value.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

RegisterSet set_with_vectors(Presence xmm, Presence ymm_high, Presence zmm_high, unsigned count = 16) {
  RegisterSet set;
  set.arch = abi::Arch::x86_64;
  set.abi = 2;
  set.vector_origin = Origin::xstate;
  for (unsigned i = 0; i < count; ++i) {
    set.vector[i].words = {i, 1, 2, 3, 4, 5, 6, 7};
    set.vector[i].xmm = xmm;
    set.vector[i].ymm_high = ymm_high;
    set.vector[i].zmm_high = zmm_high;
  }
  return set;
}

TEST(ReadRegister, AVectorHasThePartsOfItsWidth) {
  const auto set = set_with_vectors(Presence::valid, Presence::init, Presence::not_recorded);
  const auto xmm = read_register({&set}, {RegisterClass::xmm, 3});
  EXPECT_EQ(xmm.presence(), Presence::valid);
  EXPECT_EQ(xmm.bits, 128U);
  EXPECT_EQ(xmm.words[0], 3U);
  EXPECT_EQ(xmm.origin, Origin::xstate);

  const auto ymm = read_register({&set}, {RegisterClass::ymm, 3});
  EXPECT_FALSE(ymm.presence());
  ASSERT_EQ(ymm.part_count, 2U);
  EXPECT_EQ(ymm.part_of(127).presence, Presence::valid);
  EXPECT_EQ(ymm.part_of(128).presence, Presence::init);
  EXPECT_EQ(ymm.part_of(255).presence, Presence::init);

  const auto zmm = read_register({&set}, {RegisterClass::zmm, 3});
  ASSERT_EQ(zmm.part_count, 3U);
  EXPECT_EQ(zmm.bits, 512U);
  EXPECT_EQ(zmm.parts[2].first_bit, 256U);
  EXPECT_EQ(zmm.parts[2].bits, 256U);
  EXPECT_EQ(zmm.parts[2].presence, Presence::not_recorded);
}

TEST(ReadRegister, NeighboursOfOnePresenceAreOnePart) {
  const auto set = set_with_vectors(Presence::valid, Presence::init, Presence::init);
  const auto zmm = read_register({&set}, {RegisterClass::zmm, 0});
  ASSERT_EQ(zmm.part_count, 2U);
  EXPECT_EQ(zmm.parts[1].first_bit, 128U);
  EXPECT_EQ(zmm.parts[1].bits, 384U);
}

TEST(ReadRegister, WhatIsNotTrustedIsUntrustedButNeverRecordedByThat) {
  auto set = set_with_vectors(Presence::valid, Presence::init, Presence::not_recorded);
  set.opmask_presence = Presence::valid;
  const SetView view{&set, false};
  EXPECT_EQ(read_register(view, {RegisterClass::xmm, 0}).presence(), Presence::untrusted);
  EXPECT_EQ(read_register(view, {RegisterClass::ymm, 0}).presence(), Presence::untrusted);
  EXPECT_EQ(read_register(view, {RegisterClass::zmm, 0}).part_of(511).presence, Presence::not_recorded);
  EXPECT_EQ(read_register(view, {RegisterClass::opmask, 0}).presence(), Presence::untrusted);
  EXPECT_EQ(read_register(view, {RegisterClass::mxcsr, 0}).presence(), Presence::not_recorded);
}

TEST(ReadRegister, OneRecordedHalfOfAnXmmRegisterIsValidAndTheOtherIsNot) {
  auto set = set_with_vectors(Presence::not_recorded, Presence::not_recorded, Presence::not_recorded, 2);
  set.vector[1].recorded_words = 0b10;
  const auto xmm = read_register({&set}, {RegisterClass::xmm, 1});
  ASSERT_EQ(xmm.part_count, 2U);
  EXPECT_EQ(xmm.part_of(63).presence, Presence::not_recorded);
  EXPECT_EQ(xmm.part_of(64).presence, Presence::valid);
  EXPECT_EQ(read_register({&set, false}, {RegisterClass::xmm, 1}).part_of(64).presence, Presence::untrusted);
  EXPECT_EQ(widest_recorded(set), RegisterClass::xmm);
  const auto zmm = read_register({&set}, {RegisterClass::zmm, 1});
  EXPECT_EQ(zmm.part_count, 3U);
  EXPECT_EQ(zmm.bits, 512U);
}

TEST(ReadRegister, AGeneralRegisterOfAKernelHitIsTheKernelsOwnAndValid) {
  RegisterSet set;
  set.gpr_present = 1U << abi::PERF_REG_X86_SP;
  set.gpr[abi::PERF_REG_X86_SP] = 0xffffc90000000000;
  set.gpr_origin = Origin::gpr;
  const SetView view{&set, false};
  const auto rsp = read_register(view, {RegisterClass::gpr, abi::PERF_REG_X86_SP});
  EXPECT_EQ(rsp.presence(), Presence::valid);
  EXPECT_EQ(rsp.words[0], 0xffffc90000000000U);
  EXPECT_EQ(read_register(view, {RegisterClass::gpr, abi::PERF_REG_X86_AX}).presence(), Presence::not_recorded);
}

TEST(WidestRecorded, InitCountsAsRecorded) {
  EXPECT_EQ(widest_recorded(RegisterSet{}), std::nullopt);
  EXPECT_EQ(widest_recorded(set_with_vectors(Presence::valid, Presence::not_recorded, Presence::not_recorded)),
            RegisterClass::xmm);
  EXPECT_EQ(widest_recorded(set_with_vectors(Presence::valid, Presence::init, Presence::not_recorded)),
            RegisterClass::ymm);
  EXPECT_EQ(widest_recorded(set_with_vectors(Presence::init, Presence::init, Presence::init)), RegisterClass::zmm);
}

TEST(ChooseRegisters, WithoutAChoiceListsWhatWasRecordedAtItsWidest) {
  auto set = set_with_vectors(Presence::valid, Presence::valid, Presence::not_recorded);
  set.gpr_present = 0x101;
  set.mxcsr_presence = Presence::valid;
  std::vector<RegisterRef> chosen;
  choose_registers(set, {}, chosen);
  ASSERT_EQ(chosen.size(), 2U + 16U + 1U);
  EXPECT_EQ(chosen[0], (RegisterRef{RegisterClass::gpr, 0}));
  EXPECT_EQ(chosen[1], (RegisterRef{RegisterClass::gpr, 8}));
  EXPECT_EQ(chosen[2], (RegisterRef{RegisterClass::ymm, 0}));
  EXPECT_EQ(chosen.back(), (RegisterRef{RegisterClass::mxcsr, 0}));
  choose_registers(RegisterSet{}, {}, chosen);
  EXPECT_TRUE(chosen.empty());
}

TEST(ChooseRegisters, AClassThatWasAskedForIsListedThoughNotRecorded) {
  RegisterChoice choice;
  choice.classes[static_cast<std::size_t>(RegisterClass::xmm)] = true;
  choice.classes[static_cast<std::size_t>(RegisterClass::opmask)] = true;
  std::vector<RegisterRef> chosen;
  choose_registers(RegisterSet{}, choice, chosen);
  ASSERT_EQ(chosen.size(), 24U);
  EXPECT_EQ(chosen[15], (RegisterRef{RegisterClass::xmm, 15}));
  EXPECT_EQ(chosen[16], (RegisterRef{RegisterClass::opmask, 0}));
}

TEST(ChooseRegisters, TheUpperSixteenAreListedWhenOneOfThemIsThere) {
  RegisterChoice choice;
  choice.classes[static_cast<std::size_t>(RegisterClass::zmm)] = true;
  auto set = set_with_vectors(Presence::valid, Presence::valid, Presence::valid);
  std::vector<RegisterRef> chosen;
  choose_registers(set, choice, chosen);
  EXPECT_EQ(chosen.size(), 16U);
  set.vector[16].zmm_high = Presence::init;
  choose_registers(set, choice, chosen);
  EXPECT_EQ(chosen.size(), 32U);
}

TEST(ChooseRegisters, AListOverridesClassesAndKeepsItsOrder) {
  RegisterChoice choice;
  choice.classes[static_cast<std::size_t>(RegisterClass::gpr)] = true;
  choice.registers = {{RegisterClass::ymm, 20}, {RegisterClass::gpr, 0}};
  std::vector<RegisterRef> chosen;
  choose_registers(RegisterSet{}, choice, chosen);
  EXPECT_EQ(chosen, choice.registers);
}

TEST(ChooseRegisters, AskedGeneralRegistersAreTheArchitectures) {
  RegisterChoice choice;
  choice.classes[static_cast<std::size_t>(RegisterClass::gpr)] = true;
  RegisterSet set;
  set.arch = abi::Arch::x86_64;
  std::vector<RegisterRef> chosen;
  choose_registers(set, choice, chosen);
  EXPECT_EQ(chosen.size(), 20U);
  set.arch = abi::Arch::s390;
  choose_registers(set, choice, chosen);
  EXPECT_EQ(chosen.size(), 34U);
}

TEST(ChooseRegisters, OtherArchitecturesHaveNoX86Vectors) {
  RegisterChoice choice;
  for (const RegisterClass kind : {RegisterClass::xmm, RegisterClass::opmask, RegisterClass::mxcsr}) {
    choice.classes[static_cast<std::size_t>(kind)] = true;
  }
  std::vector<RegisterRef> chosen;
  RegisterSet set;
  for (const abi::Arch arch :
       {abi::Arch::arm64, abi::Arch::arm32, abi::Arch::riscv64, abi::Arch::ppc64, abi::Arch::s390}) {
    set.arch = arch;
    choose_registers(set, choice, chosen);
    EXPECT_TRUE(chosen.empty()) << static_cast<int>(arch);
  }
}

TEST(ChooseRegisters, A32BitTaskHasEightVectors) {
  RegisterChoice choice;
  choice.classes[static_cast<std::size_t>(RegisterClass::xmm)] = true;
  std::vector<RegisterRef> chosen;
  RegisterSet set;
  set.arch = abi::Arch::x86_64;
  set.abi = 1;
  choose_registers(set, choice, chosen);
  EXPECT_EQ(chosen.size(), 8U);
}

}  // namespace
}  // namespace simdprof
