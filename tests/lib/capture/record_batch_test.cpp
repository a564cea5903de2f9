#include "lib/capture/record_batch.h"

#include <gtest/gtest.h>

#include "tests/lib/capture/fake_sink.h"

namespace simdprof {
namespace {

using test::FakeSink;
using test::Fields;

std::vector<std::byte> record_of(std::uint64_t word) { return Fields().u64(word).record(0x1234, 0); }

TEST(RecordBatch, HandsARunOverWithItsTimeRange) {
  FakeSink sink;
  RecordBatch batch(sink, sink.open_stream({StreamKind::ring, 0, -1}));
  batch.add(record_of(1), 300);
  batch.add(record_of(2), kNoTime);
  batch.add(record_of(3), 100);
  EXPECT_TRUE(sink.runs.empty());
  ASSERT_TRUE(batch.hand_over());
  ASSERT_EQ(sink.runs.size(), 1U);
  EXPECT_EQ(sink.runs[0].count, 3U);
  EXPECT_EQ(sink.runs[0].bytes.size(), 48U);
  EXPECT_EQ(sink.runs[0].first_time_ns, 100U);
  EXPECT_EQ(sink.runs[0].last_time_ns, 300U);
  ASSERT_TRUE(batch.hand_over());
  EXPECT_EQ(sink.runs.size(), 1U);
}

TEST(RecordBatch, RecordsWithoutTimeGiveNoRange) {
  FakeSink sink;
  RecordBatch batch(sink, 0);
  batch.add(record_of(1), kNoTime);
  ASSERT_TRUE(batch.hand_over());
  EXPECT_EQ(sink.runs[0].first_time_ns, kNoTime);
  EXPECT_EQ(sink.runs[0].last_time_ns, kNoTime);
}

TEST(RecordBatch, AFullRunGoesByItself) {
  FakeSink sink;
  RecordBatch batch(sink, 0, 40);
  for (std::uint64_t i = 0; i < 4; ++i) batch.add(record_of(i), i);
  ASSERT_EQ(sink.runs.size(), 1U);
  EXPECT_EQ(sink.runs[0].count, 3U);
}

TEST(RecordBatch, KeepsTheSinksError) {
  FakeSink sink;
  sink.broken = true;
  RecordBatch batch(sink, 0, 16);
  batch.add(record_of(1), 1);
  sink.broken = false;
  const Status status = batch.hand_over();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fact, "disk full");
}

TEST(RecordBatch, TakesTheTimeOfKernelRecordsFromThem) {
  FakeSink sink;
  RecordBatch batch(sink, 0);
  batch.add_kernel(Fields().u64(7).u64(1).u64(2).u64(5000).u64(1).u64(1).record(9, 2));
  ASSERT_TRUE(batch.hand_over());
  EXPECT_EQ(sink.runs[0].first_time_ns, 5000U);
}

}  // namespace
}  // namespace simdprof
