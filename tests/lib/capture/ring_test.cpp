#include "lib/capture/ring.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

namespace simdprof {
namespace {

constexpr std::size_t kControlBytes = 4096;
constexpr std::size_t kHeadOffset = 1024;  // perf_event_mmap_page, data_head
constexpr std::size_t kTailOffset = 1032;  // data_tail

// Plays the kernel: the control page and the data, filled record by record.
class FakeRing {
 public:
  explicit FakeRing(std::size_t data_bytes) : words_((kControlBytes + data_bytes) / 8), data_bytes_(data_bytes) {}

  std::span<std::byte> memory() { return std::as_writable_bytes(std::span(words_)); }
  std::atomic_ref<std::uint64_t> head() { return std::atomic_ref(words_[kHeadOffset / 8]); }
  std::atomic_ref<std::uint64_t> tail() { return std::atomic_ref(words_[kTailOffset / 8]); }

  void start_at(std::uint64_t position) {
    head() = position;
    tail() = position;
  }
  void put(std::uint64_t position, std::span<const std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      memory()[kControlBytes + (position + i) % data_bytes_] = bytes[i];
    }
  }
  bool fits(std::size_t size) { return head() + size - tail().load(std::memory_order_acquire) <= data_bytes_; }
  void append(std::span<const std::byte> bytes) {
    const std::uint64_t position = head();
    put(position, bytes);
    head().store(position + bytes.size(), std::memory_order_release);
  }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t data_bytes_;
};

// u32 type, u16 misc, u16 size, then bytes that depend on the type.
std::vector<std::byte> record(std::uint32_t type, std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::byte>(type >> (8 * i));
  bytes[6] = static_cast<std::byte>(size);
  bytes[7] = static_cast<std::byte>(size >> 8);
  for (std::size_t i = 8; i < size; ++i) bytes[i] = static_cast<std::byte>(type * 31 + i);
  return bytes;
}

std::vector<std::vector<std::byte>> drain_all(Ring& ring) {
  std::vector<std::vector<std::byte>> taken;
  const auto status =
      ring.drain([&](std::span<const std::byte> bytes) { taken.emplace_back(bytes.begin(), bytes.end()); });
  EXPECT_TRUE(status);
  return taken;
}

TEST(Ring, GivesRecordsOldestFirstAndFreesTheirRoom) {
  FakeRing fake{256};
  Ring ring = Ring::over_memory(fake.memory(), kControlBytes);
  EXPECT_FALSE(ring.pending());
  fake.append(record(1, 24));
  fake.append(record(2, 40));
  EXPECT_TRUE(ring.pending());
  const auto taken = drain_all(ring);
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0], record(1, 24));
  EXPECT_EQ(taken[1], record(2, 40));
  EXPECT_EQ(fake.tail(), 64U);
  EXPECT_FALSE(ring.pending());
}

TEST(Ring, TellsHowMuchWasWrittenAndHowMuchWaits) {
  FakeRing fake{256};
  Ring ring = Ring::over_memory(fake.memory(), kControlBytes);
  EXPECT_EQ(ring.waiting_bytes(), 0U);
  fake.start_at(1000);
  fake.append(record(1, 24));
  fake.append(record(2, 40));
  EXPECT_EQ(ring.written(), 1064U);
  EXPECT_EQ(ring.waiting_bytes(), 64U);
  drain_all(ring);
  EXPECT_EQ(ring.written(), 1064U);
  EXPECT_EQ(ring.waiting_bytes(), 0U);
  EXPECT_EQ(Ring::none().written(), 0U);
  EXPECT_EQ(Ring::none().waiting_bytes(), 0U);
}

TEST(Ring, JoinsARecordThatWrapsAtEveryPosition) {
  for (std::uint64_t start = 0; start < 128; ++start) {
    FakeRing fake{128};
    Ring ring = Ring::over_memory(fake.memory(), kControlBytes);
    fake.start_at(1280 + start);
    fake.append(record(7, 72));
    fake.append(record(8, 48));
    const auto taken = drain_all(ring);
    ASSERT_EQ(taken.size(), 2U) << start;
    EXPECT_EQ(taken[0], record(7, 72)) << start;
    EXPECT_EQ(taken[1], record(8, 48)) << start;
    EXPECT_EQ(fake.tail(), 1280 + start + 120);
  }
}

TEST(Ring, TakesARecordThatFillsTheWholeRing) {
  FakeRing fake{128};
  Ring ring = Ring::over_memory(fake.memory(), kControlBytes);
  fake.start_at(64);
  fake.append(record(9, 128));
  const auto taken = drain_all(ring);
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0], record(9, 128));
}

TEST(Ring, CountersMayPassTheEndOfTheirRange) {
  FakeRing fake{128};
  Ring ring = Ring::over_memory(fake.memory(), kControlBytes);
  fake.start_at(std::uint64_t{0} - 32);
  fake.append(record(3, 64));
  EXPECT_EQ(drain_all(ring).size(), 1U);
  EXPECT_EQ(fake.tail(), 32U);
}

TEST(Ring, A32BitProgramReadsOnPast4GiB) {
  FakeRing fake{128};
  Ring ring = Ring::over_memory(fake.memory(), kControlBytes, CounterAccess::split);
  fake.start_at(0xffffffc0);
  for (std::uint32_t i = 0; i < 10; ++i) {
    fake.append(record(i, 64));
    const auto taken = drain_all(ring);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0], record(i, 64));
  }
  EXPECT_EQ(fake.tail(), 0x100000240U);
}

TEST(Ring, RefusesASizeThatCannotBeTrueAndEmptiesItself) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{32}, std::size_t{65535}}) {
    FakeRing fake{128};
    Ring ring = Ring::over_memory(fake.memory(), kControlBytes);
    auto bytes = record(4, 24);
    bytes[6] = static_cast<std::byte>(size);
    bytes[7] = static_cast<std::byte>(size >> 8);
    fake.append(bytes);
    const auto status = ring.drain([](std::span<const std::byte>) { FAIL(); });
    ASSERT_FALSE(status) << size;
    EXPECT_EQ(status.error().code, Errc::malformed);
    EXPECT_FALSE(ring.pending());
  }
}

TEST(Ring, RefusesAHeadFurtherAwayThanTheRingIsLarge) {
  FakeRing fake{128};
  Ring ring = Ring::over_memory(fake.memory(), kControlBytes);
  fake.append(record(4, 24));
  fake.head() = 1000;
  EXPECT_FALSE(ring.drain([](std::span<const std::byte>) { FAIL(); }));
  EXPECT_EQ(fake.tail(), 1000U);
}

TEST(Ring, KeepsEveryRecordBesideAWritingThread) {
  constexpr std::uint32_t kRecords = 20000;
  FakeRing fake{1024};
  Ring ring = Ring::over_memory(fake.memory(), kControlBytes);
  std::thread writer([&] {
    for (std::uint32_t i = 0; i < kRecords; ++i) {
      const auto bytes = record(i, 8 + 8 * (i % 13));
      while (!fake.fits(bytes.size())) std::this_thread::yield();
      fake.append(bytes);
    }
  });
  std::uint32_t next = 0;
  std::uint32_t wrong = 0;
  while (next < kRecords) {
    const auto status = ring.drain([&](std::span<const std::byte> bytes) {
      const auto expected = record(next, 8 + 8 * (next % 13));
      if (!std::equal(bytes.begin(), bytes.end(), expected.begin(), expected.end())) ++wrong;
      ++next;
    });
    ASSERT_TRUE(status);
    std::this_thread::yield();
  }
  writer.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_FALSE(ring.pending());
}

TEST(Ring, AMovedFromRingIsEmpty) {
  FakeRing fake{128};
  Ring ring = Ring::over_memory(fake.memory(), kControlBytes);
  fake.append(record(1, 16));
  Ring moved = std::move(ring);
  EXPECT_EQ(drain_all(moved).size(), 1U);
}

TEST(Ring, AFileThatIsNoEventCannotBeMapped) {
  const auto ring = Ring::map(-1, 1);
  ASSERT_FALSE(ring);
  EXPECT_EQ(ring.error().code, Errc::io);
}

}  // namespace
}  // namespace simdprof
