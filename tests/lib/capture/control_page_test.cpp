#include "lib/capture/control_page.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <span>
#include <thread>

namespace simdprof {
namespace {

// perf_event_mmap_page as 8-byte words.
struct Page {
  alignas(8) std::array<std::uint64_t, 512> words{};
  std::byte* bytes() { return std::as_writable_bytes(std::span(words)).data(); }
};

constexpr std::size_t kHead = 1056;  // aux_head
constexpr std::size_t kTail = 1064;  // aux_tail

class ControlPageAccess : public testing::TestWithParam<CounterAccess> {};
INSTANTIATE_TEST_SUITE_P(Both, ControlPageAccess, testing::Values(CounterAccess::whole, CounterAccess::split));

TEST_P(ControlPageAccess, CountersAreWhole) {
  Page page;
  const ControlPage control(page.bytes(), GetParam());
  page.words[kHead / 8] = 0x123456789abcdef0;
  EXPECT_EQ(control.load_head(kHead), 0x123456789abcdef0U);
  control.store_tail(kTail, 0xfedcba9876543210);
  EXPECT_EQ(page.words[kTail / 8], 0xfedcba9876543210U);
  EXPECT_EQ(control.load_tail(kTail), 0xfedcba9876543210U);
}

TEST_P(ControlPageAccess, AHeadThatPasses4GiBIsNeverTorn) {
  // The kernel stores 64 bits at once. The values are multiples of a step which halves of two of them never make.
  constexpr std::uint64_t kStep = 0x3fffffff1;
  constexpr std::uint64_t kSteps = 20000;
  Page page;
  const ControlPage control(page.bytes(), GetParam());
  std::thread writer([&] {
    for (std::uint64_t i = 1; i <= kSteps; ++i) {
      std::atomic_ref(page.words[kHead / 8]).store(i * kStep, std::memory_order_release);
    }
  });
  std::uint64_t last = 0;
  while (last != kSteps * kStep) {
    const std::uint64_t head = control.load_head(kHead);
    ASSERT_EQ(head % kStep, 0U) << head;
    ASSERT_GE(head, last);
    last = head;
  }
  writer.join();
}

TEST(ControlPage, A32BitProgramStoresNoTailBeyond32Bits) {
  Page page;
  const ControlPage control(page.bytes(), CounterAccess::split);
  EXPECT_TRUE(control.store_whole_tail(kTail, 0xffffffff));
  const Status stored = control.store_whole_tail(kTail, 0x100000000);
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().code, Errc::limit);
  EXPECT_EQ(page.words[kTail / 8], 0xffffffffU);
  EXPECT_TRUE(ControlPage(page.bytes(), CounterAccess::whole).store_whole_tail(kTail, 0x100000000));
  EXPECT_EQ(page.words[kTail / 8], 0x100000000U);
}

TEST(ControlPage, TheAccessIsThatOfTheProgram) {
  EXPECT_EQ(kNativeAccess, sizeof(void*) == 4 ? CounterAccess::split : CounterAccess::whole);
#ifdef SIMDPROF_32_BIT
  EXPECT_EQ(sizeof(void*), 4U) << "these are the tests of a 32-bit program";
#endif
}

TEST(ControlPage, TheTimeConversionIsRead) {
  Page page;
  const ControlPage control(page.bytes());
  EXPECT_FALSE(control.load_time_conversion().known);
  page.words[1] = 2;                                      // lock (offset 8), even
  page.words[5] = 1U << 4;                                // capabilities (40): cap_user_time_zero
  page.words[6] = std::uint64_t{1000} << 32 | 31U << 16;  // pmc_width, time_shift (50), time_mult (52)
  page.words[8] = 77;                                     // time_zero (64)
  const abi::TimeConversion time = control.load_time_conversion();
  EXPECT_TRUE(time.known);
  EXPECT_EQ(time.shift, 31U);
  EXPECT_EQ(time.mult, 1000U);
  EXPECT_EQ(time.zero, 77U);
}

}  // namespace
}  // namespace simdprof
