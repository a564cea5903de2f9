#include "decoders/registers/arm64_image.h"

#include <gtest/gtest.h>

#include "tests/decoders/registers/register_input.h"

namespace simdprof {
namespace {

using test::append_word;
using test::ascending;
using test::Bytes;
using test::words;
using test::operator+;

constexpr std::size_t kFpsimdBytes = 528;

/// struct user_fpsimd_state: word w of v n is 0x1000 + 2 n + w, then fpsr, fpcr and 8 bytes reserved.
Bytes fpsimd_state() {
  Bytes bytes = ascending(0x1000, 64);
  append_word(bytes, 0x10, 4);
  append_word(bytes, 0x3000000, 4);
  return bytes + words({0});
}

/// struct user_sve_header with the sizes of the kernel's SVE_PT_SIZE.
Bytes sve_header(std::uint32_t size, unsigned vector_bytes, unsigned flags) {
  Bytes bytes;
  append_word(bytes, size, 4);
  append_word(bytes, 8768, 4);  // max_size
  append_word(bytes, vector_bytes, 2);
  append_word(bytes, 256, 2);  // max_vl
  append_word(bytes, flags, 2);
  append_word(bytes, 0, 2);
  return bytes;
}

/// Vectors of 32 bytes: 32 registers of 4 words, 16 predicates and FFR of 4 bytes, 12 bytes of padding, fpsr, fpcr, 8
/// bytes of padding. 16 + 1024 + 64 + 4 + 12 + 8 = 1128, in multiples of 16 bytes 1136.
constexpr std::uint32_t kSve32Bytes = 1136;
Bytes sve_set_32() {
  Bytes bytes = sve_header(kSve32Bytes, 32, 1) + ascending(0x2000, 128);
  for (unsigned n = 0; n < 16; ++n) append_word(bytes, 0xa0000000 + n, 4);
  append_word(bytes, 0x0000ffff, 4);
  for (int i = 0; i < 12; ++i) append_word(bytes, 0, 1);
  append_word(bytes, 0x8000000, 4);
  append_word(bytes, 0x1000000, 4);
  return bytes + words({0});
}

RegisterImage image_of(RegisterImage::Format format, const Bytes& data) {
  RegisterImage image;
  image.format = format;
  image.data = data;
  return image;
}

RegisterSet decoded(RegisterImage::Format format, const Bytes& data) {
  const auto checked = check_arm64_image(image_of(format, data));
  EXPECT_TRUE(checked) << (checked ? "" : checked.error().fact);
  RegisterSet set;
  set.arch = abi::Arch::arm64;
  if (checked) decode_arm64_image(image_of(format, data), set);
  return set;
}

std::string refusal(const RegisterImage& image) {
  const auto checked = check_arm64_image(image);
  return checked ? "" : checked.error().fact;
}

TEST(Arm64Image, FpsimdHasNeonRegistersAndNothingOfSve) {
  const auto set = decoded(RegisterImage::kArm64Fpsimd, fpsimd_state());
  EXPECT_EQ(set.vector_origin, Origin::regset);
  EXPECT_TRUE(set.from_image());
  const Arm64Vectors& got = set.arm64;
  EXPECT_EQ(got.low, Presence::valid);
  EXPECT_EQ(got.high, Presence::not_recorded);
  EXPECT_EQ(got.predicates, Presence::not_recorded);
  EXPECT_EQ(got.vector_bytes, 0U);
  ASSERT_EQ(got.words.size(), 64U);
  EXPECT_EQ(got.words[2 * 31], 0x103eU);
  EXPECT_EQ(got.words[2 * 31 + 1], 0x103fU);
  EXPECT_EQ(got.fpsr, 0x10U);
  EXPECT_EQ(got.fpcr, 0x3000000U);
  EXPECT_EQ(got.control, Presence::valid);
}

TEST(Arm64Image, SveLayoutHasVectorsPredicatesAndFfr) {
  const auto set = decoded(RegisterImage::kArm64Sve, sve_set_32());
  const Arm64Vectors& got = set.arm64;
  EXPECT_EQ(got.vector_bytes, 32U);
  EXPECT_EQ(got.low, Presence::valid);
  EXPECT_EQ(got.high, Presence::valid);
  EXPECT_EQ(got.predicates, Presence::valid);
  ASSERT_EQ(got.words.size(), 128U);
  for (std::size_t i = 0; i < got.words.size(); ++i) EXPECT_EQ(got.words[i], 0x2000 + i);
  for (unsigned n = 0; n < 16; ++n) EXPECT_EQ(got.predicate[n], (Arm64Vectors::Predicate{0xa0000000 + n, 0, 0, 0}));
  EXPECT_EQ(got.ffr, (Arm64Vectors::Predicate{0xffff, 0, 0, 0}));
  EXPECT_EQ(got.fpsr, 0x8000000U);
  EXPECT_EQ(got.fpcr, 0x1000000U);
}

TEST(Arm64Image, AThreadThatDoesNotUseSveHasItsPartInInitState) {
  const auto set = decoded(RegisterImage::kArm64Sve, sve_header(16 + kFpsimdBytes, 64, 0) + fpsimd_state());
  const Arm64Vectors& got = set.arm64;
  EXPECT_EQ(got.vector_bytes, 64U);
  EXPECT_EQ(got.low, Presence::valid);
  EXPECT_EQ(got.high, Presence::init);
  EXPECT_EQ(got.predicates, Presence::init);
  ASSERT_EQ(got.words.size(), 256U);
  EXPECT_EQ(got.words[8 * 5], 0x100aU);
  EXPECT_EQ(got.words[8 * 5 + 1], 0x100bU);
  EXPECT_EQ(got.fpcr, 0x3000000U);
}

TEST(Arm64Image, TheShortestVectorsHaveNothingAboveNeon) {
  // 16 + 512 + 32 + 2 + 14 of padding + 8 + 8 of padding
  Bytes bytes = sve_header(592, 16, 1) + ascending(0x3000, 64);
  for (unsigned n = 0; n < 17; ++n) append_word(bytes, n, 2);
  bytes.resize(592);
  const auto set = decoded(RegisterImage::kArm64Sve, bytes);
  EXPECT_EQ(set.arm64.high, Presence::not_recorded);
  EXPECT_EQ(set.arm64.predicates, Presence::valid);
  EXPECT_EQ(set.arm64.predicate[15][0], 15U);
  EXPECT_EQ(set.arm64.ffr[0], 16U);
}

TEST(Arm64Image, TheLongestVectorsHave2048Bits) {
  // 16 + 8192 + 16 * 32 + 32 + 8 + 8 of padding
  Bytes bytes = sve_header(8768, 256, 1 | 2) + ascending(0, 1024);
  bytes.resize(8768);
  bytes[16 + 8192 + 31] = std::byte{0x80};  // the highest bit of p0
  const auto set = decoded(RegisterImage::kArm64Sve, bytes);
  EXPECT_EQ(set.arm64.words[32 * 31 + 31], 1023U);
  EXPECT_EQ(set.arm64.predicate[0][3], std::uint64_t{1} << 63U);
}

TEST(CheckArm64Image, EveryOtherLengthIsMalformed) {
  for (const auto& [format, whole] : {std::pair{RegisterImage::kArm64Fpsimd, fpsimd_state()},
                                      {RegisterImage::kArm64Sve, sve_set_32()},
                                      {RegisterImage::kArm64Sve, sve_header(544, 64, 0) + fpsimd_state()}}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_NE(refusal(image_of(format, cut)), "") << format << " " << size;
    }
    const Bytes longer = whole + test::raw({0});
    EXPECT_NE(refusal(image_of(format, longer)), "") << format;
  }
}

TEST(CheckArm64Image, RefusesWhatContradictsItself) {
  const Bytes state = fpsimd_state();
  const Bytes short_header = sve_header(544, 64, 0);
  const Bytes cut(short_header.begin(), short_header.begin() + 15);
  EXPECT_EQ(refusal(image_of(RegisterImage::kArm64Sve, cut)), "register image ends inside the SVE header");
  for (const unsigned length : {0U, 8U, 24U, 272U}) {
    const Bytes bytes = sve_header(544, length, 0) + state;
    EXPECT_EQ(refusal(image_of(RegisterImage::kArm64Sve, bytes)),
              "SVE vectors of " + std::to_string(length) + " bytes");
  }
  const Bytes unknown = sve_header(544, 64, 8) + state;
  EXPECT_EQ(refusal(image_of(RegisterImage::kArm64Sve, unknown)), "SVE header flags 0x8 are not known");
  const Bytes other_size = sve_header(560, 64, 0) + state;
  EXPECT_EQ(refusal(image_of(RegisterImage::kArm64Sve, other_size)),
            "SVE header says 560 bytes, its registers take 544");
  auto masks = image_of(RegisterImage::kArm64Fpsimd, state);
  masks.stored = 1;
  EXPECT_EQ(refusal(masks), "register image of arm64 with masks of XSAVE");
  auto backwards = image_of(RegisterImage::kArm64Fpsimd, state);
  backwards.window_start_ns = 1;
  EXPECT_EQ(refusal(backwards), "register image ends before it starts");
}

}  // namespace
}  // namespace simdprof
