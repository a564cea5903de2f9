#include "lib/symbols/demangle.h"

#include <gtest/gtest.h>

#include <string>

namespace simdprof {
namespace {

std::string shown(const std::string& name) { return demangle(name.c_str()).value_or("as it is"); }

TEST(Demangle, WritesCppNames) {
  EXPECT_EQ(shown("_ZN3foo3barEi"), "foo::bar(int)");
  EXPECT_EQ(shown("_ZNSt6vectorIiSaIiEE9push_backEOi"), "std::vector<int, std::allocator<int> >::push_back(int&&)");
  EXPECT_EQ(shown("_ZL4helpv.cold"), "help() [clone .cold]");
}

TEST(Demangle, WritesRustNamesWithoutTheirHash) {
  EXPECT_EQ(shown("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE"), "core::fmt::Formatter::pad");
  EXPECT_EQ(shown("_RNvC6_123foo3bar"), "123foo::bar");
}

TEST(Demangle, LeavesOtherNamesAlone) {
  EXPECT_EQ(shown("main"), "as it is");
  EXPECT_EQ(shown(""), "as it is");
  EXPECT_EQ(shown("_start"), "as it is");
  EXPECT_EQ(shown("_Z"), "as it is");
  EXPECT_EQ(shown("_ZN3fo"), "as it is");
  EXPECT_EQ(shown("_R"), "as it is");
}

TEST(Demangle, RefusesNamesThatWouldCostTheStack) { EXPECT_EQ(shown("_Z" + std::string(1 << 20, 'P')), "as it is"); }

}  // namespace
}  // namespace simdprof
