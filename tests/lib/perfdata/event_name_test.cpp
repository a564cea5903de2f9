#include "lib/perfdata/event_name.h"

#include <gtest/gtest.h>

namespace simdprof::perfdata {
namespace {

std::string name(std::uint32_t type, std::uint64_t config, std::uint64_t flags) {
  abi::EventAttr attr;
  attr.type = type;
  attr.config = config;
  attr.flags = flags;
  return default_event_name(attr);
}

// exclude_guest is what the tool sets by default once there is any other modifier.
TEST(DefaultEventName, CarriesTheModifiersThatTheFlagsAmountTo) {
  EXPECT_EQ(name(0, 0, 0), "cycles:HG") << "neither host nor guest is left out";
  EXPECT_EQ(name(0, 0, abi::kAttrExcludeGuest), "cycles");
  EXPECT_EQ(name(0, 1, abi::kAttrExcludeKernel | abi::kAttrExcludeHv | abi::kAttrExcludeGuest), "instructions:uH");
  EXPECT_EQ(name(0, 1, abi::kAttrExcludeKernel | abi::kAttrExcludeHv), "instructions:u");
  EXPECT_EQ(name(0, 0, 3U * abi::kAttrPreciseIp1), "cycles:ppp");
}

TEST(DefaultEventName, KnowsTheKindsOfEvents) {
  EXPECT_EQ(name(1, 9, abi::kAttrExcludeGuest), "dummy");
  EXPECT_EQ(name(3, 0x10000, abi::kAttrExcludeGuest), "L1-dcache-load-misses");
  EXPECT_EQ(name(3, 0x100, abi::kAttrExcludeGuest), "L1-dcache-stores");
  EXPECT_EQ(name(4, 0x1a8, abi::kAttrExcludeGuest), "raw 0x1a8");
  EXPECT_EQ(name(0, 0x400000000, abi::kAttrExcludeGuest), "cycles") << "the PMU's number in the upper half";
  EXPECT_EQ(name(2, 314, 0), "tracepoint 314");
}

TEST(DefaultEventName, NumbersThatAreNotKnownAreShown) {
  EXPECT_EQ(name(0, 99, abi::kAttrExcludeGuest), "unknown-hardware");
  EXPECT_EQ(name(3, 0xff, abi::kAttrExcludeGuest), "invalid-cache");
  EXPECT_EQ(name(8, 0x300, abi::kAttrExcludeGuest), "type 8 config 0x300");
}

}  // namespace
}  // namespace simdprof::perfdata
