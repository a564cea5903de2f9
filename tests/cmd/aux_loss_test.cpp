#include "cmd/aux_loss.h"

#include <gtest/gtest.h>

#include <string>

namespace simdprof::cmd {
namespace {

/// "cause offset bytes from..to", "?" for what is not known.
std::vector<std::string> shown(const AuxBuffer& buffer) {
  std::vector<std::string> out;
  const auto time = [](std::uint64_t time_ns) {
    return time_ns == kNoTime ? std::string("?") : std::to_string(time_ns);
  };
  for (const AuxLoss& loss : find_losses(buffer)) {
    out.push_back(std::string(aux_loss_name(loss.cause)) + " " + std::to_string(loss.offset) + " " +
                  (loss.bytes ? std::to_string(*loss.bytes) : "?") + " " + time(loss.from_ns) + ".." +
                  time(loss.to_ns));
  }
  return out;
}

using Lines = std::vector<std::string>;

AuxBuffer area(std::vector<AuxExtent> extents, std::vector<AuxAnnouncement> announced) {
  AuxBuffer buffer;
  buffer.index = 0;
  buffer.cpu = 0;
  buffer.extents = std::move(extents);
  buffer.announced = std::move(announced);
  return buffer;
}

TEST(AuxLoss, AWholeAreaHasNone) {
  EXPECT_EQ(shown(area({{0, 300, 1}}, {{0, 100, 0, 10}, {100, 200, 0, 20}})), Lines{});
  EXPECT_EQ(shown(area({}, {})), Lines{});
}

TEST(AuxLoss, ATruncatedRecordEndsAnInterval) {
  EXPECT_EQ(shown(area({{0, 200, 1}}, {{0, 100, kAuxTruncated, 10}, {100, 100, 0, 20}})),
            Lines{"truncated 100 ? 10..20"});
  EXPECT_EQ(shown(area({{0, 100, 1}}, {{0, 100, kAuxTruncated, 10}})), Lines{"truncated 100 ? 10..?"});
}

TEST(AuxLoss, ATruncationWithAGapTellsItsBytes) {
  EXPECT_EQ(shown(area({{0, 100, 1}, {164, 36, 1}}, {{0, 100, kAuxTruncated, 10}, {164, 36, 0, 20}})),
            Lines{"truncated 100 64 10..20"});
}

TEST(AuxLoss, WhatWasAnnouncedAndNotWrittenIsCountedExactly) {
  EXPECT_EQ(shown(area({{0, 100, 1}, {150, 150, 2}}, {{0, 100, 0, 10}, {100, 100, 0, 20}, {200, 100, 0, 30}})),
            Lines{"not-recorded 100 50 10..20"});
  EXPECT_EQ(shown(area({}, {{0, 100, 0, 10}, {100, 100, 0, 20}})), Lines{"not-recorded 0 200 ?..20"});
  EXPECT_EQ(shown(area({{0, 100, 1}}, {{0, 100, 0, 10}, {100, 60, 0, 20}})), Lines{"not-recorded 100 60 10..20"});
}

TEST(AuxLoss, AGapThatNobodyAnnouncedIsOneToo) {
  EXPECT_EQ(shown(area({{0, 100, 1}, {180, 20, 1}}, {{0, 100, 0, 10}, {180, 20, 0, 20}})),
            Lines{"not-announced 100 80 10..20"});
  EXPECT_EQ(shown(area({{0, 100, 1}, {180, 20, 1}}, {})), Lines{"not-announced 100 80 ?..?"});
  EXPECT_EQ(shown(area({{0, 200, 1}}, {{0, 100, 0, 10}, {180, 20, 0, 20}})), Lines{}) << "the bytes are there";
}

TEST(AuxLoss, PartialAndCollisionAreIntervalsOfUnknownSize) {
  EXPECT_EQ(shown(area({{0, 300, 1}}, {{0, 100, 0, 10}, {100, 200, kAuxPartial | kAuxCollision, 20}})),
            (Lines{"partial 100 ? 10..20", "collision 100 ? 10..20"}));
}

TEST(AuxLoss, BetweenSnapshotsBytesAreOverwritten) {
  EXPECT_EQ(shown(area({{100, 50, 1}, {400, 50, 2}}, {{100, 50, kAuxOverwrite, 10}, {400, 50, kAuxOverwrite, 20}})),
            Lines{"overwritten 150 250 10..20"});
  // As perf 4.14 has them: the areas are announced whole, and one snapshot was written.
  EXPECT_EQ(shown(area({{0, 0x288, 1}}, {{0x260, 0x400000, kAuxOverwrite, 10}, {0x288, 0x400000, kAuxOverwrite, 20}})),
            Lines{});
}

TEST(AuxLoss, EveryInjectedTruncationIsReportedOnce) {
  AuxBuffer buffer = area({}, {});
  std::uint64_t offset = 0;
  std::uint64_t lost_bytes = 0;
  constexpr std::uint64_t kRecords = 1000;
  for (std::uint64_t i = 0; i < kRecords; ++i) {
    const bool full = i % 7 == 3;
    buffer.announced.push_back({offset, 64, full ? std::uint64_t{kAuxTruncated} : 0, i * 10});
    buffer.extents.push_back({offset, 64, 1});
    offset += 64 + (full ? i : 0);
    lost_bytes += full ? i : 0;
  }
  std::uint64_t intervals = 0;
  std::uint64_t bytes = 0;
  for (const AuxLoss& loss : find_losses(buffer)) {
    ASSERT_EQ(loss.cause, AuxLossCause::truncated);
    EXPECT_EQ(loss.to_ns, loss.from_ns + 10);
    ++intervals;
    bytes += loss.bytes.value_or(0);
  }
  EXPECT_EQ(intervals, 143U);  // i = 3, 10, ..., 997
  EXPECT_EQ(bytes, lost_bytes);
}

TEST(AuxLoss, OffsetsNearTheEndOfTheNumbersDoNoHarm) {
  const std::uint64_t high = ~std::uint64_t{0} - 10;
  EXPECT_EQ(shown(area({{high, 5, 1}}, {{high, 100, 0, 10}, {5, 5, 0, 20}})).size(), 2U);
}

}  // namespace
}  // namespace simdprof::cmd
