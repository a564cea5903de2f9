#include "lib/perfdata/run_index.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "lib/perfdata/tracing_data.h"
#include "tests/lib/perfdata/hand_perf_data.h"

namespace simdprof::perfdata {
namespace {

using test::Fields;
using test::perf_record;
using test::perf_sample;
using test::operator+;

struct Indexed {
  Metadata metadata;
  Ledger ledger;
  std::vector<InputFile> files;
  std::vector<IndexedRun> runs;
  bool compressed = false;

  [[nodiscard]] std::uint32_t records() const {
    std::uint32_t count = 0;
    for (const IndexedRun& run : runs) count += run.chunk.start.record_count;
    return count;
  }
};

std::unique_ptr<Indexed> index(const test::Bytes& records) {
  auto out = std::make_unique<Indexed>();
  const test::TempPath path{records};
  auto file = InputFile::open(path.path(), nullptr);
  EXPECT_TRUE(file);
  if (!file) return out;
  out->files.push_back(std::move(*file));
  RunIndex found("input", std::endian::little, out->metadata, out->ledger);
  EXPECT_TRUE(found.add_part(out->files, 0, 0, records.size()));
  out->runs = std::move(found.runs());
  out->compressed = found.compressed();
  return out;
}

test::Bytes attr() { return test::header_attr(test::perf_attr(test::kIpTidTimeCpu), {}); }

TEST(RunIndex, RecordsStraddleTheCompressedRecordsThatCarryThem) {
  test::Bytes inner;
  for (unsigned i = 0; i < 7; ++i) inner = inner + perf_sample(0x1000 + i, 1, 100 + i);
  for (std::size_t cut = 1; cut < inner.size(); cut += 13) {
    test::PieceCompressor pieces;
    const auto middle = inner.begin() + static_cast<std::ptrdiff_t>(cut);
    const auto first = perf_record(81, pieces.add(test::Bytes(inner.begin(), middle)));
    const auto second = perf_record(81, pieces.add(test::Bytes(middle, inner.end())));
    const auto got = index(attr() + first + perf_record(68, {}) + second);
    EXPECT_TRUE(got->compressed);
    EXPECT_EQ(got->records(), 7U) << cut;
    EXPECT_TRUE(got->ledger.empty()) << cut;
    ASSERT_EQ(got->runs.size(), 1U);
    EXPECT_EQ(got->runs[0].chunk.start.first_time_ns, 100U);
    EXPECT_EQ(got->runs[0].chunk.start.last_time_ns, 106U);
  }
}

TEST(RunIndex, Compressed2SaysHowMuchOfItIsData) {
  test::PieceCompressor pieces;
  const auto packed = pieces.add(perf_sample(1, 1, 5) + perf_sample(2, 1, 6));
  Fields payload;
  payload.u64(packed.size()).add(packed);
  while (payload.get().size() % 8 != 0) payload.u8(0);
  const auto got = index(attr() + perf_record(83, payload.get()) + perf_sample(3, 1, 7));
  EXPECT_EQ(got->records(), 3U);
  EXPECT_TRUE(got->ledger.empty());
}

test::Bytes tracing_data() {
  OutTracingData data;
  data.tracepoints = {{"sched", "name: a\nID: 5\n"}};
  auto bytes = encode_tracing_data(data, std::endian::little);
  bytes.resize((bytes.size() + 7) / 8 * 8);
  return bytes;
}

std::size_t told(const Indexed& indexed) {
  const auto records = indexed.metadata.encode();
  const test::Bytes text = test::text("name: a\n");
  return std::search(records.bytes.begin(), records.bytes.end(), text.begin(), text.end()) != records.bytes.end();
}

TEST(RunIndex, TracingDataIsBehindItsRecordOrInIt) {
  const auto data = tracing_data();
  const auto behind =
      index(attr() + Fields().u32(66).u16(0).u16(12).u32(data.size()).get() + data + perf_sample(3, 1, 7));
  EXPECT_EQ(behind->records(), 1U);
  EXPECT_TRUE(behind->ledger.empty());
  EXPECT_TRUE(told(*behind));
  const auto inside = index(attr() + perf_record(66, Fields().u32(data.size()).get() + data + test::raw({0, 0, 0, 0})) +
                            perf_sample(3, 1, 7));
  EXPECT_EQ(inside->records(), 1U);
  EXPECT_TRUE(inside->ledger.empty());
  EXPECT_TRUE(told(*inside));
}

TEST(RunIndex, TracingDataThatIsCutIsCounted) {
  auto data = tracing_data();
  data.resize(40);
  const auto got = index(attr() + Fields().u32(66).u16(0).u16(12).u32(40).get() + data + perf_sample(3, 1, 7));
  EXPECT_EQ(got->records(), 1U);
  EXPECT_EQ(got->ledger.skipped().at("TRACING_DATA").count, 1U);
}

TEST(RunIndex, DamagedCompressedDataCostsWhatFollowsInItsStream) {
  test::PieceCompressor pieces;
  auto bad = pieces.add(perf_sample(2, 1, 6));
  const auto last = perf_record(81, pieces.add(perf_sample(3, 1, 7)));
  for (std::byte& byte : bad) byte = std::byte{0xff};
  test::PieceCompressor good;
  const auto got = index(attr() + perf_record(81, good.add(perf_sample(1, 1, 5))) + perf_record(81, bad) + last);
  EXPECT_EQ(got->records(), 1U);
  EXPECT_EQ(got->ledger.skipped().at("COMPRESSED").count, 2U);
}

TEST(RunIndex, TraceBytesOfAnAreaAreAStreamOfTheirOwn) {
  const auto trace = [](std::uint32_t cpu, std::uint64_t offset) {
    return perf_record(71, Fields().u64(8).u64(offset).u64(1).u32(cpu).u32(0xffffffff).u32(cpu).u32(0).get()) +
           test::words({0x1122});
  };
  const auto got = index(attr() + trace(0, 0) + perf_sample(1, 1, 5) + trace(1, 0) + trace(0, 8));
  ASSERT_EQ(got->runs.size(), 4U);
  EXPECT_EQ(got->runs[0].chunk.start.info.kind, StreamKind::aux);
  EXPECT_EQ(got->runs[0].chunk.start.stream, got->runs[3].chunk.start.stream);
  EXPECT_NE(got->runs[0].chunk.start.stream, got->runs[2].chunk.start.stream);
  EXPECT_EQ(got->runs[2].chunk.start.info.cpu, 1);
  EXPECT_EQ(got->runs[3].aux->aux_offset, 8U);
  EXPECT_EQ(got->runs[1].chunk.start.info.kind, StreamKind::ring);
}

TEST(RunIndex, WhatIsNotKeptIsCounted) {
  const auto simpleperf = Fields().u32(32769).u16(0).u16(16).u64(0).get();
  const auto got = index(attr() + perf_record(200, test::words({1})) + perf_record(76, test::words({1})) + simpleperf +
                         perf_sample(1, 1, 5));
  EXPECT_EQ(got->records(), 1U);
  EXPECT_EQ(got->ledger.unknown_types().at(200), 1U);
  EXPECT_EQ(got->ledger.unknown_types().at(76), 1U);
  EXPECT_EQ(got->ledger.unknown_types().at(32769), 1U);
}

}  // namespace
}  // namespace simdprof::perfdata
