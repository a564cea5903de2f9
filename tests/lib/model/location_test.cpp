#include "lib/model/location.h"

#include <gtest/gtest.h>

#include <set>

namespace simdprof {
namespace {

TEST(UnresolvedName, GivesEveryReasonItsOwnWords) {
  std::set<std::string_view> names;
  for (unsigned reason = 0; reason <= static_cast<unsigned>(Unresolved::guest); ++reason) {
    names.insert(unresolved_name(static_cast<Unresolved>(reason)));
  }
  EXPECT_EQ(names.size(), 10U);
  EXPECT_FALSE(names.contains("unknown"));
}

TEST(Location, IsUnresolvedUntilSomethingWasFound) {
  const Location location;
  EXPECT_NE(location.reason, Unresolved::resolved);
  EXPECT_TRUE(location.symbol.empty());
  EXPECT_TRUE(location.frames.empty());
}

}  // namespace
}  // namespace simdprof
