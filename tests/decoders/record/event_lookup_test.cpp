#include "decoders/record/event_lookup.h"

#include <gtest/gtest.h>

#include "tests/decoders/record/record_input.h"

namespace simdprof {
namespace {

using namespace abi;
using test::attr_of;
using test::events_of;
using test::record_of;
using test::words;

TEST(EventLookup, IdentifierIsTheFirstWordOfASample) {
  auto events = events_of({attr_of(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP), attr_of(PERF_SAMPLE_IDENTIFIER)});
  events.event_of_id = {{7, 0}, {8, 1}};
  const auto payload = words({8, 0x401000});
  EXPECT_EQ(find_sample_event(record_of(PERF_RECORD_SAMPLE, payload), events), 1U);
}

TEST(EventLookup, IdStandsAfterIpTidTimeAndAddr) {
  const std::uint64_t type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR | PERF_SAMPLE_ID;
  auto events = events_of({attr_of(type | PERF_SAMPLE_CPU), attr_of(type)});
  events.event_of_id = {{7, 0}, {8, 1}};
  const auto payload = words({7, 7, 7, 7, 8});
  EXPECT_EQ(find_sample_event(record_of(PERF_RECORD_SAMPLE, payload), events), 1U);
}

TEST(EventLookup, AnUnknownIdGivesEventZeroOnlyWhereLayoutsAreOne) {
  const auto payload = words({9, 0x401000});
  auto events = events_of({attr_of(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP)});
  EXPECT_EQ(find_sample_event(record_of(PERF_RECORD_SAMPLE, payload), events), 0U);
  events =
      events_of({attr_of(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP), attr_of(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP)});
  EXPECT_EQ(find_sample_event(record_of(PERF_RECORD_SAMPLE, payload), events), 0U);
  events.events[1].attr.sample_regs_intr = 1;
  const auto refused = find_sample_event(record_of(PERF_RECORD_SAMPLE, payload), events);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fact, "id 9 belongs to no event");
}

TEST(EventLookup, ThousandsOfEventsAreNotComparedForEachUnknownId) {
  EventTable events;
  events.events.resize(64, {attr_of(PERF_SAMPLE_IDENTIFIER), "event"});
  const auto payload = words({9});
  EXPECT_EQ(find_sample_event(record_of(PERF_RECORD_SAMPLE, payload), events), 0U);
  events.events.resize(65, {attr_of(PERF_SAMPLE_IDENTIFIER), "event"});
  EXPECT_FALSE(find_sample_event(record_of(PERF_RECORD_SAMPLE, payload), events));
}

TEST(EventLookup, WithoutEventsOrIdsASampleHasNoLayout) {
  const auto payload = words({9, 0x401000});
  const auto raw = record_of(PERF_RECORD_SAMPLE, payload);
  EXPECT_FALSE(find_sample_event(raw, EventTable{}));
  EXPECT_FALSE(find_sample_event(raw, events_of({attr_of(PERF_SAMPLE_IP), attr_of(PERF_SAMPLE_IP | PERF_SAMPLE_TID)})));
}

TEST(EventLookup, ASampleThatEndsBeforeItsIdIsTruncated) {
  const auto events = events_of({attr_of(PERF_SAMPLE_IDENTIFIER), attr_of(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP)});
  const auto refused = find_sample_event(record_of(PERF_RECORD_SAMPLE, test::raw({1, 2, 3})), events);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::truncated);
}

TEST(EventLookup, EventsThatKeepTheirIdAtOtherPlacesAreRefused) {
  auto events = events_of({attr_of(PERF_SAMPLE_IDENTIFIER), attr_of(PERF_SAMPLE_IP | PERF_SAMPLE_ID)});
  events.event_of_id = {{8, 1}};
  const auto payload = words({8, 0});
  EXPECT_FALSE(find_sample_event(record_of(PERF_RECORD_SAMPLE, payload), events));
}

TEST(EventLookup, TheTrailerOfOtherRecordsEndsWithTheIdentifier) {
  auto events = events_of({attr_of(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TIME, kAttrSampleIdAll),
                           attr_of(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TIME, kAttrSampleIdAll)});
  events.event_of_id = {{8, 1}};
  const auto payload = words({1, 2, 1000, 8});
  EXPECT_EQ(find_trailer_event(record_of(PERF_RECORD_LOST, payload), events), 1U);
}

TEST(EventLookup, IdInATrailerStandsBeforeStreamIdAndCpu) {
  const std::uint64_t type = PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU;
  auto events = events_of({attr_of(type, kAttrSampleIdAll), attr_of(type, kAttrSampleIdAll)});
  events.event_of_id = {{8, 1}};
  const auto payload = words({1, 2, 8, 5, 6});
  EXPECT_EQ(find_trailer_event(record_of(PERF_RECORD_LOST, payload), events), 1U);
}

TEST(EventLookup, TrailersHaveAWordForEachOfSixBits) {
  const std::uint64_t type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID |
                             PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_PERIOD;
  EXPECT_EQ(trailer_bytes(attr_of(type, kAttrSampleIdAll)), 48U);
  EXPECT_EQ(trailer_bytes(attr_of(type)), 0U);
}

}  // namespace
}  // namespace simdprof
