#include "decoders/aux/aux_clock.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(AuxClock, TicksAreMultipliedBeforeTheyAreShifted) {
  EXPECT_EQ(aux_time_ns({10, 40960, 5}, 1000), 40005U);
  EXPECT_EQ(aux_time_ns({0, 0, 5}, 1000), AuxPlace::kNoAuxTime);
  EXPECT_EQ(aux_time_ns({64, 1, 0}, 1000), AuxPlace::kNoAuxTime);
  EXPECT_EQ(aux_time_ns({31, 0x80000000, 0}, 0xffffffffff), 0xffffffffffU);
}

}  // namespace
}  // namespace simdprof
