#include "cmd/address_filter.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

// A name of C, so that it is known without mangling. Not called: its place in the file is asked for.
extern "C" int simdprof_test_filtered_function(int value) { return value * 3 + 1; }

// Two labels without a size at one place, and one behind them. Not executed either.
asm(".text\n.balign 16\n"
    ".globl simdprof_test_first_alias, simdprof_test_last_alias, simdprof_test_behind_aliases\n"
    "simdprof_test_first_alias:\nsimdprof_test_last_alias:\n.zero 24\n"
    "simdprof_test_behind_aliases:\n.zero 8\n");

namespace simdprof::cmd {
namespace {

std::string own_program() {
  std::array<char, 4096> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  return {path.data(), static_cast<std::size_t>(size < 0 ? 0 : size)};
}

TEST(AddressFilter, NumbersAreLeftAsTheyAre) {
  const std::string plain = "filter 0x1000/0x80@/bin/app,start 64@/bin/app, stop 0xffffffff81000000";
  EXPECT_EQ(resolve_address_filter(plain), plain);
  EXPECT_EQ(resolve_address_filter(""), "");
  EXPECT_EQ(resolve_address_filter("filter"), "filter");
}

TEST(AddressFilter, BlanksAroundAFileGo) {
  EXPECT_EQ(resolve_address_filter("filter 0x1000/0x80 @ /bin/app"), "filter 0x1000/0x80@/bin/app");
}

TEST(AddressFilter, AFunctionIsItsPlaceInTheFileAndItsBytes) {
  const std::string file = own_program();
  const auto filter = resolve_address_filter("filter simdprof_test_filtered_function@" + file);
  ASSERT_TRUE(filter) << filter.error().fact;
  ASSERT_TRUE(filter->starts_with("filter 0x")) << *filter;
  EXPECT_TRUE(filter->ends_with("@" + file)) << *filter;
  // What stands at that place of the file is the function that is in memory.
  std::size_t used = 0;
  const std::string place = filter->substr(7);
  const std::uint64_t offset = std::stoull(place, &used, 16);
  ASSERT_EQ(place[used], '/') << *filter;
  const std::uint64_t bytes = std::stoull(place.substr(used + 1), nullptr, 16);
  ASSERT_GT(bytes, 0U);
  ASSERT_LT(bytes, 4096U);
  std::FILE* const opened = std::fopen(file.c_str(), "rb");
  ASSERT_NE(opened, nullptr);
  std::string code(bytes, '\0');
  std::fseek(opened, static_cast<long>(offset), SEEK_SET);
  EXPECT_EQ(std::fread(code.data(), 1, code.size(), opened), code.size());
  std::fclose(opened);
  const auto* memory = reinterpret_cast<const char*>(&simdprof_test_filtered_function);
  EXPECT_EQ(code, std::string(memory, bytes));
}

TEST(AddressFilter, AliasesWithoutASizeReachToWhatIsBehindThem) {
  const std::string file = own_program();
  for (const std::string name : {"simdprof_test_first_alias", "simdprof_test_last_alias"}) {
    const auto filter = resolve_address_filter("filter " + name + "@" + file);
    ASSERT_TRUE(filter) << filter.error().fact;
    EXPECT_NE(filter->find("/0x18@"), std::string::npos) << *filter;
  }
}

TEST(AddressFilter, WhereItStartsAndStopsHasNoSize) {
  const std::string file = own_program();
  const auto filter = resolve_address_filter("start simdprof_test_filtered_function@" + file);
  ASSERT_TRUE(filter) << filter.error().fact;
  EXPECT_EQ(filter->find('/'), filter->find('@') + 1) << "only those of the path: " << *filter;
  const auto given = resolve_address_filter("filter simdprof_test_filtered_function/0x4@" + file);
  ASSERT_TRUE(given) << given.error().fact;
  EXPECT_NE(given->find("/0x4@"), std::string::npos) << *given;
}

TEST(AddressFilter, WhatIsNotThereIsAnError) {
  const auto nobody = resolve_address_filter("filter nobody_has_this_name@" + own_program());
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, Errc::not_found);
  EXPECT_NE(nobody.error().fact.find("has no function 'nobody_has_this_name'"), std::string::npos);
  EXPECT_FALSE(resolve_address_filter("filter main@/nowhere/app"));
  EXPECT_FALSE(resolve_address_filter("filter main@/proc/self/status")) << "no program";
}

}  // namespace
}  // namespace simdprof::cmd
