#include "lib/capture/event_names.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace simdprof {
namespace {

struct Known {
  const char* name;
  std::uint32_t type;
  std::uint64_t config;
};

// Numbers from uapi linux/perf_event.h, written out.
class KnownEvent : public testing::TestWithParam<Known> {};
TEST_P(KnownEvent, HasTheCodeOfTheKernelHeader) {
  const auto code = find_event_code(GetParam().name);
  ASSERT_TRUE(code) << GetParam().name;
  EXPECT_EQ(code->type, GetParam().type) << GetParam().name;
  EXPECT_EQ(code->config, GetParam().config) << GetParam().name;
}
INSTANTIATE_TEST_SUITE_P(
    All, KnownEvent,
    testing::Values(Known{"cycles", 0, 0}, Known{"cpu-cycles", 0, 0}, Known{"instructions", 0, 1},
                    Known{"cache-references", 0, 2}, Known{"cache-misses", 0, 3}, Known{"branches", 0, 4},
                    Known{"branch-misses", 0, 5}, Known{"bus-cycles", 0, 6}, Known{"idle-cycles-frontend", 0, 7},
                    Known{"stalled-cycles-backend", 0, 8}, Known{"ref-cycles", 0, 9}, Known{"cpu-clock", 1, 0},
                    Known{"task-clock", 1, 1}, Known{"faults", 1, 2}, Known{"page-faults", 1, 2}, Known{"cs", 1, 3},
                    Known{"migrations", 1, 4}, Known{"minor-faults", 1, 5}, Known{"major-faults", 1, 6},
                    Known{"alignment-faults", 1, 7}, Known{"emulation-faults", 1, 8}, Known{"dummy", 1, 9},
                    Known{"bpf-output", 1, 10}, Known{"cgroup-switches", 1, 11},
                    // cache | operation << 8 | result << 16
                    Known{"L1-dcache-load-misses", 3, 0x10000}, Known{"L1-dcache-loads", 3, 0},
                    Known{"L1-dcache-stores", 3, 0x100}, Known{"L1-dcache-prefetch-misses", 3, 0x10200},
                    Known{"L1-icache-load-misses", 3, 0x10001}, Known{"LLC-loads", 3, 2},
                    Known{"llc-store-misses", 3, 0x10102}, Known{"dTLB-load-misses", 3, 0x10003},
                    Known{"iTLB-loads", 3, 4}, Known{"branch-loads", 3, 5}, Known{"branch-load-misses", 3, 0x10005},
                    Known{"node-prefetches", 3, 0x206}, Known{"l1d-misses-read", 3, 0x10000}, Known{"LLC", 3, 2}));

TEST(EventNames, UnknownNamesHaveNoCode) {
  for (const char* name : {"", "cycle", "L1-dcache-", "L1-dcache-foo", "L1-dcache-load-load", "iTLB-stores",
                           "L1-icache-store-misses", "LLCloads", "CYCLES"}) {
    EXPECT_FALSE(find_event_code(name)) << name;
  }
}

TEST(EventNames, EveryListedNameIsKnown) {
  const auto entries = list_event_names();
  EXPECT_GT(entries.size(), 40U);
  for (const EventListEntry& entry : entries) {
    const std::string first = entry.names.substr(0, entry.names.find(" OR "));
    EXPECT_TRUE(find_event_code(first)) << entry.names;
  }
}

TEST(EventNames, AMisspeltNameFindsItsNeighbour) {
  EXPECT_EQ(nearest_event_name("cylces"), "cycles");
  EXPECT_EQ(nearest_event_name("task-clok"), "task-clock");
  EXPECT_EQ(nearest_event_name("l1-dcache-load-mises"), "L1-dcache-load-misses");
  EXPECT_EQ(nearest_event_name("quite-something-else"), "");
}

TEST(EventNames, EditDistanceCountsLetters) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("ABC", "abc"), 0U);
}

TEST(EventNames, AVeryLongWordIsNotCompared) { EXPECT_EQ(nearest_word(std::string(100000, 'a'), {"aaa"}), ""); }

}  // namespace
}  // namespace simdprof
