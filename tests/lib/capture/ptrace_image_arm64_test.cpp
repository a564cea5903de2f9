#include "lib/capture/ptrace_image_arm64.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace simdprof {
namespace {

using test::append_word;
using test::Bytes;

/// struct user_pt_regs: x0..x30, sp, pc, pstate.
Bytes general_registers() {
  Bytes bytes;
  for (unsigned word = 0; word < 34; ++word) append_word(bytes, 0x100 + word, 8);
  return bytes;
}

/// struct user_sve_header, then nothing but zeros up to `bytes`.
Bytes sve_set(std::uint32_t told, std::size_t bytes) {
  Bytes set;
  append_word(set, told, 4);
  set.resize(bytes);
  return set;
}

TEST(Arm64GeneralRegisters, GiveThePcAndNoSystemCall) {
  RegisterImage image;
  image.syscall = 7;
  ASSERT_TRUE(read_arm64_general(general_registers(), image));
  EXPECT_EQ(image.ip, 0x100U + 32);
  EXPECT_EQ(image.syscall, -1);
}

TEST(Arm64GeneralRegisters, OfA32BitThreadAreRefused) {
  RegisterImage image;
  const Bytes compat(18 * 4);  // r0..r15, cpsr, orig_r0
  EXPECT_FALSE(read_arm64_general(compat, image));
  EXPECT_FALSE(read_arm64_general({}, image));
}

TEST(Arm64ImageReader, TakesAsMuchAsTheHeaderTells) {
  RegisterImage image;
  const Bytes set = sve_set(544, 8768);
  ASSERT_TRUE(Arm64ImageReader::take_sve(set, image));
  EXPECT_EQ(image.format, RegisterImage::kArm64Sve);
  EXPECT_EQ(image.data.size(), 544U);
  EXPECT_EQ(image.stored, 0U);
}

TEST(Arm64ImageReader, AHeaderAloneIsNoImage) {
  RegisterImage image;
  EXPECT_FALSE(Arm64ImageReader::take_sve(sve_set(16, 16), image)) << "streaming mode";
  EXPECT_FALSE(Arm64ImageReader::take_sve(sve_set(544, 543), image));
  EXPECT_FALSE(Arm64ImageReader::take_sve({}, image)) << "the thread was killed";
}

}  // namespace
}  // namespace simdprof
