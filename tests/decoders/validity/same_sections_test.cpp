#include "decoders/validity/same_sections.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace simdprof {
namespace {

TEST(SameSections, HaveOneFormAndTheSameWords) {
  const auto words = test::words({1, 2});
  const auto other = test::words({1, 3});
  RegisterBlock a;
  a.abi = abi::PERF_SAMPLE_REGS_ABI_64;
  a.mask = 3;
  a.words = WordView(words);
  RegisterBlock b = a;
  EXPECT_TRUE(same_sections(a, b));
  b.words = WordView(other);
  EXPECT_FALSE(same_sections(a, b));
  b = a;
  b.mask = 5;
  EXPECT_FALSE(same_sections(a, b));
  b = a;
  b.simd = WordView(words);
  EXPECT_FALSE(same_sections(a, b));
  EXPECT_TRUE(same_sections(RegisterBlock{}, RegisterBlock{}));
}

TEST(SameBytes, OfDifferentLengthDiffer) {
  const auto words = test::words({1, 2});
  EXPECT_FALSE(same_bytes(WordView(words), WordView(std::span(words).first(8))));
  EXPECT_TRUE(same_bytes(WordView{}, WordView{}));
}

}  // namespace
}  // namespace simdprof
