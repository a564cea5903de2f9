#include "lib/capture/split_counter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace simdprof {
namespace {

// Gives prepared reads one after another, and how many were taken.
struct Script {
  std::vector<std::uint64_t> reads;
  std::size_t taken = 0;
  std::uint64_t operator()() { return reads.at(taken++); }
};

std::uint64_t load(Script& script) {
  return load_split_counter([&] { return script(); });
}

TEST(SplitCounter, ReturnsTheSecondOfThreeReadsOfOneEpoch) {
  Script script{{0x100000010, 0x100000020, 0x100000030}};
  EXPECT_EQ(load(script), 0x100000020U);
  EXPECT_EQ(script.taken, 3U);
}

TEST(SplitCounter, ReadsAgainWhenTheFirstWasTorn) {
  // From 0xffffffff to 0x1'00000000: the low half of the old value with the high half of the new one.
  Script script{{0x1ffffffff, 0x100000000, 0x200000000, 0x200000000, 0x200000008, 0x200000010}};
  EXPECT_EQ(load(script), 0x200000008U);
  EXPECT_EQ(script.taken, 6U);
}

TEST(SplitCounter, NeverReturnsATornSecondRead) {
  // The second read is torn, and then the third has the new upper word.
  Script script{{0x0fffffff0, 0x1fffffff0, 0x100000000, 0x100000000, 0x100000010, 0x100000020}};
  EXPECT_EQ(load(script), 0x100000010U);
}

TEST(SplitCounter, NeverReturnsATornThirdRead) {
  // The third read took its upper word before the carry and its lower one after it: the upper words agree.
  Script script{{0xfffffff0, 0xfffffff8, 0x00000008}};
  EXPECT_EQ(load(script), 0xfffffff8U);
}

TEST(SplitCounter, HalvesOfAGrowingCounterAreNeverMixed) {
  // Every value is n * step, and the halves of different values never make a multiple of it.
  constexpr std::uint64_t kStep = 0x3fffffff1;
  alignas(8) std::atomic<std::uint64_t> counter{0};
  constexpr std::uint64_t kSteps = 20000;
  std::thread writer([&] {
    for (std::uint64_t i = 1; i <= kSteps; ++i) counter.store(i * kStep, std::memory_order_release);
  });
  const auto read_halves = [&] {  // two loads of the counter, and one half of each: what a torn load gives
    const std::uint64_t low = counter.load(std::memory_order_acquire) & 0xffffffff;
    return (counter.load(std::memory_order_acquire) >> 32U) << 32U | low;
  };
  std::uint64_t last = 0;
  while (last != kSteps * kStep) {
    const std::uint64_t value = load_split_counter(read_halves);
    ASSERT_EQ(value % kStep, 0U) << value;
    ASSERT_GE(value, last);
    last = value;
  }
  writer.join();
}

TEST(SplitCounter, StoresUpToTheLastValueOf32Bits) {
  EXPECT_TRUE(fits_split_store(0));
  EXPECT_TRUE(fits_split_store(0xffffffff));
  EXPECT_FALSE(fits_split_store(0x100000000));
}

}  // namespace
}  // namespace simdprof
