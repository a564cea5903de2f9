#include "cmd/group_samples.h"

#include <gtest/gtest.h>

namespace simdprof::cmd {
namespace {

EventTable two_events() {
  EventTable table;
  table.events.resize(2);
  table.event_of_id = {{7, 0}, {8, 1}, {9, 5}};
  return table;
}

Sample sample_of(std::vector<ReadValue> values) {
  Sample sample;
  sample.read.values = std::move(values);
  return sample;
}

TEST(GroupSamples, ASampleIsWhatEachEventHasCountedSince) {
  const EventTable table = two_events();
  GroupSamples groups(table);
  const auto first = groups.take_apart(sample_of({{100, 7, 0}, {10, 8, 0}}));
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].event, 0U);
  EXPECT_EQ(first[0].count, 100U);
  EXPECT_EQ(first[1].count, 10U);
  const auto second = groups.take_apart(sample_of({{150, 7, 0}, {10, 8, 0}}));
  ASSERT_EQ(second.size(), 1U) << "the other has not counted";
  EXPECT_EQ(second[0].count, 50U);
  EXPECT_EQ(groups.take_apart(sample_of({{20, 7, 0}}))[0].count, 20U) << "it was reset";
}

TEST(GroupSamples, IdsOfNoEventArePassedOver) {
  const EventTable table = two_events();
  GroupSamples groups(table);
  EXPECT_TRUE(groups.take_apart(sample_of({{100, 77, 0}, {100, 9, 0}})).empty());
  EXPECT_TRUE(groups.take_apart(sample_of({})).empty());
}

TEST(GroupSamples, AGroupHasCountsAndIds) {
  EventDesc event;
  event.attr.sample_type = abi::PERF_SAMPLE_READ;
  event.attr.read_format = abi::PERF_FORMAT_GROUP;
  EXPECT_FALSE(GroupSamples::has_group(event));
  event.attr.read_format |= abi::PERF_FORMAT_ID;
  EXPECT_TRUE(GroupSamples::has_group(event));
  event.attr.sample_type = 0;
  EXPECT_FALSE(GroupSamples::has_group(event));
}

}  // namespace
}  // namespace simdprof::cmd
