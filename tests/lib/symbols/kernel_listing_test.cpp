#include "lib/symbols/kernel_listing.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(KernelListing, HasTheSymbolsOfTheRunningKernelOrSaysWhyNot) {
  const auto listing = load_kernel_listing();
  if (!listing) {
    EXPECT_FALSE(listing.error().fact.empty());
    GTEST_SKIP() << render_error(listing.error());
  }
  ASSERT_NE(listing->symbols, nullptr);
  EXPECT_GT(listing->symbols->table.all().size(), 10000U);
  EXPECT_NE(listing->symbols->image_text, 0U);
}

TEST(KernelListing, IsTheSameWhenItIsReadAhead) {
  const auto now = load_kernel_listing();
  const auto ahead = load_kernel_listing_ahead().get();
  ASSERT_EQ(now.has_value(), ahead.has_value());
  if (!now) GTEST_SKIP() << render_error(now.error());
  EXPECT_EQ(ahead->symbols->image_text, now->symbols->image_text);
}

}  // namespace
}  // namespace simdprof
