#include "lib/capture/aux_ring.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/lib/capture/fake_area.h"

namespace simdprof {
namespace {

using test::FakeArea;
using test::is_stream;

bool is_stream_run(const AuxRun& run) {
  return is_stream(run.parts[0], run.offset) && is_stream(run.parts[1], run.offset + run.parts[0].size());
}

class AuxRingAccess : public testing::TestWithParam<CounterAccess> {
 protected:
  static AuxRing ring_over(FakeArea& fake) { return AuxRing::over_memory(fake.control(), fake.area(), GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Both, AuxRingAccess, testing::Values(CounterAccess::whole, CounterAccess::split));

TEST_P(AuxRingAccess, GivesWhatIsThereAtEveryPlaceAndSize) {
  constexpr std::size_t kBytes = 64;
  for (std::uint64_t start = 0; start < kBytes; ++start) {
    for (std::size_t size = 0; size <= kBytes; ++size) {
      FakeArea fake{kBytes};
      const AuxRing ring = ring_over(fake);
      fake.start_at(640 + start);
      fake.append(size);
      const AuxRun run = ring.pending();
      ASSERT_EQ(run.offset, 640 + start);
      ASSERT_EQ(run.size(), size);
      ASSERT_EQ(run.skipped, 0U);
      ASSERT_TRUE(is_stream_run(run)) << start << ", " << size;
      ASSERT_TRUE(run.parts[1].empty() || start + size > kBytes);
      ASSERT_TRUE(ring.release(run));
      ASSERT_EQ(fake.tail(), 640 + start + size);
    }
  }
}

TEST_P(AuxRingAccess, NothingIsPendingInAnEmptyArea) {
  FakeArea fake{4096};
  const AuxRing ring = ring_over(fake);
  EXPECT_EQ(ring.pending().size(), 0U);
}

TEST_P(AuxRingAccess, AHeadFurtherAwayThanTheAreaIsLargeSkipsToIt) {
  FakeArea fake{64};
  const AuxRing ring = ring_over(fake);
  fake.head() = 1000;
  const AuxRun run = ring.pending();
  EXPECT_EQ(run.size(), 0U);
  EXPECT_EQ(run.skipped, 1000U);
  EXPECT_TRUE(ring.release(run));
  EXPECT_EQ(fake.tail(), 1000U);
}

TEST_P(AuxRingAccess, KeepsEveryByteBesideAWritingThread) {
  constexpr std::size_t kBytes = 4096;
  constexpr std::uint64_t kTotal = 300000;
  FakeArea fake{kBytes};
  const AuxRing ring = ring_over(fake);
  std::thread writer([&] {
    std::uint64_t written = 0;
    for (std::size_t step = 1; written < kTotal; step = step % 700 + 13) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(step, kTotal - written));
      while (fake.room() < size) std::this_thread::yield();
      fake.append(size);
      written += size;
    }
  });
  std::uint64_t next = 0;
  while (next < kTotal) {
    const AuxRun run = ring.pending();
    ASSERT_EQ(run.offset, next);
    ASSERT_TRUE(is_stream_run(run)) << next;
    next += run.size();
    ASSERT_TRUE(ring.release(run));
    std::this_thread::yield();
  }
  writer.join();
}

TEST(AuxRing, A32BitProgramReadsUpTo4GiBAndNoFurther) {
  FakeArea fake{4096};
  const AuxRing ring = AuxRing::over_memory(fake.control(), fake.area(), CounterAccess::split);
  fake.start_at(0xffffff00);
  fake.append(0xff);
  AuxRun run = ring.pending();
  EXPECT_EQ(run.size(), 0xffU);
  EXPECT_TRUE(ring.may_release(run));
  EXPECT_TRUE(ring.release(run));
  EXPECT_EQ(fake.tail(), 0xffffffffU);
  fake.append(1);
  run = ring.pending();
  EXPECT_EQ(run.size(), 1U);
  ASSERT_FALSE(ring.may_release(run));
  const Status released = ring.release(run);
  ASSERT_FALSE(released);
  EXPECT_EQ(released.error().code, Errc::limit);
  EXPECT_NE(released.error().fact.find("4 GiB"), std::string::npos);
  EXPECT_EQ(fake.tail(), 0xffffffffU) << "nothing is stored";
}

TEST(AuxRing, A64BitProgramPasses4GiB) {
  FakeArea fake{4096};
  const AuxRing ring = AuxRing::over_memory(fake.control(), fake.area(), CounterAccess::whole);
  fake.start_at(0xffffff00);
  fake.append(0x200);
  const AuxRun run = ring.pending();
  EXPECT_TRUE(is_stream_run(run));
  EXPECT_TRUE(ring.release(run));
  EXPECT_EQ(fake.tail(), 0x100000100U);
}

TEST(AuxRing, NoAreaIsNotValid) { EXPECT_FALSE(AuxRing::none().valid()); }

}  // namespace
}  // namespace simdprof
