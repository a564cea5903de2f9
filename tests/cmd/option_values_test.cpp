#include "cmd/option_values.h"

#include <gtest/gtest.h>

namespace simdprof::cmd {
namespace {

using std::chrono::milliseconds;

TEST(OptionValues, DurationsAreSecondsUnlessTheySayOtherwise) {
  EXPECT_EQ(parse_duration("5"), milliseconds(5000));
  EXPECT_EQ(parse_duration("2.5s"), milliseconds(2500));
  EXPECT_EQ(parse_duration("300ms"), milliseconds(300));
  EXPECT_EQ(parse_duration("2m"), milliseconds(120000));
  for (const char* text : {"", "0", "-1", "s", "5h", "5 s", "1e30", "inf", "nan", "0.0001"}) {
    const auto duration = parse_duration(text);
    ASSERT_FALSE(duration) << text;
    EXPECT_EQ(duration.error().code, Errc::usage) << text;
  }
}

TEST(OptionValues, RingSizesAreRoundedUpToAPowerOfTwoPages) {
  EXPECT_EQ(parse_ring_pages("128", 4096), 128U);
  EXPECT_EQ(parse_ring_pages("100", 4096), 128U);
  EXPECT_EQ(parse_ring_pages("512K", 4096), 128U);
  EXPECT_EQ(parse_ring_pages("4M", 4096), 1024U);
  EXPECT_EQ(parse_ring_pages("1B", 4096), 1U);
  EXPECT_EQ(parse_ring_pages("64K", 65536), 1U);
  for (const char* text : {"", "0", "K", "-1", "2G", "1X", "99999999999999999999", "1099511627777K"}) {
    EXPECT_FALSE(parse_ring_pages(text, 4096)) << text;
  }
  EXPECT_NE(parse_ring_pages("128,256", 4096).error().fact.find("AUX"), std::string::npos);
}

TEST(OptionValues, IdListsAreNumbersAboveZero) {
  EXPECT_EQ(parse_id_list("12"), (std::vector<std::int32_t>{12}));
  EXPECT_EQ(parse_id_list("12,7"), (std::vector<std::int32_t>{12, 7}));
  for (const char* text : {"", "0", "-3", "1,", ",1", "a", "1 2", "99999999999"}) {
    EXPECT_FALSE(parse_id_list(text)) << text;
  }
}

TEST(OptionValues, CallGraphsHaveAKindAndAStackSize) {
  EXPECT_FALSE(parse_call_graph("fp")->dwarf);
  EXPECT_TRUE(parse_call_graph("dwarf")->dwarf);
  EXPECT_EQ(parse_call_graph("dwarf")->stack_bytes, 8192U);
  EXPECT_EQ(parse_call_graph("dwarf,1001")->stack_bytes, 1008U);  // a multiple of 8
  EXPECT_EQ(parse_call_graph("dwarf,65528")->stack_bytes, 65528U);
  for (const char* text : {"", "lbr", "dwarf,", "dwarf,0", "dwarf,65529", "dwarf,x", "dwarfs", "dwarf,8,8"}) {
    EXPECT_FALSE(parse_call_graph(text)) << text;
  }
}

}  // namespace
}  // namespace simdprof::cmd
