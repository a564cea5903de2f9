#include "cmd/sample_notes.h"

#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "cmd/sample_source.h"
#include "tests/cmd/session_input.h"

namespace simdprof::cmd {
namespace {

using test::HandRecording;
using test::HandRun;

HandRun metadata() {
  return {StreamKind::metadata,
          0,
          {test::event_desc(0, test::kIpTidTime, 0, "task-clock"), test::host_fact("arch", "x86_64")}};
}

/// Samples of thread 1, by their times.
HandRun small_records(std::uint32_t stream, const std::vector<std::uint64_t>& times) {
  HandRun run{StreamKind::ring, stream, {}, times.front(), times.back()};
  for (const std::uint64_t time_ns : times) run.records.push_back(test::ip_tid_time(0x401000, 1, time_ns));
  return run;
}

/// Such samples with different addresses, in a run that is decoded ahead.
HandRun large_records(std::uint32_t stream, const std::vector<std::uint64_t>& times) {
  HandRun run{StreamKind::ring, stream, {}, times.front(), times.back()};
  for (const std::uint64_t time_ns : times) {
    run.records.push_back(test::ip_tid_time(0x401000 + time_ns, 1, time_ns));
    run.records.push_back(test::wide_comm(time_ns));
  }
  return run;
}

void write_text(const Sample& sample, fmt::memory_buffer& out) {
  fmt::format_to(std::back_inserter(out), "{}@{} ", sample.ip, sample.time_ns);
}
WantedNotes::WriteText writer() { return write_text; }

std::string texts_of(const std::vector<HandRun>& runs) {
  const HandRecording file{runs};
  SampleOptions options;
  options.input = file.path();
  auto source = SampleSource::open(options, {});
  if (!source) return source.error().fact;
  source->prepare_texts(writer);
  std::string all;
  while (const SampleHit* hit = source->next()) all += hit->text.text;
  return all;
}

// Runs of many small records are decoded when their turn comes, others ahead: a reader sees no difference.
TEST(SampleNotes, EachSampleHasItsText) {
  EXPECT_EQ(texts_of({metadata(), small_records(1, {10, 40}), small_records(2, {20, 30})}),
            "4198400@10 4198400@20 4198400@30 4198400@40 ");
  EXPECT_EQ(texts_of({metadata(), large_records(1, {10, 20, 30})}), "4198410@10 4198420@20 4198430@30 ");
  EXPECT_EQ(texts_of({metadata(), large_records(1, {10, 30}), small_records(2, {20})}),
            "4198410@10 4198400@20 4198430@30 ");
}

TEST(SampleNotes, MemoryOfRunsThatAreUsedUpBringsNothingAlong) {
  std::vector<HandRun> runs = {metadata()};
  std::string expected;
  for (std::uint64_t at = 100; at < 4100; at += 100) {
    runs.push_back(large_records(1, at % 300 == 0 ? std::vector{at} : std::vector{at, at + 7, at + 50}));
    for (const std::uint64_t time_ns : at % 300 == 0 ? std::vector{at} : std::vector{at, at + 7, at + 50}) {
      expected += fmt::format("{}@{} ", 0x401000 + time_ns, time_ns);
    }
  }
  EXPECT_EQ(texts_of(runs), expected);
}

Session opened(const HandRecording& file) {
  auto session = Session::open(file.path());
  EXPECT_TRUE(session) << session.error().fact;
  return *std::move(session);
}

SampleGroups::Rules all_grouped() {
  SampleGroups::Rules rules;
  rules.grouped = {true};
  return rules;
}

TEST(SampleNotes, GroupsAndTextsAreOfTheSameSample) {
  HandRun run = large_records(1, {10, 20});
  run.records.push_back(test::ip_tid_time(0x401000 + 10, 1, 30));  // as the first
  run.last_time_ns = 30;
  const HandRecording file{{metadata(), run}};
  Session session = opened(file);
  session.note_runs(note_samples({all_grouped(), writer}));
  std::vector<SampleGroups::Group*> groups;
  std::vector<std::string> texts;
  while (const Record* record = session.next()) {
    if (!std::holds_alternative<Sample>(record->body)) {
      EXPECT_EQ(noted_group(session), nullptr);
      continue;
    }
    groups.push_back(noted_group(session));
    texts.emplace_back(noted_text(session)->text);
  }
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_NE(groups[0], nullptr);
  EXPECT_NE(groups[0], groups[1]);
  EXPECT_EQ(groups[0], groups[2]);
  EXPECT_EQ(texts, (std::vector<std::string>{"4198410@10 ", "4198420@20 ", "4198410@30 "}));
}

TEST(SampleNotes, PlainIsSaidOfEachSampleByItself) {
  const HandRecording file{{metadata(), large_records(1, {10, 20, 30})}};
  Session session = opened(file);
  WantedNotes wanted;
  wanted.plain = [](const Sample& sample) { return sample.time_ns != 20; };
  session.note_runs(note_samples(wanted));
  std::vector<bool> plain;
  while (const Record* record = session.next()) {
    if (std::holds_alternative<Sample>(record->body)) plain.push_back(noted_plain(session));
  }
  EXPECT_EQ(plain, (std::vector<bool>{true, false, true}));
}

TEST(SampleNotes, TheOwnerKeepsTheTextsOfARun) {
  const HandRecording file{{metadata(), large_records(1, {10, 20})}};
  NotedText last;
  std::shared_ptr<const void> owner;
  {
    Session session = opened(file);
    session.note_runs(note_samples({std::nullopt, writer}));
    while (const Record* record = session.next()) {
      if (!std::holds_alternative<Sample>(record->body)) continue;
      last = *noted_text(session);
      owner = *last.owner;
    }
  }
  EXPECT_EQ(last.text, "4198420@20 ");
  EXPECT_EQ(owner.use_count(), 1);
}

TEST(SampleNotes, WhatIsNotWantedIsNotThere) {
  EXPECT_FALSE(note_samples({})) << "nothing to be called for each run";
  const HandRecording file{{metadata(), large_records(1, {10})}};
  Session with_text = opened(file);
  with_text.note_runs(note_samples({std::nullopt, writer}));
  Session with_groups = opened(file);
  with_groups.note_runs(note_samples({all_grouped(), {}}));
  for (Session* session : {&with_text, &with_groups}) {
    while (!std::holds_alternative<Sample>(session->next()->body)) {
    }
  }
  EXPECT_EQ(noted_group(with_text), nullptr);
  EXPECT_EQ(noted_text(with_text)->text, "4198410@10 ");
  EXPECT_NE(noted_group(with_groups), nullptr);
  EXPECT_EQ(noted_text(with_groups)->text, "");
}

TEST(SampleNotes, ARunThatWasNotDecodedAheadHasNone) {
  const HandRecording file{{metadata(), small_records(1, {10})}};
  Session session = opened(file);
  session.note_runs(note_samples({all_grouped(), writer}));
  while (!std::holds_alternative<Sample>(session.next()->body)) {
  }
  EXPECT_EQ(noted_group(session), nullptr);
  EXPECT_FALSE(noted_text(session));
  EXPECT_FALSE(noted_plain(session));
}

}  // namespace
}  // namespace simdprof::cmd
