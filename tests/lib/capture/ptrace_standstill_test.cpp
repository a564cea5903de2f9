#include "lib/capture/ptrace_standstill.h"

#include <gtest/gtest.h>

#include <array>

namespace simdprof {
namespace {

constexpr std::uint64_t kSoonNs = 40'000;  // one stop right after the other
constexpr bool kRan = true;

/// So many stops of thread `tid`, `step_ns` apart. @return how many of them were told to stand still
unsigned stop_often(Standstill& standstill, Tid tid, unsigned stops, std::uint64_t step_ns, std::uint64_t hash,
                    bool ran) {
  unsigned found = 0;
  for (unsigned i = 0; i < stops; ++i) found += standstill.add(tid, hash, 1000 + i * step_ns, ran) ? 1 : 0;
  return found;
}

TEST(Standstill, AThreadThatStopsInOnePlaceWithoutRunningStandsStill) {
  Standstill standstill;
  EXPECT_EQ(stop_often(standstill, 7, Standstill::kMostStops, kSoonNs, 11, !kRan), 0U);
  EXPECT_TRUE(standstill.add(7, 11, 1000 + Standstill::kMostStops * kSoonNs, !kRan));
}

TEST(Standstill, IsToldOnceForEachSoManyStops) {
  Standstill standstill;
  EXPECT_EQ(stop_often(standstill, 7, 3 * Standstill::kMostStops + 1, kSoonNs, 11, !kRan), 3U);
}

TEST(Standstill, AHitInUserModeIsProgress) {
  Standstill standstill;
  EXPECT_EQ(stop_often(standstill, 7, 1000, kSoonNs, 11, kRan), 0U);
  // One among the others is enough.
  EXPECT_EQ(stop_often(standstill, 7, Standstill::kMostStops - 1, kSoonNs, 11, !kRan), 0U);
  EXPECT_FALSE(standstill.add(7, 11, 5'000'000, kRan));
  EXPECT_EQ(stop_often(standstill, 7, Standstill::kMostStops - 1, kSoonNs, 11, !kRan), 0U);
}

TEST(Standstill, OtherRegistersAreProgress) {
  Standstill standstill;
  for (std::uint64_t i = 0; i < 1000; ++i) EXPECT_FALSE(standstill.add(7, i / 2, i * kSoonNs, !kRan));
}

TEST(Standstill, StopsWithTimeBetweenThemAreNone) {
  Standstill standstill;
  EXPECT_EQ(stop_often(standstill, 7, 1000, 1'000'000, 11, !kRan), 0U);  // 1000 Hz, one system call in a loop
}

TEST(Standstill, ThreadsAreToldApart) {
  Standstill standstill;
  for (unsigned i = 0; i < Standstill::kMostStops; ++i) {
    EXPECT_FALSE(standstill.add(7, 11, i * kSoonNs, !kRan));
    EXPECT_FALSE(standstill.add(8, 11, i * kSoonNs, !kRan));
  }
  standstill.forget(7);
  EXPECT_FALSE(standstill.add(7, 11, Standstill::kMostStops * kSoonNs, !kRan));
  EXPECT_TRUE(standstill.add(8, 11, Standstill::kMostStops * kSoonNs, !kRan));
}

TEST(HashGeneralRegisters, EveryByteCounts) {
  std::array<std::byte, 216> block{};
  const std::uint64_t before = hash_general_registers(block);
  EXPECT_EQ(hash_general_registers(block), before);
  for (auto& byte : block) {
    byte = std::byte{1};
    EXPECT_NE(hash_general_registers(block), before);
    byte = std::byte{0};
  }
}

}  // namespace
}  // namespace simdprof
