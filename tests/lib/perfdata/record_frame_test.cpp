#include "lib/perfdata/record_frame.h"

#include <gtest/gtest.h>

#include "tests/lib/perfdata/hand_perf_data.h"

namespace simdprof::perfdata {
namespace {

using test::Fields;

Result<RecordFrame> frame(const test::Bytes& bytes, std::endian order = std::endian::little) {
  return decode_frame(std::span(bytes).first(std::min(bytes.size(), kFrameBytes)), order, 1000);
}

TEST(DecodeFrame, ReadsTheHeaderInBothByteOrders) {
  for (const auto order : {std::endian::little, std::endian::big}) {
    const auto got = frame(Fields(order).u32(9).u16(2).u16(40).u64(0).get(), order);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->type, 9U);
    EXPECT_EQ(got->misc, 2U);
    EXPECT_EQ(got->head_bytes, 40U);
    EXPECT_EQ(got->total_bytes, 40U);
  }
}

TEST(DecodeFrame, EveryShorterHeaderIsTruncated) {
  const auto bytes = Fields().u32(9).u16(0).u16(8).get();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto got = decode_frame(std::span(bytes).first(size), std::endian::little, 0);
    ASSERT_FALSE(got) << size;
    EXPECT_EQ(got.error().code, Errc::truncated);
  }
}

TEST(DecodeFrame, ASizeBelowTheHeadersIsMalformed) {
  for (const unsigned size : {0U, 1U, 7U}) {
    const auto got = frame(Fields().u32(9).u16(0).u16(size).u64(0).get());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, Errc::malformed);
    EXPECT_EQ(got.error().offset, 1000U);
  }
}

TEST(DecodeFrame, TraceBytesAndTracingDataFollowTheirRecord) {
  const auto trace = frame(Fields().u32(71).u16(0).u16(48).u64(100000).get());
  ASSERT_TRUE(trace);
  EXPECT_EQ(trace->head_bytes, 48U);
  EXPECT_EQ(trace->total_bytes, 100048U);
  const auto tracing = frame(Fields().u32(66).u16(0).u16(12).u32(13).u32(0).get());
  ASSERT_TRUE(tracing);
  EXPECT_EQ(tracing->total_bytes, 12U + 16U) << "13 bytes, padded";
  EXPECT_FALSE(frame(Fields().u32(71).u16(0).u16(48).u64(~std::uint64_t{0}).get())) << "the sum overflows";
}

TEST(DecodeFrame, TheSizeOfCompressed2ComesFromItsDataSizeWhereTheHeadersOverflowed) {
  const auto fits = frame(Fields().u32(83).u16(0).u16(32).u64(13).get());
  ASSERT_TRUE(fits);
  EXPECT_EQ(fits->total_bytes, 32U);
  const auto zero = frame(Fields().u32(83).u16(0).u16(0).u64(65520).get());
  ASSERT_TRUE(zero) << "65536 as a 16-bit number";
  EXPECT_EQ(zero->total_bytes, 65536U);
  const auto larger = frame(Fields().u32(83).u16(0).u16(16).u64(65530).get());
  ASSERT_TRUE(larger);
  EXPECT_EQ(larger->total_bytes, 65552U);
  EXPECT_FALSE(frame(Fields().u32(83).u16(0).u16(0).u64(40).get())) << "0 is not trusted";
}

TEST(DecodeFrame, SimpleperfRecordsHaveTheHighHalfOfTheirSizeInMisc) {
  const auto got = frame(Fields().u32(32769).u16(2).u16(8).u64(0).get());
  ASSERT_TRUE(got);
  EXPECT_EQ(got->total_bytes, 0x20008U);
}

TEST(PlausibleFrame, AsksForAKnownTypeAndASizeThatItCanHave) {
  const auto plausible = [](std::uint32_t type, unsigned misc, unsigned size) {
    return plausible_frame(Fields().u32(type).u16(misc).u16(size).get(), std::endian::little);
  };
  EXPECT_TRUE(plausible(9, 2, 40));
  EXPECT_TRUE(plausible(68, 0, 8));
  EXPECT_TRUE(plausible(81, 0, 13));
  EXPECT_FALSE(plausible(0, 0, 40));
  EXPECT_FALSE(plausible(9, 2, 0));
  EXPECT_FALSE(plausible(9, 2, 41));
  EXPECT_FALSE(plausible(9, 7, 40));
  EXPECT_FALSE(plausible(40, 0, 40));
  EXPECT_FALSE(plausible(87, 0, 40));
  EXPECT_FALSE(plausible_frame(Fields().u32(9).u16(2).get(), std::endian::little));
}

}  // namespace
}  // namespace simdprof::perfdata
