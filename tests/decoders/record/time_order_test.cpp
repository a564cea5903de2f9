#include "decoders/record/time_order.h"

#include <gtest/gtest.h>

#include <string>

namespace simdprof {
namespace {

/// A run whose bytes are letters, one a record, so that the merged order reads as text.
struct TestRun {
  RunInfo info;
  std::vector<std::pair<char, std::uint64_t>> records;  ///< letter, time
};

LoadedRun load(const TestRun& run) {
  LoadedRun loaded;
  for (const auto& [letter, time_ns] : run.records) {
    const auto number = static_cast<std::uint32_t>(loaded.records.size());
    loaded.records.push_back({time_ns, static_cast<std::uint32_t>(loaded.bytes.size()), number});
    loaded.bytes.push_back(static_cast<std::byte>(letter));
  }
  sort_by_time(loaded.records, run.info.first_time_ns);
  return loaded;
}

struct Merged {
  std::string letters;
  std::vector<std::size_t> opened, released;
  std::size_t most_open = 0;
  std::size_t open_at_end = 0;
};

Merged merge(const std::vector<TestRun>& runs) {
  std::vector<RunInfo> infos;
  for (const TestRun& run : runs) infos.push_back(run.info);
  Merged merged;
  TimeOrder order{infos,
                  [&](std::size_t run) {
                    merged.opened.push_back(run);
                    return load(runs[run]);
                  },
                  [&](std::size_t run, const LoadedRun& loaded) {
                    EXPECT_EQ(loaded.bytes.size(), runs[run].records.size()) << "the run itself comes back";
                    merged.released.push_back(run);
                  }};
  std::vector<std::vector<std::size_t>> given(runs.size());
  while (const TimeOrder::Item* item = order.next()) {
    merged.letters += static_cast<char>(item->bytes.front());
    EXPECT_EQ(static_cast<std::size_t>(item->bytes.size()), runs[item->run].records.size() - item->offset);
    given[item->run].push_back(item->number);
    for (const std::size_t run : merged.released) EXPECT_EQ(given[run].size(), runs[run].records.size());
    EXPECT_EQ(item->number, item->offset) << "every record has one byte";
    merged.most_open = std::max(merged.most_open, order.open_bytes());
  }
  merged.open_at_end = order.open_bytes();
  const auto has_records = [](const TestRun& run) { return !run.records.empty(); };
  EXPECT_EQ(std::ssize(merged.released), std::count_if(runs.begin(), runs.end(), has_records)) << "each once";
  EXPECT_EQ(merged.opened, order.opening_order());
  return merged;
}

RunInfo ring(StreamId stream, std::uint64_t first_time_ns) { return {stream, StreamKind::ring, first_time_ns}; }

TEST(TimeOrder, MergesStreamsByTime) {
  EXPECT_EQ(merge({{ring(1, 10), {{'a', 10}, {'c', 30}, {'e', 50}}}, {ring(2, 20), {{'b', 20}, {'d', 40}}}}).letters,
            "abcde");
}

TEST(TimeOrder, OpensARunOnlyWhenItsTimeHasCome) {
  std::vector<TestRun> runs;
  for (unsigned i = 0; i < 20; ++i) {
    runs.push_back({ring(1, 100 * i), {{static_cast<char>('a' + i), 100 * i}, {'.', 100 * i + 50}}});
  }
  const Merged merged = merge(runs);
  EXPECT_EQ(merged.letters, "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.");
  EXPECT_LE(merged.most_open, 4U) << "at most two runs of 2 bytes at a time";
  EXPECT_EQ(merged.open_at_end, 0U);
}

TEST(TimeOrder, RunsWithoutATimeComeFirst) {
  EXPECT_EQ(merge({{ring(1, 10), {{'c', 10}}},
                   {{3, StreamKind::synthesized, kNoTime}, {{'b', kNoTime}}},
                   {{2, StreamKind::metadata, kNoTime}, {{'a', kNoTime}}}})
                .letters,
            "abc");
}

TEST(TimeOrder, EqualTimesComeByKindThenStreamThenPlace) {
  EXPECT_EQ(merge({{ring(9, 10), {{'e', 10}, {'f', 10}}},
                   {ring(5, 10), {{'c', 10}}},
                   {ring(5, 10), {{'d', 10}}},
                   {{7, StreamKind::synthesized, 10}, {{'b', 10}}},
                   {{8, StreamKind::images, 10}, {{'a', 10}}}})
                .letters,
            "abcdef");
}

TEST(TimeOrder, ARunOfLaterFirstTimeIsOpenedForARecordOfThatTime) {
  EXPECT_EQ(merge({{ring(1, 10), {{'a', 10}, {'c', 20}}}, {{2, StreamKind::images, 20}, {{'b', 20}}}}).letters, "abc");
}

TEST(TimeOrder, InsideARunNeighboursAreSortedStably) {
  EXPECT_EQ(merge({{ring(1, 10), {{'b', 20}, {'a', 10}, {'c', 20}, {'d', 30}}}}).letters, "abcd");
}

TEST(TimeOrder, ARecordWithoutATimeStaysBehindTheOneBeforeIt) {
  EXPECT_EQ(merge({{ring(1, 10), {{'a', kNoTime}, {'d', 30}, {'e', kNoTime}, {'b', 15}, {'c', kNoTime}}},
                   {ring(2, 20), {{'x', 20}}}})
                .letters,
            "abcxde");
}

TEST(TimeOrder, EmptyRunsAreSkipped) {
  EXPECT_EQ(merge({{ring(1, 10), {}}, {ring(2, 20), {{'a', 20}}}, {ring(3, 30), {}}}).letters, "a");
  EXPECT_EQ(merge({}).letters, "");
}

TEST(TimeOrder, RecordsBeforeTheirRunsFirstTimeAreStillGiven) {
  // A damaged or lying header: the order suffers, nothing is lost.
  EXPECT_EQ(merge({{ring(1, 10), {{'a', 10}, {'c', 40}}}, {ring(2, 30), {{'b', 5}}}}).letters, "abc");
}

TEST(TimeOrder, TheLastRecordOfARunCanBeReadUntilTheNextCall) {
  const std::vector<RunInfo> infos = {ring(1, 10), ring(2, 20)};
  std::vector<std::size_t> released;
  TimeOrder order{infos,
                  [](std::size_t run) {
                    LoadedRun loaded;
                    loaded.bytes.assign(1000, static_cast<std::byte>(run + 1));
                    loaded.records.push_back({10 * (run + 1), 0, 0});
                    return loaded;
                  },
                  [&](std::size_t run, const LoadedRun&) { released.push_back(run); }};
  const TimeOrder::Item* const first = order.next();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->bytes.back(), std::byte{1});
  EXPECT_TRUE(released.empty());
  const TimeOrder::Item* const second = order.next();
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->bytes.back(), std::byte{2});
  EXPECT_EQ(released, std::vector<std::size_t>{0});
  EXPECT_EQ(order.next(), nullptr);
}

}  // namespace
}  // namespace simdprof
