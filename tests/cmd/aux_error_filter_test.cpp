#include "cmd/aux_error_filter.h"

#include <gtest/gtest.h>

namespace simdprof::cmd {
namespace {

TEST(AuxErrorFilter, AFileWithoutCodeIsToldTwice) {
  AuxErrorFilter filter{{"/bin/tried"}};
  EXPECT_TRUE(filter.tells("/lib/a"));
  EXPECT_TRUE(filter.tells("/lib/b"));
  EXPECT_TRUE(filter.tells("/lib/a"));
  EXPECT_FALSE(filter.tells("/lib/a"));
  EXPECT_TRUE(filter.tells("/lib/b"));
  EXPECT_EQ(filter.told(), 4U);
  EXPECT_EQ(filter.left_out(), 1U);
}

TEST(AuxErrorFilter, OneThatWasTriedBeforeIsToldOnce) {
  AuxErrorFilter filter{{"/bin/tried"}};
  EXPECT_TRUE(filter.tells("/bin/tried"));
  EXPECT_FALSE(filter.tells("/bin/tried"));
}

TEST(AuxErrorFilter, OtherErrorsAreAllTold) {
  AuxErrorFilter filter{{"/bin/tried"}};
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(filter.tells(""));
  EXPECT_EQ(filter.told(), 5U);
}

TEST(AuxErrorFilter, WithoutARuleNothingIsLeftOut) {
  AuxErrorFilter filter;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(filter.tells("/lib/a"));
  EXPECT_EQ(filter.left_out(), 0U);
}

}  // namespace
}  // namespace simdprof::cmd
