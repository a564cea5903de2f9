#include "lib/capture/ptrace_image_queue.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/bytes.h"

namespace simdprof {
namespace {

/// A stop of thread `tid` whose image is `bytes` times the low byte of the thread's number.
struct Taken {
  RegisterImage image;
  test::Bytes data;
  Taken(Tid tid, std::size_t bytes) : data(bytes, static_cast<std::byte>(tid)) {
    image.tid = tid;
    image.time_ns = 1000 + static_cast<std::uint64_t>(tid);
    image.in_use = 7;
    image.data = data;
  }
};

TEST(ImageQueue, GivesWhatCameInItsOrder) {
  ImageQueue queue;
  EXPECT_TRUE(queue.take().empty());
  EXPECT_TRUE(queue.push(Taken(1, 16).image, true, 0));
  EXPECT_TRUE(queue.push(Taken(2, 0).image, false, 0));
  EXPECT_TRUE(queue.push(Taken(3, 40).image, true, 0));
  const auto stops = queue.take();
  ASSERT_EQ(stops.size(), 3U);
  EXPECT_EQ(stops[0].image.tid, 1);
  EXPECT_EQ(stops[0].image.time_ns, 1001U);
  EXPECT_EQ(stops[0].image.in_use, 7U);
  EXPECT_TRUE(stops[0].readable);
  EXPECT_FALSE(stops[1].readable);
  EXPECT_EQ(stops[1].image.data.size(), 0U);
  EXPECT_EQ(test::Bytes(stops[2].image.data.begin(), stops[2].image.data.end()), Taken(3, 40).data);
  EXPECT_TRUE(queue.take().empty()) << "once";
}

TEST(ImageQueue, WhatWasTakenStaysWhileMoreComes) {
  ImageQueue queue;
  for (Tid tid = 1; tid <= 5; ++tid) ASSERT_TRUE(queue.push(Taken(tid, 64).image, true, 0));
  const auto stops = queue.take();
  for (Tid tid = 11; tid <= 40; ++tid) ASSERT_TRUE(queue.push(Taken(tid, 100).image, true, 0));
  ASSERT_EQ(stops.size(), 5U);
  for (const auto& stop : stops) {
    const Taken expected(stop.image.tid, 64);
    EXPECT_EQ(test::Bytes(stop.image.data.begin(), stop.image.data.end()), expected.data);
  }
  EXPECT_EQ(queue.take().size(), 30U);
}

TEST(ImageQueue, SaysWhenItIsFull) {
  ImageQueue queue;
  std::size_t count = 0;
  while (queue.push(Taken(1, 8).image, true, 0)) ASSERT_LT(++count, 100000U);
  EXPECT_GE(count, 500U) << "room for what comes while the other thread sleeps";
  EXPECT_EQ(queue.take().size(), count);
  EXPECT_TRUE(queue.push(Taken(2, 8).image, true, 0));
}

TEST(ImageQueue, TwoThreadsLoseNothing) {
  constexpr Tid kStops = 20000;
  ImageQueue queue;
  std::thread tracer([&] {
    for (Tid tid = 1; tid <= kStops; ++tid) {
      const Taken taken(tid, static_cast<std::size_t>(tid % 50));
      while (!queue.push(taken.image, true, 0)) std::this_thread::yield();
    }
  });
  Tid expected = 1;
  std::size_t wrong = 0;
  while (expected <= kStops) {
    for (const auto& stop : queue.take()) {
      const Taken same(expected, static_cast<std::size_t>(expected % 50));
      const test::Bytes data(stop.image.data.begin(), stop.image.data.end());
      wrong += stop.image.tid != expected || data != same.data ? 1 : 0;
      ++expected;
    }
  }
  tracer.join();
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace simdprof
