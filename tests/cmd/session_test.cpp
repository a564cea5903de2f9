#include "cmd/session.h"

#include <gtest/gtest.h>

#include "tests/cmd/session_input.h"

namespace simdprof::cmd {
namespace {

using test::Bytes;
using test::framed;
using test::HandRecording;
using test::HandRun;
using test::ip_tid_time;
using test::kIpTidTime;
using test::words;
using test::operator+;

HandRun metadata() {
  return {
      StreamKind::metadata, 0, {test::event_desc(0, kIpTidTime, 0, "task-clock:u"), test::host_fact("arch", "x86_64")}};
}

HandRun ring(std::uint32_t stream, const std::vector<std::uint64_t>& times) {
  HandRun run{StreamKind::ring, stream, {}, times.front(), times.back()};
  for (const std::uint64_t time_ns : times) run.records.push_back(ip_tid_time(0x401000, stream, time_ns));
  return run;
}

std::vector<std::uint64_t> sample_times(Session& session) {
  std::vector<std::uint64_t> times;
  while (const Record* record = session.next()) {
    if (std::holds_alternative<Sample>(record->body)) times.push_back(record->time_ns);
  }
  return times;
}

TEST(Session, StartsAgainWithTheLedgerAsItWas) {
  HandRun losing = ring(1, {10, 20, 30});
  losing.records.push_back(framed(2, words({0, 7})));  // LOST
  const HandRecording file{{metadata(), losing}};
  auto session = Session::open(file.path());
  ASSERT_TRUE(session);
  const auto times = sample_times(*session);
  EXPECT_EQ(session->ledger().lost(LossCause::ring_full), 7U);
  session->rewind();
  EXPECT_EQ(session->ledger().lost(LossCause::ring_full), 0U);
  EXPECT_EQ(sample_times(*session), times);
  EXPECT_EQ(session->ledger().lost(LossCause::ring_full), 7U);
}

TEST(Session, ReadsMetadataBeforeAnyRecord) {
  // The metadata that names the host stands last in the file.
  const HandRecording file{
      {metadata(),
       ring(1, {10}),
       {StreamKind::metadata,
        0,
        {test::host_fact("hostname", "box"),
         framed(0x53440002, words({0xffffffff00000000, 0xffffffff, 77})),  // id 77 is event 0's
         framed(0x53440007, test::raw({2, 0, 0, 0, 0xab, 0x01}) + test::text("/bin/x") + test::raw({0, 0, 0, 0})),
         framed(0x53440008, words({(95ULL << 32U) | 1}) + test::text("no PMU") + test::raw({0, 0})),
         framed(0x53440008, words({2}) + test::raw({0, 0, 0, 0, 0, 0, 0, 0})),
         framed(0x53440009, words({100, 200, 0}))}}}};
  auto session = Session::open(file.path());
  ASSERT_TRUE(session) << session.error().fact;
  const RecordingFacts& facts = session->facts();
  ASSERT_EQ(facts.events.events.size(), 1U);
  EXPECT_EQ(facts.events.events[0].name, "task-clock:u");
  EXPECT_EQ(facts.events.event_of_id.at(77), 0U);
  EXPECT_EQ(facts.arch, abi::Arch::x86_64);
  EXPECT_EQ(facts.host.at("hostname"), "box");
  EXPECT_EQ(facts.build_ids.at("/bin/x"), "ab01");
  ASSERT_EQ(facts.sources.size(), 2U);
  EXPECT_EQ(facts.sources[0].error_number, 95);
  EXPECT_EQ(facts.source(), SourceKind::ptrace);
  EXPECT_EQ(facts.start_ns, 100U);
  EXPECT_EQ(facts.end_ns, 200U);
  EXPECT_EQ(facts.wait_status, 0);
  EXPECT_EQ(sample_times(*session), std::vector<std::uint64_t>{10});
  EXPECT_TRUE(session->ledger().empty());
}

TEST(Session, GivesTheRecordsOfAllStreamsInTimeOrder) {
  const HandRecording file{
      {metadata(), ring(1, {10, 40, 70}), ring(2, {20, 50, 80}), ring(1, {90}), ring(3, {30, 60})}};
  auto session = Session::open(file.path());
  ASSERT_TRUE(session);
  EXPECT_EQ(sample_times(*session), (std::vector<std::uint64_t>{10, 20, 30, 40, 50, 60, 70, 80, 90}));
  EXPECT_EQ(session->next(), nullptr);
}

TEST(Session, ManyRunsLoadedAheadComeInTheSameOrder) {
  std::vector<HandRun> runs = {metadata()};
  std::vector<std::uint64_t> expected;
  for (std::uint64_t i = 0; i < 200; ++i) {
    runs.push_back(ring(static_cast<std::uint32_t>(1 + i % 4), {10 * i, 10 * i + 25}));
    expected.push_back(10 * i);
    expected.push_back(10 * i + 25);
  }
  std::sort(expected.begin(), expected.end());
  const HandRecording file{runs};
  auto session = Session::open(file.path());
  ASSERT_TRUE(session);
  EXPECT_EQ(sample_times(*session), expected);
}

TEST(Session, TheBytesOfARecordAreThereWhetherItWasDecodedAheadOrNot) {
  HandRun wide{StreamKind::ring, 1, {}, 10, 30};
  for (const std::uint64_t time_ns : {10U, 20U, 30U}) {
    wide.records.push_back(ip_tid_time(0x401000 + time_ns, 1, time_ns));
    wide.records.push_back(test::wide_comm(time_ns));
  }
  const HandRecording file{{metadata(), wide, ring(2, {15, 25})}};
  auto session = Session::open(file.path());
  ASSERT_TRUE(session);
  int samples = 0;
  while (const Record* record = session->next()) {
    EXPECT_EQ(session->raw().type, record->type);
    EXPECT_EQ(session->raw().offset, record->offset);
    samples += record->type == abi::PERF_RECORD_SAMPLE ? 1 : 0;
  }
  EXPECT_EQ(samples, 5);
}

struct TimesOfRun : RunNotes {
  void start(std::size_t /*records*/) override { times.clear(); }
  void add(std::span<const Record> records) override {
    for (const Record& record : records.subspan(std::min(records.size(), times.size())))
      times.push_back(record.time_ns);
  }
  std::vector<std::uint64_t> times;  // by number
};

TEST(Session, GivesWhatWasNotedOfTheRunOfEachRecord) {
  std::vector<HandRun> runs = {metadata()};
  for (std::uint64_t i = 0; i < 40; ++i) {
    HandRun wide{StreamKind::ring, 1, {}, 10 * i + 1, 10 * i + 5};
    wide.records.push_back(test::wide_comm(10 * i + 1));
    wide.records.push_back(ip_tid_time(0x401000, 1, 10 * i + 5));
    runs.push_back(wide);
  }
  const HandRecording file{runs};
  auto session = Session::open(file.path());
  ASSERT_TRUE(session);
  session->note_runs([] { return std::make_unique<TimesOfRun>(); });
  EXPECT_EQ(session->notes(), nullptr) << "no record yet";
  std::size_t samples = 0;
  while (const Record* record = session->next()) {
    if (!std::holds_alternative<Sample>(record->body)) continue;
    const auto* notes = static_cast<const TimesOfRun*>(session->notes());
    ASSERT_NE(notes, nullptr) << "runs of large records are decoded ahead";
    ASSERT_LT(session->number(), notes->times.size());
    EXPECT_EQ(notes->times[session->number()], record->time_ns);
    ++samples;
  }
  EXPECT_EQ(samples, 40U);
  EXPECT_EQ(session->notes(), nullptr) << "nor after the last";
}

TEST(Session, CanBeLeftBeforeItsEnd) {
  std::vector<HandRun> runs = {metadata()};
  for (std::uint64_t i = 0; i < 50; ++i) runs.push_back(ring(1, {10 * i}));
  const HandRecording file{runs};
  auto session = Session::open(file.path());
  ASSERT_TRUE(session);
  EXPECT_NE(session->next(), nullptr);
}

TEST(Session, CountsWhatRecordsSayWasLost) {
  const HandRecording file{{metadata(),
                            {StreamKind::ring,
                             1,
                             {framed(2, words({0, 600})),                             // LOST
                              framed(13, words({5})),                                 // LOST_SAMPLES
                              framed(11, words({0, 64, 1})),                          // AUX, truncated
                              framed(0x53440006, words({2, 0xffffffff, 9, ~0ULL}))},  // LOSS, no image
                             10,
                             10}}};
  auto session = Session::open(file.path());
  ASSERT_TRUE(session);
  while (session->next() != nullptr) {
  }
  EXPECT_EQ(session->ledger().lost(LossCause::ring_full), 600U);
  EXPECT_EQ(session->ledger().lost(LossCause::kernel_dropped), 5U);
  EXPECT_EQ(session->ledger().lost(LossCause::aux_truncated), 1U);
  EXPECT_EQ(session->ledger().lost(LossCause::image_missing), 9U);
}

TEST(Session, SkipsWhatCannotBeDecodedAndCountsIt) {
  const HandRecording file{{metadata(),
                            {StreamKind::ring,
                             1,
                             {ip_tid_time(1, 1, 10), framed(9, words({1, 2})), framed(9, words({1, 2})),
                              framed(4000, words({1})), ip_tid_time(1, 1, 20)},
                             10,
                             20}}};
  auto session = Session::open(file.path());
  ASSERT_TRUE(session);
  EXPECT_EQ(sample_times(*session), (std::vector<std::uint64_t>{10, 20}));
  const auto& skipped = session->ledger().skipped();
  ASSERT_EQ(skipped.count("SAMPLE"), 1U);
  EXPECT_EQ(skipped.at("SAMPLE").count, 2U);
  EXPECT_EQ(skipped.at("SAMPLE").first.fact, "sample ends inside time");
  EXPECT_EQ(session->ledger().unknown_types().at(4000), 1U);
}

TEST(Session, EveryPrefixIsReadOrRefused) {
  Bytes bytes = test::run_bytes(metadata()) + test::run_bytes(ring(1, {10, 30})) + test::run_bytes(ring(2, {20}));
  std::size_t most = 0;
  for (std::size_t size = 0; size <= bytes.size(); size += 4) {
    const HandRecording file{Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size))};
    auto session = Session::open(file.path());
    if (!session) continue;
    const std::size_t samples = sample_times(*session).size();
    EXPECT_GE(samples, most) << size;
    most = std::max(most, samples);
  }
  EXPECT_EQ(most, 3U);
}

TEST(Session, AFileThatIsNotThereIsNotFound) {
  const auto session = Session::open("/nonexistent/simdprof.data");
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Errc::not_found);
}

}  // namespace
}  // namespace simdprof::cmd
