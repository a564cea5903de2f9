#include "cmd/kernel_ahead.h"

#include <gtest/gtest.h>

#include "lib/symbols/vdso_image.h"

namespace simdprof::cmd {
namespace {

constexpr std::uint64_t kLarge = std::uint64_t{1} << 30U;

bool begins(const InputHead& head) {
  KernelListingAhead listing;
  read_kernel_beside(listing)(head);
  return listing.valid();
}

TEST(KernelAhead, IsBegunForALargeRecordingOfThisKernel) { EXPECT_TRUE(begins({kLarge, running_release(), true})); }

TEST(KernelAhead, IsNotWhereNobodyNeedsItOrItIsReadSoonEnough) {
  EXPECT_FALSE(begins({1000, running_release(), true}));
  EXPECT_FALSE(begins({kLarge, running_release(), false}));
  EXPECT_FALSE(begins({kLarge, "2.6.39-other", true}));
  EXPECT_FALSE(begins({kLarge, "", true}));
}

}  // namespace
}  // namespace simdprof::cmd
