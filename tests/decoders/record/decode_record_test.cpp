#include "decoders/record/decode_record.h"

#include <gtest/gtest.h>

#include "decoders/record/record_time.h"
#include "tests/decoders/record/record_input.h"
#include "tests/support/captured.h"

namespace simdprof {
namespace {

using namespace abi;
using test::attr_of;
using test::Bytes;
using test::events_of;
using test::pair;
using test::record_of;
using test::words;
using test::operator+;

constexpr std::uint64_t kAllTrailerBits = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID |
                                          PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER;

TEST(DecodeRecord, ReadsTheTrailerInTheKernelsOrder) {
  const auto payload = words({5, 600, pair(42, 43), 1000, 77, 78, pair(3, 0), 77});
  const auto record =
      decode_record(record_of(PERF_RECORD_LOST, payload, 2), events_of({attr_of(kAllTrailerBits, kAttrSampleIdAll)}));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->type, PERF_RECORD_LOST);
  EXPECT_EQ(record->misc, 2U);
  EXPECT_EQ(record->sample_id.pid, 42);
  EXPECT_EQ(record->sample_id.tid, 43);
  EXPECT_EQ(record->sample_id.time_ns, 1000U);
  EXPECT_EQ(record->sample_id.id, 77U);
  EXPECT_EQ(record->sample_id.cpu, 3U);
  EXPECT_EQ(record->time_ns, 1000U);
}

TEST(DecodeRecord, WithoutSampleIdAllThereIsNoTrailer) {
  const auto events = events_of({attr_of(kAllTrailerBits)});
  const auto bare = words({5, 600});
  const auto record = decode_record(record_of(PERF_RECORD_LOST, bare), events);
  ASSERT_TRUE(record);
  EXPECT_FALSE(record->sample_id.tid);
  EXPECT_EQ(record->time_ns, kNoTime);
  const auto longer = words({5, 600, 7});
  const auto refused = decode_record(record_of(PERF_RECORD_LOST, longer), events);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::malformed);
  EXPECT_EQ(refused.error().offset, 24U);
}

TEST(DecodeRecord, ARecordersOwnRecordMayLackTheTrailer) {
  const auto payload = words({pair(7, 8)}) + test::text("sh") + test::raw({0, 0, 0, 0, 0, 0});
  const auto events = events_of({attr_of(PERF_SAMPLE_TID | PERF_SAMPLE_TIME, kAttrSampleIdAll)});
  const auto record = decode_record(record_of(PERF_RECORD_COMM, payload), events);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->time_ns, kNoTime);
  const auto with_trailer = payload + words({pair(7, 8), 1000});
  const auto timed = decode_record(record_of(PERF_RECORD_COMM, with_trailer), events);
  ASSERT_TRUE(timed);
  EXPECT_EQ(timed->time_ns, 1000U);
  EXPECT_EQ(std::get<CommRecord>(timed->body).comm, "sh");
}

TEST(DecodeRecord, ATrailerOfWrongSizeIsMalformed) {
  const auto events = events_of({attr_of(PERF_SAMPLE_TID | PERF_SAMPLE_TIME, kAttrSampleIdAll)});
  const auto payload = words({5, 600, pair(7, 8)});
  const auto record = decode_record(record_of(PERF_RECORD_LOST, payload), events);
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().fact, "8 bytes follow the fields of record LOST, a trailer has 16");
}

TEST(DecodeRecord, ForkTakesItsOwnTimeWhereThereIsNoTrailer) {
  const auto payload = words({pair(7, 1), pair(8, 2), 1000});
  const auto record = decode_record(record_of(PERF_RECORD_FORK, payload), {});
  ASSERT_TRUE(record);
  EXPECT_EQ(record->time_ns, 1000U);
}

TEST(DecodeRecord, UnknownTypesAreUnsupported) {
  for (const std::uint32_t type : {0U, 23U, 64U, 0x5344000dU, 0xffffffffU}) {
    const auto record = decode_record(record_of(type, words({1, 2})), events_of({attr_of(PERF_SAMPLE_IP)}));
    ASSERT_FALSE(record) << type;
    EXPECT_EQ(record.error().code, Errc::unsupported) << type;
  }
}

TEST(DecodeRecord, ASampleKnowsItsEvent) {
  auto events = events_of({attr_of(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TIME),
                           attr_of(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TIME)});
  events.event_of_id = {{7, 0}, {8, 1}};
  const auto payload = words({8, 0x401000, 1000});
  const auto record = decode_record(record_of(PERF_RECORD_SAMPLE, payload), events);
  ASSERT_TRUE(record);
  const auto& sample = std::get<Sample>(record->body);
  EXPECT_EQ(sample.event, 1U);
  EXPECT_EQ(sample.ip, 0x401000U);
  EXPECT_EQ(record->time_ns, 1000U);
  EXPECT_FALSE(decode_record(record_of(PERF_RECORD_SAMPLE, payload), {}));
}

// What perf 6.1 recorded and `perf script -D` shows of it; tests/fixtures/perf-6.1/README.md.
TEST(DecodeRecord, ReadsAllRecordsOfARealRecording) {
  const auto captured = test::load_captured("perf-6.1/many-fields");
  std::map<std::uint32_t, unsigned> counts;
  for (const RawRecord& raw : captured.records) {
    const auto record = decode_record(raw, captured.events);
    ASSERT_TRUE(record) << render_error(record.error());
    EXPECT_EQ(find_record_time(raw, captured.events), record->time_ns);
    ++counts[raw.type];
  }
  const std::map<std::uint32_t, unsigned> expected = {
      {PERF_RECORD_MMAP, 1},    {PERF_RECORD_COMM, 2},       {PERF_RECORD_EXIT, 1},
      {PERF_RECORD_FORK, 2},    {PERF_RECORD_SAMPLE, 18},    {PERF_RECORD_MMAP2, 26},
      {PERF_RECORD_SWITCH, 48}, {PERF_RECORD_NAMESPACES, 3}, {PERF_RECORD_CGROUP, 1}};
  EXPECT_EQ(counts, expected);
}

TEST(DecodeRecord, ReadsEveryFieldOfARealSample) {
  const auto captured = test::load_captured("perf-6.1/many-fields");
  const auto raw = std::find_if(captured.records.begin(), captured.records.end(),
                                [](const RawRecord& r) { return r.type == PERF_RECORD_SAMPLE; });
  ASSERT_NE(raw, captured.records.end());
  const auto record = decode_record(*raw, captured.events);
  ASSERT_TRUE(record);
  const auto& s = std::get<Sample>(record->body);
  EXPECT_EQ(record->time_ns, 3492782721205U);
  EXPECT_EQ(s.mode, CpuMode::kernel);
  EXPECT_EQ(s.pid, 29736);
  EXPECT_EQ(s.tid, 29736);
  EXPECT_EQ(s.ip, 0xffffffff813a2413U);
  ASSERT_EQ(s.callchain.size(), 7U);
  EXPECT_EQ(s.callchain[0], PERF_CONTEXT_KERNEL);
  EXPECT_EQ(s.callchain[6], 0xffffffff81000130U);
  EXPECT_EQ(s.regs_user.mask, 0x900187U);
  const std::uint64_t user[] = {0x7427, 0x35fa, 0x7f0c3a8894f7, 0x7ffeb1b438d8, 0x7f0c3a8894f7, 0, 0x7f0c3a9e0020};
  ASSERT_EQ(s.regs_user.words.size(), std::size(user));
  for (std::size_t i = 0; i < std::size(user); ++i) EXPECT_EQ(s.regs_user.words[i], user[i]) << i;
  EXPECT_EQ(s.regs_intr.mask, 0x501U);
  EXPECT_EQ(s.regs_intr.words[1], 0xffffffff813a2413U);
  EXPECT_EQ(s.stack_user.size(), 256U);
  EXPECT_EQ(s.data_src, 0x1e05080021U);
  EXPECT_EQ(s.code_page_size, 2U << 20U);
  ASSERT_EQ(s.read.values.size(), 2U);
  EXPECT_EQ(s.read.values[0].id, 0x28cU);
  EXPECT_EQ(s.read.values[0].value, 0x331ed5U);
  EXPECT_EQ(s.read.values[1].id, 0x28eU);
  EXPECT_EQ(s.read.values[1].value, 0x34U);
}

TEST(DecodeRecord, EveryCutOfARealSampleIsRefused) {
  const auto captured = test::load_captured("perf-6.1/many-fields");
  for (const RawRecord& raw : captured.records) {
    if (raw.type != PERF_RECORD_SAMPLE) continue;
    for (std::size_t size = 0; size < raw.payload.size(); size += 4) {
      RawRecord cut = raw;
      cut.payload = raw.payload.first(size);
      ASSERT_FALSE(decode_record(cut, captured.events)) << size;
    }
    break;
  }
}

}  // namespace
}  // namespace simdprof
