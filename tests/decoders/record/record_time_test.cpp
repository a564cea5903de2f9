#include "decoders/record/record_time.h"

#include <gtest/gtest.h>

#include "tests/decoders/record/record_input.h"

namespace simdprof {
namespace {

using namespace abi;
using test::attr_of;
using test::events_of;
using test::pair;
using test::record_of;
using test::words;

TEST(RecordTime, OfASampleStandsAfterIdentifierIpAndTid) {
  const auto payload = words({77, 0x401000, pair(1, 2), 1000, 5});
  const std::uint64_t type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME;
  EXPECT_EQ(find_record_time(record_of(PERF_RECORD_SAMPLE, payload), events_of({attr_of(type | PERF_SAMPLE_CPU)})),
            1000U);
  EXPECT_EQ(find_record_time(record_of(PERF_RECORD_SAMPLE, payload), events_of({attr_of(PERF_SAMPLE_TIME)})), 77U);
}

TEST(RecordTime, IsAbsentWhereNothingRecordsIt) {
  const auto payload = words({77, 0x401000});
  EXPECT_EQ(find_record_time(record_of(PERF_RECORD_SAMPLE, payload), events_of({attr_of(PERF_SAMPLE_IP)})), kNoTime);
  EXPECT_EQ(find_record_time(record_of(PERF_RECORD_SAMPLE, payload), {}), kNoTime);
  EXPECT_EQ(find_record_time(record_of(PERF_RECORD_LOST, payload), {}), kNoTime);
  EXPECT_EQ(find_record_time(record_of(12345, payload), {}), kNoTime);
}

TEST(RecordTime, OfACutSampleIsAbsent) {
  const auto payload = words({77});
  EXPECT_EQ(
      find_record_time(record_of(PERF_RECORD_SAMPLE, payload), events_of({attr_of(PERF_SAMPLE_IP | PERF_SAMPLE_TIME)})),
      kNoTime);
}

TEST(RecordTime, OfOtherRecordsIsThatOfTheirTrailerOrTheirOwn) {
  const auto lost = words({5, 600, 1000});
  EXPECT_EQ(
      find_record_time(record_of(PERF_RECORD_LOST, lost), events_of({attr_of(PERF_SAMPLE_TIME, kAttrSampleIdAll)})),
      1000U);
  const auto exit = words({pair(7, 1), pair(8, 2), 2000});
  EXPECT_EQ(find_record_time(record_of(PERF_RECORD_EXIT, exit), {}), 2000U);
}

}  // namespace
}  // namespace simdprof
