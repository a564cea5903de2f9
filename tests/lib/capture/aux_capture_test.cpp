#include "lib/capture/aux_capture.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/lib/capture/fake_area.h"
#include "tests/lib/capture/fake_sink.h"

namespace simdprof {
namespace {

using test::FakeArea;
using test::FakeSink;
using test::Fields;

constexpr std::size_t kBytes = 8192;

// PERF_RECORD_AUX: offset, size, flags; the trailer is left out.
std::vector<std::byte> aux_record(std::uint64_t offset, std::uint64_t size, std::uint64_t flags) {
  return Fields().u64(offset).u64(size).u64(flags).record(11, 0);
}

// A recording of one CPU whose PMU fills the area, and stops when it is full.
class Recording {
 public:
  explicit Recording(AuxUse use, CounterAccess access = CounterAccess::whole, std::size_t snapshot_bytes = kBytes) {
    plan_.use = use;
    plan_.snapshot_bytes = snapshot_bytes;
    rings_.resize(2);  // the first has no area
    rings_[1].cpu = 1;
    rings_[1].aux = AuxRing::over_memory(fake.control(), fake.area(), access);
    AuxCapture::Switches switches;
    switches.enable = [this](const RingSet::CpuRing&) { ++enabled; };
    switches.disable = [this](const RingSet::CpuRing&) { ++disabled; };
    capture.emplace(plan_, rings_, sink, switches);
  }
  // Tries to trace `count` bytes. @return bytes that were lost, as the area was full
  std::size_t trace(std::size_t count) {
    const std::size_t kept = std::min(count, fake.room());
    const std::uint64_t start = fake.head();
    fake.append(kept);
    if (kept != 0 || kept != count) capture->observe(1, aux_record(start, kept, kept == count ? 0 : 1));
    return count - kept;
  }
  [[nodiscard]] CaptureOutcome outcome() const {
    CaptureOutcome out;
    capture->report(out);
    return out;
  }
  // The bytes that were written, as offset and size of runs without a gap.
  [[nodiscard]] std::vector<std::pair<std::uint64_t, std::uint64_t>> written() const {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> runs;
    for (const auto& piece : sink.records(0x5344000b)) {
      std::uint64_t offset = 0;
      std::uint32_t size = 0;
      std::memcpy(&offset, &piece[8], 8);
      std::memcpy(&size, &piece[36], 4);
      EXPECT_TRUE(test::is_stream(std::span(piece).subspan(40, size), offset));
      if (runs.empty() || runs.back().first + runs.back().second != offset) runs.emplace_back(offset, 0);
      runs.back().second += size;
    }
    return runs;
  }

  FakeArea fake{kBytes};
  FakeSink sink;
  unsigned enabled = 0, disabled = 0;
  std::optional<AuxCapture> capture;

 private:
  AuxPlan plan_;
  std::vector<RingSet::CpuRing> rings_;
};

using Runs = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

TEST(AuxCapture, AReaderThatKeepsUpLosesNothing) {
  Recording recording(AuxUse::full_trace);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(recording.trace(5000), 0U);
    ASSERT_TRUE(recording.capture->drain(1000, false));
  }
  EXPECT_EQ(recording.written(), (Runs{{0, 500000}}));
  EXPECT_EQ(recording.outcome().aux_bytes, 500000U);
  EXPECT_EQ(recording.outcome().aux_truncated, 0U);
  EXPECT_EQ(recording.outcome().lost, 0U);
}

TEST(AuxCapture, ReportsExactlyTheInjectedTruncations) {
  Recording recording(AuxUse::full_trace);
  std::uint64_t kept = 0;
  unsigned full = 0;
  for (std::size_t i = 0; i < 60; ++i) {
    const std::size_t count = i % 7 == 3 ? 20000 + i : 3000;
    const std::size_t lost = recording.trace(count);
    kept += count - lost;
    if (lost != 0) ++full;
    ASSERT_TRUE(recording.capture->drain(1000 + i, false));
  }
  EXPECT_GT(full, 5U);
  EXPECT_EQ(recording.outcome().aux_truncated, full);
  EXPECT_EQ(recording.outcome().lost, full);
  EXPECT_EQ(recording.outcome().aux_bytes, kept);
  EXPECT_EQ(recording.written(), (Runs{{0, kept}}));
}

TEST(AuxCapture, AnEventThatAFullAreaStoppedIsEnabledOnceItIsEmptied) {
  Recording recording(AuxUse::full_trace);
  EXPECT_NE(recording.trace(2 * kBytes), 0U);
  EXPECT_EQ(recording.enabled, 0U);
  ASSERT_TRUE(recording.capture->drain(1, false));
  EXPECT_EQ(recording.enabled, 1U);
  ASSERT_TRUE(recording.capture->drain(2, false));
  EXPECT_EQ(recording.enabled, 1U) << "nothing happened since";
  EXPECT_NE(recording.trace(2 * kBytes), 0U);
  ASSERT_TRUE(recording.capture->drain(3, true));
  EXPECT_EQ(recording.enabled, 1U) << "the recording is over";
}

TEST(AuxCapture, ALostRecordMayHaveToldOfAFullArea) {
  Recording recording(AuxUse::full_trace);
  recording.capture->observe(1, Fields().u64(1).u64(2).record(2, 0));
  ASSERT_TRUE(recording.capture->drain(1, false));
  EXPECT_EQ(recording.enabled, 1U);
}

TEST(AuxCapture, RecordsOfARingWithoutAnAreaAreNotItsBusiness) {
  Recording recording(AuxUse::full_trace);
  recording.capture->observe(0, aux_record(0, 8, 1));
  EXPECT_EQ(recording.outcome().aux_truncated, 0U);
}

TEST(AuxCapture, A32BitRecorderStopsAt4GiBAndCountsWhatItCouldNotRead) {
  Recording recording(AuxUse::full_trace, CounterAccess::split);
  recording.fake.start_at(0xfffff000);
  recording.trace(4000);
  ASSERT_TRUE(recording.capture->drain(1, false));
  recording.trace(4000);
  const Status drained = recording.capture->drain(2, false);
  ASSERT_FALSE(drained);
  EXPECT_EQ(drained.error().code, Errc::limit);
  EXPECT_EQ(recording.written(), (Runs{{0xfffff000, 4000}})) << "nothing is written after it";
  EXPECT_EQ(recording.outcome().aux_unread, 4000U);
}

TEST(AuxCapture, BytesThatAreGoneAreCounted) {
  Recording recording(AuxUse::full_trace);
  recording.fake.head() = 3 * kBytes;
  ASSERT_TRUE(recording.capture->drain(1, false));
  EXPECT_EQ(recording.outcome().aux_unread, 3 * kBytes);
  EXPECT_EQ(recording.enabled, 1U) << "the kernel saw a full area, and stopped the event";
  recording.fake.append(100);
  ASSERT_TRUE(recording.capture->drain(2, false));
  EXPECT_EQ(recording.written(), (Runs{{3 * kBytes, 100}}));
}

TEST(AuxCapture, ASnapshotStopsTheEventTakesTheNewestAndGoesOn) {
  Recording recording(AuxUse::snapshot, CounterAccess::whole, 1000);
  recording.fake.append(5000);
  ASSERT_TRUE(recording.capture->drain(1, false));
  EXPECT_TRUE(recording.written().empty()) << "a snapshot is taken when it is asked for alone";
  ASSERT_TRUE(recording.capture->take_snapshot(2, false));
  EXPECT_EQ(recording.written(), (Runs{{4000, 1000}}));
  EXPECT_EQ(recording.disabled, 1U);
  EXPECT_EQ(recording.enabled, 1U);
  ASSERT_TRUE(recording.capture->take_snapshot(3, true));
  EXPECT_EQ(recording.enabled, 1U);
}

TEST(AuxCapture, AreasWhoseBytesGoIntoSamplesAreNotRead) {
  Recording recording(AuxUse::samples);
  recording.fake.append(5000);
  ASSERT_TRUE(recording.capture->drain(1, false));
  ASSERT_TRUE(recording.capture->take_snapshot(2, false));
  EXPECT_TRUE(recording.sink.streams.empty());
}

TEST(AuxCapture, ASinkThatCannotWriteIsAnErrorAndNothingIsGivenBack) {
  Recording recording(AuxUse::full_trace);
  recording.trace(100);
  recording.sink.broken = true;
  EXPECT_FALSE(recording.capture->drain(1, false));
  EXPECT_EQ(recording.fake.tail(), 0U);
}

}  // namespace
}  // namespace simdprof
