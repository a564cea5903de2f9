#include "lib/report/flat_map.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

struct Number {
  std::uint64_t value = 0;
  [[nodiscard]] std::uint64_t hash() const { return mix_hash(value); }
  friend bool operator==(const Number&, const Number&) = default;
};

// All keys want the same slot.
struct Colliding {
  std::uint64_t value = 0;
  [[nodiscard]] std::uint64_t hash() const { return 63; }
  friend bool operator==(const Colliding&, const Colliding&) = default;
};

TEST(FlatMap, FindsWhatWasAddedThroughGrowth) {
  FlatMap<Number> map;
  for (std::uint64_t i = 0; i < 10000; ++i) {
    const auto [value, added] = map.find_or_add({i * 4096});
    ASSERT_TRUE(added) << i;
    *value = static_cast<std::uint32_t>(i + 1);
  }
  EXPECT_EQ(map.size(), 10000U);
  for (std::uint64_t i = 0; i < 10000; ++i) {
    const std::uint32_t* value = map.find({i * 4096});
    ASSERT_NE(value, nullptr) << i;
    EXPECT_EQ(*value, i + 1);
  }
  EXPECT_EQ(map.find({1}), nullptr);
}

TEST(FlatMap, AddsAKeyOnce) {
  FlatMap<Number> map;
  *map.find_or_add({7}).first = 70;
  const auto [value, added] = map.find_or_add({7});
  EXPECT_FALSE(added);
  EXPECT_EQ(*value, 70U);
}

TEST(FlatMap, KeysOfOneHashStayApart) {
  FlatMap<Colliding> map;
  for (std::uint32_t i = 0; i < 200; ++i) *map.find_or_add({i}).first = i;
  for (std::uint32_t i = 0; i < 200; ++i) EXPECT_EQ(*map.find({i}), i);
  EXPECT_EQ(map.find({200}), nullptr);
}

TEST(FlatMap, IsEmptyAfterClear) {
  FlatMap<Number> map;
  map.find_or_add({1});
  map.clear();
  EXPECT_EQ(map.size(), 0U);
  EXPECT_EQ(map.find({1}), nullptr);
}

}  // namespace
}  // namespace simdprof
