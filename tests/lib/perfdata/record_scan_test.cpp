#include "lib/perfdata/record_scan.h"

#include <gtest/gtest.h>

#include "tests/lib/perfdata/hand_perf_data.h"

namespace simdprof::perfdata {
namespace {

using test::perf_record;
using test::perf_sample;
using test::operator+;

struct Seen final : ScanSink {
  std::vector<RecordRun> runs;
  std::vector<std::uint32_t> tools;
  std::vector<Error> damage;
  std::vector<std::uint64_t> damaged_bytes;

  void add_run(const RecordRun& run) override { runs.push_back(run); }
  std::uint64_t find_time(std::uint32_t, std::span<const std::byte> payload) override {
    return payload.size() < 24 ? kNoTime : Cursor{payload.subspan(16)}.u64();
  }
  Status add_tool_record(const RecordFrame& frame, std::span<const std::byte>, std::uint64_t) override {
    tools.push_back(frame.type);
    return {};
  }
  void add_damage(std::uint32_t, const Error& error, std::uint64_t bytes) override {
    damage.push_back(error);
    damaged_bytes.push_back(bytes);
  }
};

std::unique_ptr<Seen> scan(const test::Bytes& bytes) {
  auto seen = std::make_unique<Seen>();
  const test::TempPath path{bytes};
  const auto file = InputFile::open(path.path(), nullptr);
  EXPECT_TRUE(file);
  if (file) {
    EXPECT_TRUE(RecordScan(*file, bytes.size(), std::endian::little, *seen).walk(0));
  }
  return seen;
}

TEST(RecordScan, ARunHasTheRangeOfItsRecordsTimesButNotTimeZero) {
  const auto seen = scan(perf_sample(1, 1, 0) + perf_sample(1, 1, 900) + perf_sample(1, 1, 700));
  ASSERT_EQ(seen->runs.size(), 1U);
  EXPECT_EQ(seen->runs[0].records, 3U);
  EXPECT_EQ(seen->runs[0].end - seen->runs[0].begin, 120U);
  EXPECT_EQ(seen->runs[0].first_time_ns, 700U);
  EXPECT_EQ(seen->runs[0].last_time_ns, 900U);
}

TEST(RecordScan, RoundsStandInsideARunAndTraceBytesEndIt) {
  const auto trace = perf_record(71, test::words({16, 0, 0, 0, 0}));
  const auto seen = scan(perf_sample(1, 1, 5) + perf_record(68, {}) + perf_sample(1, 1, 6) + trace +
                         test::words({~0ULL, ~0ULL}) + perf_sample(1, 1, 7));
  EXPECT_EQ(seen->tools, (std::vector<std::uint32_t>{68, 71}));
  ASSERT_EQ(seen->runs.size(), 2U);
  EXPECT_EQ(seen->runs[0].records, 2U);
  EXPECT_EQ(seen->runs[1].records, 1U);
  EXPECT_EQ(seen->runs[1].begin, 40U + 8 + 40 + 48 + 16);
  EXPECT_TRUE(seen->damage.empty());
}

TEST(RecordScan, ALongPartIsCutIntoRunsOfWholeRecords) {
  test::Bytes bytes;
  while (bytes.size() < 3 * kRunBytes) bytes = bytes + perf_record(9, test::Bytes(60000));
  const auto seen = scan(bytes);
  ASSERT_EQ(seen->runs.size(), 3U);
  EXPECT_EQ(seen->runs[0].end, seen->runs[1].begin);
  EXPECT_EQ(seen->runs[2].end, bytes.size());
  for (const RecordRun& run : seen->runs) EXPECT_EQ((run.end - run.begin) % 60008, 0U);
}

TEST(RecordScan, ADamagedRecordCostsItself) {
  auto bytes = perf_sample(1, 1, 5) + perf_sample(1, 1, 6);
  for (int i = 0; i < 5; ++i) bytes = bytes + perf_sample(1, 1, 10);
  bytes[46] = std::byte{0};  // the second record's size
  const auto seen = scan(bytes);
  ASSERT_EQ(seen->damage.size(), 1U);
  EXPECT_EQ(seen->damage[0].code, Errc::malformed);
  EXPECT_EQ(seen->damage[0].offset, 40U);
  EXPECT_EQ(seen->damaged_bytes[0], 40U);
  ASSERT_EQ(seen->runs.size(), 2U);
  EXPECT_EQ(seen->runs[1].records, 5U);
}

TEST(RecordScan, EveryCutKeepsTheRecordsBeforeIt) {
  const auto whole = perf_sample(1, 1, 5) + perf_sample(1, 1, 6) + perf_sample(1, 1, 7);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto seen = scan(test::Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    std::uint32_t records = 0;
    for (const RecordRun& run : seen->runs) records += run.records;
    EXPECT_EQ(records, size / 40) << size;
    EXPECT_EQ(seen->damage.size(), size % 40 == 0 ? 0U : 1U) << size;
    if (!seen->damage.empty()) {
      EXPECT_EQ(seen->damage[0].code, Errc::truncated);
    }
  }
}

}  // namespace
}  // namespace simdprof::perfdata
