#include "lib/capture/record_time.h"

#include <gtest/gtest.h>

#include "tests/lib/capture/fake_sink.h"

namespace simdprof {
namespace {

using test::Fields;

// PERF_RECORD_SAMPLE with IDENTIFIER, IP, TID, TIME, CPU, PERIOD.
std::vector<std::byte> sample() {
  return Fields().u64(7).u64(0x401000).u32(10).u32(11).u64(123456789).u64(1).u64(1000).record(9, 2);
}
// PERF_RECORD_COMM and its trailer TID, TIME, CPU, IDENTIFIER.
std::vector<std::byte> comm() {
  return Fields().u32(10).u32(11).text("cat", 8).u32(10).u32(11).u64(987654321).u32(0).u32(0).u64(7).record(3, 0x2000);
}

TEST(RecordTime, StandsAtOnePlaceInSamplesAndTrailers) {
  EXPECT_EQ(record_time_ns(sample()), 123456789U);
  EXPECT_EQ(record_time_ns(comm()), 987654321U);
}

TEST(RecordTime, AShorterRecordHasNone) {
  const auto bytes = sample();
  for (std::size_t size = 0; size < 40; ++size)
    EXPECT_EQ(record_time_ns(std::span(bytes).first(size)), kNoTime) << size;
  const auto short_comm = comm();
  for (std::size_t size = 0; size < 40; ++size) {
    EXPECT_EQ(record_time_ns(std::span(short_comm).first(size)), kNoTime) << size;
  }
}

TEST(RecordTime, HeaderFields) {
  EXPECT_EQ(record_type(comm()), 3U);
  EXPECT_EQ(record_misc(comm()), 0x2000U);
  EXPECT_EQ(record_type({}), 0U);
  EXPECT_EQ(record_misc({}), 0U);
}

TEST(RecordTime, LostCounts) {
  EXPECT_EQ(lost_count(Fields().u64(7).u64(55).u64(0).u64(0).u64(0).u64(7).record(2, 0)), 55U);
  EXPECT_EQ(lost_count(Fields().u64(66).u64(0).u64(0).u64(0).u64(7).record(13, 0)), 66U);
  EXPECT_EQ(lost_count({}), 0U);
}

}  // namespace
}  // namespace simdprof
