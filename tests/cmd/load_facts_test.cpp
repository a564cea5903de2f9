#include "cmd/load_facts.h"

#include <gtest/gtest.h>

#include "cmd/open_input.h"
#include "tests/cmd/session_input.h"

namespace simdprof::cmd {
namespace {

using test::framed;
using test::HandRecording;
using test::kIpTidTime;
using test::words;
using test::operator+;

struct Loaded {
  RecordingFacts facts;
  Ledger ledger;
};

Loaded load(const HandRecording& file) {
  Loaded loaded;
  const auto input = open_input(file.path(), loaded.ledger);
  EXPECT_TRUE(input);
  if (input) loaded.facts = load_facts(**input, loaded.ledger);
  return loaded;
}

TEST(LoadFacts, EventsThatContradictEachOtherAreRefused) {
  const auto [facts, ledger] = load(HandRecording{
      {{StreamKind::metadata,
        0,
        {test::event_desc(0, kIpTidTime, 0, "a"), test::event_desc(0, kIpTidTime, 0, "a"),
         test::event_desc(0, 1, 0, "b"), test::event_desc(4000000000, 1, 0, "c"), test::event_desc(2, 1, 0, "d")}}}});
  EXPECT_EQ(facts.events.events.size(), 1U);
  EXPECT_EQ(ledger.skipped().at("EVENT_DESC").count, 3U) << "the repeated one is no contradiction";
  EXPECT_EQ(ledger.skipped().at("EVENT_DESC").first.fact, "event 0 is described twice");
}

TEST(LoadFacts, TracepointsHaveTheirIds) {
  const auto info = [](unsigned kind, const std::string& text) {
    test::Bytes payload = words({kind}) + test::text(text) + test::raw({0});
    payload.resize((payload.size() + 7) / 8 * 8);
    return framed(0x5344000c, payload);
  };
  const std::string format("sched\0name: sched_switch\nID: 372\n", 34);
  const auto [facts, ledger] =
      load(HandRecording{{{StreamKind::metadata,
                           0,
                           {info(0, format), info(0, std::string("s\0name: b\n", 10)),
                            info(1, std::string("\0first\n", 7)), info(1, std::string("\0second\n", 8))}}}});
  ASSERT_EQ(facts.tracepoints.size(), 1U);
  EXPECT_EQ(facts.tracepoints[0].system, "sched");
  EXPECT_EQ(facts.tracepoints[0].id, 372U);
  EXPECT_EQ(facts.kernel_texts, "first\nsecond\n");
  EXPECT_EQ(ledger.skipped().at("TRACEPOINT_INFO").count, 1U);
  abi::EventAttr attr;
  attr.type = abi::PERF_TYPE_TRACEPOINT;
  attr.config = 372;
  EXPECT_TRUE(facts.has_format(attr));
  attr.type = abi::PERF_TYPE_SOFTWARE;
  EXPECT_FALSE(facts.has_format(attr));
}

TEST(LoadFacts, IdsOfNoEventAreDropped) {
  const auto [facts, ledger] =
      load(HandRecording{{{StreamKind::metadata,
                           0,
                           {framed(0x53440002, words({7, 0, 77})), framed(0x53440002, words({0, 0, 78})),
                            test::event_desc(0, kIpTidTime, 0, "a")}}}});
  EXPECT_EQ(facts.events.event_of_id.size(), 1U) << "78 is of event 0, though named before it";
  EXPECT_EQ(facts.events.event_of_id.count(78), 1U);
}

TEST(LoadFacts, OneIdOfTwoEventsIsAContradiction) {
  const auto [facts, ledger] = load(HandRecording{
      {{StreamKind::metadata,
        0,
        {test::event_desc(0, 1, 0, "a"), test::event_desc(1, 1, 0, "b"), framed(0x53440002, words({0, 0, 77})),
         framed(0x53440002, words({0, 0, 77})), framed(0x53440002, words({1, 0, 77}))}}}});
  EXPECT_EQ(facts.events.event_of_id.at(77), 0U);
  EXPECT_EQ(ledger.skipped().at("EVENT_ID").count, 1U);
  EXPECT_EQ(ledger.skipped().at("EVENT_ID").first.fact, "id 77 belongs to events 0 and 1");
}

TEST(LoadFacts, MetadataInOtherStreamsIsNotLookedFor) {
  const auto [facts, ledger] = load(HandRecording{{{StreamKind::ring, 1, {test::host_fact("arch", "x86_64")}}}});
  EXPECT_TRUE(facts.host.empty());
  EXPECT_EQ(facts.arch, abi::Arch::unknown);
}

}  // namespace
}  // namespace simdprof::cmd
