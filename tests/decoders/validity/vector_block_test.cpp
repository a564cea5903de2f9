#include "decoders/validity/vector_block.h"

#include <gtest/gtest.h>

#include "tests/decoders/validity/stage_input.h"

namespace simdprof {
namespace {

using test::Lanes;

RegisterSet set_of(const Lanes& lanes, unsigned count = 16) {
  RegisterSet set;
  for (unsigned i = 0; i < count; ++i) {
    set.vector[i].words[0] = lanes[i][0];
    set.vector[i].words[1] = lanes[i][1];
    set.vector[i].recorded_words = 3;
  }
  set.vector_origin = Origin::pmi_xsave;
  return set;
}

TEST(VectorBlock, EqualValuesHaveOneHashAndEachBitCounts) {
  const Lanes lanes = test::rich_lanes(1);
  const VectorBlock block = make_vector_block(set_of(lanes));
  EXPECT_EQ(block.hash, make_vector_block(set_of(lanes)).hash);
  EXPECT_EQ(block.recorded, 0xffffU);
  for (std::size_t i = 0; i < 16; ++i) {
    for (std::size_t word = 0; word < 2; ++word) {
      Lanes other = lanes;
      other[i][word] ^= 1;
      const VectorBlock changed = make_vector_block(set_of(other));
      EXPECT_NE(changed.hash, block.hash);
      EXPECT_EQ(different_registers(changed, block), 1U << i);
    }
  }
}

TEST(VectorBlock, TheSameValuesInAnotherOrderAreAnotherBlock) {
  Lanes lanes = test::rich_lanes(1);
  const auto hash = make_vector_block(set_of(lanes)).hash;
  std::swap(lanes[0], lanes[1]);
  EXPECT_NE(make_vector_block(set_of(lanes)).hash, hash);
}

TEST(VectorBlock, TellsWhetherAWordMayBeAKernelAddress) {
  Lanes lanes = test::rich_lanes(1);
  lanes[3][0] = 0xc08f440000000000;  // a negative double
  EXPECT_FALSE(make_vector_block(set_of(lanes)).upper_half);
  for (const std::uint64_t address : {0xffff888000000000, 0xffffffff81000000, 0xfff0000000001000}) {
    lanes[15][1] = address;
    EXPECT_TRUE(make_vector_block(set_of(lanes)).upper_half) << address;
  }
}

TEST(VectorBlock, FewerRegistersAreAnotherBlock) {
  Lanes lanes = test::kZeroLanes;
  EXPECT_NE(make_vector_block(set_of(lanes, 8)).hash, make_vector_block(set_of(lanes, 16)).hash);
  EXPECT_TRUE(make_vector_block(set_of(lanes, 8)).zero);
}

TEST(VectorBlock, NothingRecordedIsNeitherZeroNorRich) {
  const VectorBlock block = make_vector_block(RegisterSet{});
  EXPECT_TRUE(block.empty());
  EXPECT_FALSE(block.zero);
  EXPECT_FALSE(block.rich);
}

TEST(VectorBlock, HalvesOfARegisterAreNotCompared) {
  RegisterSet set = set_of(test::rich_lanes(1));
  set.vector[3].recorded_words = 1;
  EXPECT_EQ(make_vector_block(set).recorded, 0xfff7U);
}

TEST(VectorBlock, RichNeedsFourDifferentRegistersThatAreNoFill) {
  Lanes lanes = test::kZeroLanes;
  for (std::size_t i = 0; i < 3; ++i) lanes[i] = test::rich_lanes(1)[i];
  EXPECT_FALSE(make_vector_block(set_of(lanes)).rich);
  lanes[3] = lanes[2];  // not different
  lanes[4] = {0x4141414141414141, 0x4141414141414141};
  lanes[5] = {~std::uint64_t{0}, ~std::uint64_t{0}};
  EXPECT_FALSE(make_vector_block(set_of(lanes)).rich);
  lanes[6] = {0x4141414141414141, 0x4242424242424242};
  EXPECT_TRUE(make_vector_block(set_of(lanes)).rich);
}

TEST(EqualVectors, ComparesWhatBothRecorded) {
  RegisterSet a = set_of(test::rich_lanes(1));
  RegisterSet b = a;
  EXPECT_TRUE(equal_vectors(a, b));
  b.vector[5].words[2] = 9;  // not recorded
  EXPECT_TRUE(equal_vectors(a, b));
  b.vector[5].recorded_words = 0xf;
  EXPECT_TRUE(equal_vectors(a, b));
  a.vector[5].recorded_words = 0xf;
  EXPECT_FALSE(equal_vectors(a, b));
  EXPECT_FALSE(equal_vectors(RegisterSet{}, b)) << "nothing in common is not equal";
}

TEST(ZeroVectors, LooksAtAllWidths) {
  RegisterSet set = set_of(test::kZeroLanes);
  EXPECT_TRUE(zero_vectors(set));
  set.vector[20].recorded_words = 0xff;
  EXPECT_TRUE(zero_vectors(set));
  set.vector[20].words[7] = 1;
  EXPECT_FALSE(zero_vectors(set));
  EXPECT_FALSE(zero_vectors(RegisterSet{}));
}

TEST(ReadByKernel, ImagesOfOtherSourcesAreNot) {
  RegisterSet set;
  EXPECT_FALSE(read_by_kernel(set));
  set.vector_origin = Origin::xstate;
  EXPECT_FALSE(read_by_kernel(set));
  set.vector_origin = Origin::pebs;
  EXPECT_TRUE(read_by_kernel(set));
}

}  // namespace
}  // namespace simdprof
