#include "lib/report/text_pool.h"

#include <gtest/gtest.h>

#include <string>

namespace simdprof {
namespace {

TEST(TextPool, NumberZeroIsTheEmptyText) {
  TextPool pool;
  EXPECT_EQ(pool.intern(""), 0U);
  EXPECT_EQ(pool.text(0), "");
}

TEST(TextPool, EqualTextHasOneNumberWhereverItStands) {
  TextPool pool;
  const std::string here = "main", there = "main";
  const TextId id = pool.intern(here);
  EXPECT_NE(id, 0U);
  EXPECT_EQ(pool.intern(there), id);
  EXPECT_NE(pool.intern("mai"), id);
}

TEST(TextPool, TextStaysWhenThousandsMoreCome) {
  TextPool pool;
  const TextId id = pool.intern("short");
  const std::string_view before = pool.text(id);
  for (int i = 0; i < 5000; ++i) pool.intern("text " + std::to_string(i));
  EXPECT_EQ(pool.text(id).data(), before.data());
  EXPECT_EQ(pool.text(id), "short");
  EXPECT_EQ(pool.text(pool.intern("text 4999")), "text 4999");
}

}  // namespace
}  // namespace simdprof
