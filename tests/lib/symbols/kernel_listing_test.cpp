#include "lib/symbols/kernel_listing.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(KernelListing, HasTheSymbolsOfTheRunningKernelOrSaysWhyNot) {
  const KernelListing listing = load_kernel_listing();
  if (!listing.status) {
    EXPECT_EQ(listing.symbols, nullptr);
    GTEST_SKIP() << render_error(listing.status.error());
  }
  ASSERT_NE(listing.symbols, nullptr);
  EXPECT_GT(listing.symbols->table.all().size(), 10000U);
  EXPECT_NE(listing.symbols->image_text, 0U);
}

TEST(KernelListing, IsTheSameWhenItIsReadAhead) {
  const KernelListing now = load_kernel_listing();
  const KernelListing ahead = load_kernel_listing_ahead().get();
  ASSERT_EQ(bool{now.status}, bool{ahead.status});
  if (!now.status) GTEST_SKIP() << render_error(now.status.error());
  EXPECT_EQ(ahead.symbols->image_text, now.symbols->image_text);
}

}  // namespace
}  // namespace simdprof
