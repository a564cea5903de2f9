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
  const auto data_pages = [](const char* text, std::size_t page_bytes) {
    return parse_ring_pages(text, page_bytes).value().data;
  };
  EXPECT_EQ(data_pages("128", 4096), 128U);
  EXPECT_EQ(data_pages("100", 4096), 128U);
  EXPECT_EQ(data_pages("512K", 4096), 128U);
  EXPECT_EQ(data_pages("4M", 4096), 1024U);
  EXPECT_EQ(data_pages("1B", 4096), 1U);
  EXPECT_EQ(data_pages("64K", 65536), 1U);
  EXPECT_EQ(parse_ring_pages("128", 4096)->aux, 0U);
  for (const char* text : {"", "0", "K", "-1", "2G", "1X", "99999999999999999999", "1099511627777K"}) {
    EXPECT_FALSE(parse_ring_pages(text, 4096)) << text;
  }
}

TEST(OptionValues, TheSizeOfAnAuxAreaFollowsAComma) {
  const auto both = parse_ring_pages("128,1M", 4096);
  ASSERT_TRUE(both);
  EXPECT_EQ(both->data, 128U);
  EXPECT_EQ(both->aux, 256U);
  const auto aux_alone = parse_ring_pages(",300", 4096);
  ASSERT_TRUE(aux_alone);
  EXPECT_EQ(aux_alone->data, 0U);
  EXPECT_EQ(aux_alone->aux, 512U);
  for (const char* text : {",", "128,", ",0", "128,X", "0,128", "1,2,3"}) {
    EXPECT_FALSE(parse_ring_pages(text, 4096)) << text;
  }
}

TEST(OptionValues, ByteSizesTakeUnits) {
  EXPECT_EQ(parse_byte_size("--snapshot", "4096"), 4096U);
  EXPECT_EQ(parse_byte_size("--snapshot", "64K"), 65536U);
  for (const char* text : {"", "0", "x", "1T", "2G", "-5"}) {
    const auto bytes = parse_byte_size("--snapshot", text);
    ASSERT_FALSE(bytes) << text;
    EXPECT_EQ(bytes.error().code, Errc::usage);
  }
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
