#include "lib/capture/cpu_list.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(ParseCpuList, TakesNumbersAndRangesInAnyOrder) {
  const auto cpus = parse_cpu_list("5,0-2,2");
  ASSERT_TRUE(cpus);
  EXPECT_EQ(*cpus, (std::vector<std::int32_t>{0, 1, 2, 5}));
}

TEST(ParseCpuList, RefusesWhatIsNoList) {
  for (const char* text : {"", "a", "1,", ",1", "1-", "-1", "3-1", "1-2-3", "65536", "0-99999999999", "1 2"}) {
    const auto cpus = parse_cpu_list(text);
    ASSERT_FALSE(cpus) << text;
    EXPECT_EQ(cpus.error().code, Errc::usage) << text;
  }
}

TEST(OnlineCpus, HaveTheCpuThatRunsThis) {
  const auto cpus = load_online_cpus();
  ASSERT_FALSE(cpus.empty());
  EXPECT_GE(cpus.front(), 0);
}

}  // namespace
}  // namespace simdprof
