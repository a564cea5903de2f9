#include "cmd/sample_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace simdprof::cmd {
namespace {

Sample sample_at(std::uint64_t time_ns, Pid pid, Tid tid, std::uint32_t cpu, CpuMode mode = CpuMode::user) {
  Sample sample;
  sample.present = abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_CPU;
  sample.time_ns = time_ns;
  sample.pid = pid;
  sample.tid = tid;
  sample.cpu = cpu;
  sample.mode = mode;
  return sample;
}

SampleFilter filter_of(const SampleFilterOptions& options) { return SampleFilter::make(options, std::nullopt).value(); }

Location place_in(std::string_view symbol, std::string_view dso, std::string_view path) {
  Location place;
  place.symbol = symbol;
  place.dso = dso;
  place.dso_path = path;
  return place;
}

TEST(FitsPattern, TakesStarsAndQuestionMarks) {
  EXPECT_TRUE(fits_pattern("main", "main"));
  EXPECT_FALSE(fits_pattern("main2", "main"));
  EXPECT_TRUE(fits_pattern("avx2_dot", "avx*_dot"));
  EXPECT_TRUE(fits_pattern("avx_dot", "avx*_dot"));
  EXPECT_TRUE(fits_pattern("a_dot_dot", "*_dot"));
  EXPECT_FALSE(fits_pattern("a_dot_x", "*_dot"));
  EXPECT_TRUE(fits_pattern("ab", "a?"));
  EXPECT_FALSE(fits_pattern("a", "a?"));
  EXPECT_TRUE(fits_pattern("", "*"));
  EXPECT_FALSE(fits_pattern("", "?"));
  EXPECT_TRUE(fits_pattern("f(char*)", "f(char*)"));
  EXPECT_TRUE(fits_pattern("x::operator[]", "x::operator[]"));
}

TEST(ParseNumberList, TakesNumbersAndRanges) {
  EXPECT_THAT(parse_number_list("0,2-4", "--cpu", 100).value(), testing::ElementsAre(0, 2, 3, 4));
  EXPECT_THAT(parse_number_list("7", "--cpu", 100).value(), testing::ElementsAre(7));
}

TEST(ParseNumberList, RefusesWhatIsNone) {
  for (const char* text : {"", ",", "1,", "a", "4-2", "-1", "1-", "101", "1-2-3", "0-4294967295", "1 2"}) {
    EXPECT_FALSE(parse_number_list(text, "--cpu", 100)) << text;
  }
  EXPECT_FALSE(parse_number_list("0-70000", "--cpu", 100000));  // more than the bound of one range
}

TEST(SampleFilter, WithoutOptionsTakesAll) {
  auto filter = filter_of({});
  EXPECT_TRUE(filter.accepts(Sample{}));
  EXPECT_FALSE(filter.needs_comm());
  EXPECT_FALSE(filter.needs_place());
  EXPECT_TRUE(filter.accepts_place(Location{}));
}

TEST(SampleFilter, EveryOptionMustFit) {
  SampleFilterOptions options;
  options.tids = "12,14-16";
  options.pids = "10";
  options.cpus = "1";
  options.time = "1,2";
  const auto filter = filter_of(options);
  EXPECT_TRUE(filter.accepts(sample_at(1'000'000'000, 10, 15, 1)));
  EXPECT_FALSE(filter.accepts(sample_at(2'000'000'001, 10, 15, 1)));
  EXPECT_FALSE(filter.accepts(sample_at(1'000'000'000, 11, 15, 1)));
  EXPECT_FALSE(filter.accepts(sample_at(1'000'000'000, 10, 13, 1)));
  EXPECT_FALSE(filter.accepts(sample_at(1'000'000'000, 10, 15, 0)));
  EXPECT_FALSE(filter.accepts(sample_at(1'000'000'000, 10, 15, 2)));
}

TEST(SampleFilter, ASampleWithoutTheFieldDoesNotFit) {
  SampleFilterOptions options;
  options.cpus = "0";
  EXPECT_FALSE(filter_of(options).accepts(Sample{}));
  options = {};
  options.time = "0,";
  EXPECT_FALSE(filter_of(options).accepts(Sample{}));
  options = {};
  options.tids = "0";
  EXPECT_FALSE(filter_of(options).accepts(Sample{}));
}

TEST(SampleFilter, ModesAreKernelAndUserAndGuestsAreNeither) {
  SampleFilterOptions options;
  options.kernel_only = true;
  EXPECT_TRUE(filter_of(options).accepts(sample_at(1, 1, 1, 0, CpuMode::kernel)));
  EXPECT_FALSE(filter_of(options).accepts(sample_at(1, 1, 1, 0, CpuMode::user)));
  EXPECT_FALSE(filter_of(options).accepts(sample_at(1, 1, 1, 0, CpuMode::guest_kernel)));
  options.kernel_only = false;
  options.user_only = true;
  EXPECT_TRUE(filter_of(options).accepts(sample_at(1, 1, 1, 0, CpuMode::user)));
  EXPECT_FALSE(filter_of(options).accepts(sample_at(1, 1, 1, 0, CpuMode::guest_user)));
}

TEST(SampleFilter, ListsOfNamesKeepTheCommasOfCxxNames) {
  SampleFilterOptions options;
  options.symbols = {"f(int, char),map<a, b>::at,main", "plain"};
  auto filter = filter_of(options);
  EXPECT_TRUE(filter.needs_place());
  for (const char* name : {"f(int, char)", "map<a, b>::at", "main", "plain"}) {
    EXPECT_TRUE(filter.accepts_place(place_in(name, "a", "/a"))) << name;
  }
  EXPECT_FALSE(filter.accepts_place(place_in("f(int", "a", "/a")));
  EXPECT_FALSE(filter.accepts_place(place_in("", "a", "/a")));
}

TEST(SampleFilter, ADsoFitsByItsShortNameOrItsPath) {
  SampleFilterOptions options;
  options.dsos = {"libc.so.*"};
  auto by_name = filter_of(options);
  EXPECT_TRUE(by_name.accepts_place(place_in("memcpy", "libc.so.6", "/usr/lib/libc.so.6")));
  EXPECT_FALSE(by_name.accepts_place(place_in("memcpy", "libm.so.6", "/usr/lib/libm.so.6")));
  options.dsos = {"/usr/*"};
  auto by_path = filter_of(options);
  EXPECT_TRUE(by_path.accepts_place(place_in("", "libc.so.6", "/usr/lib/libc.so.6")));
  EXPECT_FALSE(by_path.accepts_place(place_in("", "app", "/home/app")));
}

TEST(SampleFilter, BadOptionsAreUsageErrors) {
  for (auto member : {&SampleFilterOptions::tids, &SampleFilterOptions::pids, &SampleFilterOptions::cpus,
                      &SampleFilterOptions::time}) {
    SampleFilterOptions options;
    options.*member = "nonsense";
    const auto filter = SampleFilter::make(options, std::nullopt);
    ASSERT_FALSE(filter);
    EXPECT_EQ(filter.error().code, Errc::usage);
    EXPECT_NE(filter.error().fact.find("nonsense"), std::string::npos);
  }
}

}  // namespace
}  // namespace simdprof::cmd
