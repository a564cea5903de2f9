#include "decoders/lanes/register_diff.h"

#include <gtest/gtest.h>

#include <bit>
#include <string>

namespace simdprof {
namespace {

/// Both sets of a 64-bit x86 sample with RAX = 1, RBX = 2 and xmm0 = {1, 2, 3, 4} as floats.
class RegisterDiff : public testing::Test {
 protected:
  RegisterDiff() {
    for (RegisterSet* set : {&user_, &intr_}) {
      set->arch = abi::Arch::x86_64;
      set->abi = 2;
      set->gpr_present = 3;
      set->gpr[0] = 1;
      set->gpr[1] = 2;
      set->vector_origin = Origin::pebs;
      set_xmm(*set, 0, {0x400000003f800000, 0x4080000040400000});
    }
  }

  static void set_xmm(RegisterSet& set, unsigned number, std::array<std::uint64_t, 2> words) {
    set.vector[number].words[0] = words[0];
    set.vector[number].words[1] = words[1];
    set.vector[number].xmm = Presence::valid;
    set.vector[number].recorded_words = 3;
  }

  const SetDifference& compared(LaneType type) {
    compare_sets({&user_, true}, {&intr_, intr_trusted_}, choice_, type, result_);
    return result_;
  }

  /// "name[first+bits] user|intr" of each run.
  std::string text(LaneType type) {
    TextBuffer out;
    for (const RegisterDifference& run : compared(type).runs) {
      append_register_name(out, abi::Arch::x86_64, run.ref);
      fmt::format_to(std::back_inserter(out), "[{}+{}]{} ", run.first_bit, run.bits, run.lane ? " lane" : "");
      append_run_value(out, read_register({&user_, true}, run.ref), run, run.user, type);
      append_text(out, "|");
      append_run_value(out, read_register({&intr_, true}, run.ref), run, run.intr, type);
      append_text(out, "\n");
    }
    return fmt::to_string(out);
  }

  RegisterSet user_, intr_;
  bool intr_trusted_ = true;
  RegisterChoice choice_;
  SetDifference result_;
};

TEST_F(RegisterDiff, EqualSetsHaveNone) {
  EXPECT_EQ(text(LaneType::hex), "");
  EXPECT_EQ(text(LaneType::f32), "");
  EXPECT_EQ(result_.not_compared, 0U);
}

TEST_F(RegisterDiff, GeneralRegistersAreComparedWhole) {
  intr_.gpr[1] = 3;
  EXPECT_EQ(text(LaneType::f32), "rbx[0+64] 0x0000000000000002|0x0000000000000003\n");
}

TEST_F(RegisterDiff, LanesOfTheTypeAreComparedOneByOne) {
  intr_.vector[0].words[1] = 0x40a0000040400000;  // the last lane is 5
  EXPECT_EQ(text(LaneType::f32), "xmm0[96+32] lane 4|5\n");
  EXPECT_EQ(text(LaneType::u8), "xmm0[112+8] lane 128|160\n");
  EXPECT_EQ(text(LaneType::i64), "xmm0[64+64] lane 4647714816524288000|4656722015779028992\n");
  EXPECT_EQ(text(LaneType::hex), "xmm0[0+128] 0x4080000040400000400000003f800000|0x40a0000040400000400000003f800000\n");
}

TEST_F(RegisterDiff, MinusZeroAndZeroDiffer) {
  set_xmm(user_, 1, {0, 0});
  set_xmm(intr_, 1, {0x80000000, 0});
  EXPECT_EQ(text(LaneType::f32), "xmm1[0+32] lane 0|-0\n");
}

TEST_F(RegisterDiff, ARegisterOfOneSetOnlyIsShownAsSuch) {
  user_.gpr_present |= 1U << 8U;
  user_.gpr[8] = 0x401000;
  set_xmm(intr_, 3, {7, 0});
  EXPECT_EQ(text(LaneType::u32),
            "rip[0+64] 0x0000000000401000|not-recorded\n"
            "xmm3[0+128] not-recorded|0x00000000000000000000000000000007\n");
}

TEST_F(RegisterDiff, WidthsOfOneSetOnlyAreShownApartFromTheLanesOfBoth) {
  user_.vector[0].ymm_high = Presence::valid;
  user_.vector[0].words[2] = 9;
  intr_.vector[0].words[0] = 0x400000003f800001;
  EXPECT_EQ(text(LaneType::u32),
            "ymm0[0+32] lane 1065353216|1065353217\n"
            "ymm0[128+128] 0x00000000000000000000000000000009|not-recorded\n");
}

TEST_F(RegisterDiff, ASingleHalfIsComparedWithTheSameHalf) {
  set_xmm(user_, 2, {5, 6});
  intr_.vector[2].words[1] = 7;
  intr_.vector[2].recorded_words = 2;
  EXPECT_EQ(text(LaneType::u64),
            "xmm2[0+64] 0x0000000000000005|not-recorded\n"
            "xmm2[64+64] lane 6|7\n");
}

TEST_F(RegisterDiff, InitIsZero) {
  user_.vector[0].ymm_high = intr_.vector[0].ymm_high = Presence::init;
  EXPECT_EQ(text(LaneType::hex), "");
  intr_.vector[0].ymm_high = Presence::valid;
  EXPECT_EQ(text(LaneType::hex), "") << "a stored zero is the same value";
  intr_.vector[0].words[2] = 1;
  EXPECT_EQ(text(LaneType::u64), "ymm0[128+64] lane init|1\n");
}

TEST_F(RegisterDiff, UntrustedBitsAreComparedWithNothingAndCounted) {
  intr_trusted_ = false;
  intr_.vector[0].words[0] = 0;
  intr_.gpr[0] = 9;
  EXPECT_EQ(text(LaneType::u64), "rax[0+64] 0x0000000000000001|0x0000000000000009\n");
  EXPECT_EQ(result_.not_compared, 1U);
}

TEST_F(RegisterDiff, OnlyChosenRegistersAreCompared) {
  intr_.gpr[0] = 9;
  intr_.vector[0].words[0] = 0;
  choice_.classes[static_cast<std::size_t>(RegisterClass::gpr)] = true;
  EXPECT_EQ(compared(LaneType::u64).runs.size(), 1U);
  choice_.registers = {{RegisterClass::xmm, 0}};
  ASSERT_EQ(compared(LaneType::u64).runs.size(), 1U);
  EXPECT_EQ(result_.runs[0].ref, (RegisterRef{RegisterClass::xmm, 0}));
}

TEST_F(RegisterDiff, OpmasksAndMxcsrAreComparedWhole) {
  user_.opmask_presence = intr_.opmask_presence = Presence::valid;
  user_.opmask[1] = 0xf;
  user_.mxcsr_presence = intr_.mxcsr_presence = Presence::valid;
  user_.mxcsr = 0x1f80;
  intr_.mxcsr = 0x9fc0;
  EXPECT_EQ(text(LaneType::f64),
            "k1[0+64] 0x000000000000000f|0x0000000000000000\n"
            "mxcsr[0+32] 0x00001f80|0x00009fc0\n");
}

TEST_F(RegisterDiff, AJsonLaneIsANumber) {
  intr_.vector[0].words[0] = 0x400000003f000000;
  const RegisterDifference run = compared(LaneType::f32).runs.at(0);
  TextBuffer out;
  append_run_json(out, read_register({&intr_, true}, run.ref), run, LaneType::f32);
  EXPECT_EQ(fmt::to_string(out), "0.5");
}

}  // namespace
}  // namespace simdprof
