#include "decoders/record/read_values.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace simdprof {
namespace {

using namespace abi;
using test::words;

TEST(ReadValues, ASingleValueComesBeforeItsTimes) {
  const auto bytes = words({11, 50, 40, 77, 3});
  Cursor in{bytes};
  const auto values = decode_read_values(
      in, PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING | PERF_FORMAT_ID | PERF_FORMAT_LOST);
  EXPECT_FALSE(in.failed());
  EXPECT_EQ(in.remaining(), 0U);
  ASSERT_EQ(values.values.size(), 1U);
  EXPECT_EQ(values.values[0].value, 11U);
  EXPECT_EQ(values.time_enabled_ns, 50U);
  EXPECT_EQ(values.time_running_ns, 40U);
  EXPECT_EQ(values.values[0].id, 77U);
  EXPECT_EQ(values.values[0].lost, 3U);
}

TEST(ReadValues, AGroupStartsWithItsCountAndTimes) {
  const auto bytes = words({2, 50, 11, 12});
  Cursor in{bytes};
  const auto values = decode_read_values(in, PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED);
  EXPECT_EQ(in.remaining(), 0U);
  EXPECT_EQ(values.time_enabled_ns, 50U);
  ASSERT_EQ(values.values.size(), 2U);
  EXPECT_EQ(values.values[1].value, 12U);
}

TEST(ReadValues, AGroupLargerThanItsBytesLatches) {
  for (const std::uint64_t count : {std::uint64_t{3}, (std::uint64_t{1} << 61U) + 1, ~std::uint64_t{0}}) {
    const auto bytes = words({count, 11, 12});
    Cursor in{bytes};
    EXPECT_TRUE(decode_read_values(in, PERF_FORMAT_GROUP).values.empty());
    EXPECT_TRUE(in.failed()) << count;
  }
}

TEST(ReadValues, AnEmptyGroupIsFine) {
  const auto bytes = words({0});
  Cursor in{bytes};
  EXPECT_TRUE(decode_read_values(in, PERF_FORMAT_GROUP | PERF_FORMAT_ID).values.empty());
  EXPECT_FALSE(in.failed());
}

}  // namespace
}  // namespace simdprof
