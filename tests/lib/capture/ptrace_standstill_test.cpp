#include "lib/capture/ptrace_standstill.h"

#include <gtest/gtest.h>

#include <array>

namespace simdprof {
namespace {

constexpr std::uint64_t kStopNs = 30'000;  // a stop takes

EventPlan event_of(std::uint32_t type, std::uint64_t config, const char* name) {
  EventPlan event;
  event.attr.type = type;
  event.attr.config = config;
  event.name = name;
  return event;
}

const EventPlan kClock = event_of(1, 1, "task-clock");
const EventPlan kCycles = event_of(0, 0, "cycles");
const EventPlan kTracepoint = event_of(2, 314, "rseq:rseq_ip_fixup");
const EventPlan kPageFaults = event_of(1, 2, "page-faults");

struct Pace {
  std::uint64_t gap_ns = 5'000;  // from where a stop was seen to the next hit
  std::uint64_t hash = 11;
  bool in_user = false;
};

/// So many stops of thread 7. @return how many of them were told to stand still
unsigned stop_often(Standstill& standstill, unsigned stops, const Pace& pace, Tid tid = 7) {
  unsigned found = 0;
  std::uint64_t now = 1'000'000;
  for (unsigned i = 0; i < stops; ++i) {
    const std::uint64_t hit = now + pace.gap_ns;
    now = hit + kStopNs;
    found += standstill.add(tid, {pace.hash, hit, now, pace.in_user}) ? 1 : 0;
  }
  return found;
}

unsigned found_of(const EventPlan& event, const Pace& pace) {
  Standstill standstill(event);
  return stop_often(standstill, Standstill::kMostStops + 1, pace);
}

TEST(Standstill, AThreadThatIsHitAtOnceEachTimeAndDoesNotMoveStandsStill) {
  Standstill standstill(kClock);
  EXPECT_EQ(stop_often(standstill, Standstill::kMostStops, {}), 0U);
  EXPECT_EQ(stop_often(standstill, 1, {}, 8), 0U);
  EXPECT_EQ(found_of(kClock, {}), 1U);
  EXPECT_EQ(found_of(kCycles, {}), 1U);
  EXPECT_EQ(found_of(kTracepoint, {}), 1U);
}

TEST(Standstill, IsToldOnceForEachSoManyStops) {
  Standstill standstill(kClock);
  EXPECT_EQ(stop_often(standstill, 3 * Standstill::kMostStops + 1, {}), 3U);
}

TEST(Standstill, HowLongTheStopTakesDoesNotCount) {
  Standstill standstill(kClock);
  unsigned found = 0;
  for (std::uint64_t i = 0; i <= Standstill::kMostStops; ++i) {  // sixty hits in one stop
    found += standstill.add(7, {11, i * 2'000'000 + 5'000, i * 2'000'000 + 2'000'000, false}) ? 1 : 0;
  }
  EXPECT_EQ(found, 1U);
}

TEST(Standstill, OtherRegistersAreProgress) {
  Standstill standstill(kClock);
  for (std::uint64_t i = 0; i < 1000; ++i) EXPECT_FALSE(standstill.add(7, {i / 2, i * 10, i * 10, false}));
}

// read() of a megabyte at 3999 Hz: each hit is in the kernel, and the thread gets on.
TEST(Standstill, TimeToRunIsProgress) {
  EXPECT_EQ(found_of(kClock, {250'000, 11, false}), 0U);
  EXPECT_EQ(found_of(kClock, {100'001, 11, false}), 0U);
}

// A hit right behind the return to user mode, where nothing has been executed, is no progress; a spinning thread at 20
// kHz is.
TEST(Standstill, AHitInUserModeIsProgressAfterSomeTime) {
  EXPECT_EQ(found_of(kClock, {5'000, 11, true}), 1U);
  EXPECT_EQ(found_of(kClock, {50'000, 11, true}), 0U);
}

// What is counted may come as often as it likes where the program is seen to do something.
TEST(Standstill, AHappeningInUserModeOrASystemCallIsProgress) {
  EXPECT_EQ(found_of(kPageFaults, {2'000, 11, true}), 0U);
  EXPECT_EQ(found_of(event_of(5, 0, "mem:0x402000:rw"), {2'000, 11, true}), 0U) << "a loop that looks at a word";
  EXPECT_EQ(found_of(event_of(2, 20, "raw_syscalls:sys_enter"), {2'000, 11, false}), 0U) << "the same call every time";
  EXPECT_EQ(found_of(event_of(2, 21, "syscalls:sys_exit_read"), {2'000, 11, false}), 0U);
}

TEST(Standstill, ThreadsAreToldApart) {
  Standstill standstill(kClock);
  for (std::uint64_t i = 0; i < Standstill::kMostStops; ++i) {
    EXPECT_FALSE(standstill.add(7, {11, i, i, false}));
    EXPECT_FALSE(standstill.add(8, {11, i, i, false}));
  }
  standstill.forget(7);
  EXPECT_FALSE(standstill.add(7, {11, 70, 70, false}));
  EXPECT_TRUE(standstill.add(8, {11, 70, 70, false}));
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
