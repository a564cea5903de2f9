#include "lib/capture/aux_snapshot.h"

#include <gtest/gtest.h>

#include "tests/lib/capture/fake_area.h"

namespace simdprof {
namespace {

using test::FakeArea;

constexpr std::size_t kBytes = 64 << 10;
constexpr std::size_t kAll = kBytes;

// A PMU in overwrite mode: it writes on and on; its head is a place in the area, or grows for ever.
class Trace {
 public:
  explicit Trace(bool grows) : grows_(grows) {}
  void write(std::size_t count) {
    fake_.put(written_, count);
    written_ += count;
  }
  AuxSnapshot::Window take(std::size_t most = kAll) {
    return snapshot_.take(fake_.area(), grows_ ? written_ : written_ % kBytes, most);
  }
  // Whether the window holds the newest bytes that were written.
  [[nodiscard]] bool is_newest(const AuxSnapshot::Window& window) {
    const std::uint64_t size = window.end - window.begin;
    for (std::uint64_t i = 0; i < size; ++i) {
      if (fake_.area()[(window.begin + i) % kBytes] != FakeArea::byte_at(written_ - size + i)) return false;
    }
    return true;
  }

 private:
  bool grows_;
  FakeArea fake_{kBytes};
  AuxSnapshot snapshot_{kBytes};
  std::uint64_t written_ = 0;
};

class AuxSnapshotOf : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(HeadPlaceOrGrows, AuxSnapshotOf, testing::Bool());

TEST_P(AuxSnapshotOf, AnAreaThatDidNotWrapGivesWhatWasWritten) {
  Trace trace(GetParam());
  trace.write(10000);
  const auto window = trace.take();
  EXPECT_EQ(window.begin, 0U);
  EXPECT_EQ(window.end, 10000U);
  EXPECT_TRUE(trace.is_newest(window));
}

TEST_P(AuxSnapshotOf, AnAreaThatWrappedGivesAllOfIt) {
  for (const std::size_t beyond : {1U, 100U, 4096U, 30000U, 65535U, 65537U, 200000U}) {
    Trace trace(GetParam());
    trace.write(kBytes + beyond);
    const auto window = trace.take();
    EXPECT_EQ(window.end - window.begin, kBytes) << beyond;
    EXPECT_EQ(window.end % kBytes, (kBytes + beyond) % kBytes);
    EXPECT_TRUE(trace.is_newest(window)) << beyond;
  }
}

TEST_P(AuxSnapshotOf, SuccessiveSnapshotsContinueEachOther) {
  Trace trace(GetParam());
  std::uint64_t end = 0;
  for (const std::size_t count : {5000U, 1U, 40000U, 20000U, 30000U, 0U, 60000U}) {
    trace.write(count);
    const auto window = trace.take();
    EXPECT_EQ(window.begin, end) << count;
    EXPECT_EQ(window.end, end + count);
    EXPECT_TRUE(trace.is_newest(window)) << count;
    end = window.end;
  }
}

TEST_P(AuxSnapshotOf, WhatWasOverwrittenBetweenSnapshotsIsAGap) {
  Trace trace(GetParam());
  trace.write(20000);
  const auto first = trace.take();
  trace.write(kBytes + 30000);
  const auto second = trace.take();
  EXPECT_GT(second.begin, first.end);
  EXPECT_EQ(second.end - second.begin, kBytes);
  EXPECT_TRUE(trace.is_newest(second));
}

TEST_P(AuxSnapshotOf, ASizeKeepsTheNewest) {
  Trace trace(GetParam());
  trace.write(50000);
  const auto first = trace.take(4096);
  EXPECT_EQ(first.begin, 50000U - 4096U);
  EXPECT_EQ(first.end, 50000U);
  trace.write(1000);
  const auto second = trace.take(4096);
  EXPECT_EQ(second.begin, first.end) << "nothing is given twice";
  EXPECT_EQ(second.end, 51000U);
  trace.write(100000);
  const auto third = trace.take(4096);
  EXPECT_EQ(third.end - third.begin, 4096U);
  EXPECT_TRUE(trace.is_newest(third));
}

TEST_P(AuxSnapshotOf, NothingNewIsEmpty) {
  Trace trace(GetParam());
  EXPECT_EQ(trace.take().end, 0U);
  trace.write(kBytes + 5000);
  const auto first = trace.take();
  const auto second = trace.take();
  EXPECT_EQ(second.begin, first.end);
  EXPECT_EQ(second.end, first.end);
}

TEST(AuxSnapshot, ZerosThatTheTraceWroteDoNotHideThatItWrapped) {
  std::vector<std::byte> area(kBytes);
  area[60000] = std::byte{1};  // one byte of the lap before, behind the head
  AuxSnapshot snapshot{kBytes};
  const auto window = snapshot.take(area, 50000, kAll);
  EXPECT_EQ(window.end - window.begin, kBytes);
}

TEST(AuxSnapshot, AHeadAtTheEndOfAFullAreaIsAllOfIt) {
  FakeArea fake{kBytes};
  fake.put(0, kBytes);
  AuxSnapshot snapshot{kBytes};
  const auto window = snapshot.take(fake.area(), kBytes, kAll);
  EXPECT_EQ(window.begin, 0U);
  EXPECT_EQ(window.end, kBytes);
}

}  // namespace
}  // namespace simdprof
