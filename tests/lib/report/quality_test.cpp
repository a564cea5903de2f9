#include "lib/report/quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/report/rows.h"

namespace simdprof {
namespace {

using testing::HasSubstr;

/// Text of the line with this label; of several, joined by '|'.
std::string line(const Quality& quality, std::string_view label, bool verbose = false) {
  std::string found;
  for (const auto& [name, text] : quality_lines(quality, verbose)) {
    if (name == label) found += (found.empty() ? "" : "|") + text;
  }
  return found;
}

Sample hit(CpuMode mode) {
  Sample sample;
  sample.mode = mode;
  return sample;
}

Quality hundred_samples() {
  Quality quality;
  quality.events.push_back({"task-clock:u", true, 999, 0, true, false});
  for (int i = 0; i < 100; ++i) quality.count(hit(CpuMode::user), {});
  return quality;
}

TEST(Quality, CountsSamplesByMode) {
  Quality quality;
  quality.events.push_back({"task-clock", true, 999, 0, false, false});
  quality.count(hit(CpuMode::user), {});
  quality.count(hit(CpuMode::user), {});
  for (const CpuMode mode :
       {CpuMode::kernel, CpuMode::hypervisor, CpuMode::guest_kernel, CpuMode::guest_user, CpuMode::unknown}) {
    quality.count(hit(mode), {});
  }
  EXPECT_EQ(line(quality, "samples"), "7 (user 2, kernel 1, hypervisor 1, guest 2, unknown 1)");
  EXPECT_EQ(quality.events[0].samples, 7U);
}

TEST(Quality, CountsRegistersOfTheEventsThatCarryThem) {
  Quality quality;
  quality.events.push_back({"task-clock", true, 999, 0, true, false});
  quality.events.push_back({"page-faults", true, 999, 0, false, false});
  RegisterSets image;
  image.image_expected = true;
  quality.count(hit(CpuMode::user), image);  // expected, and missing
  image.user.vector_origin = Origin::xstate;
  quality.count(hit(CpuMode::user), image);
  quality.count(hit(CpuMode::kernel), image);
  image.image_ip_differs = true;
  quality.count(hit(CpuMode::user), image);
  Sample fault = hit(CpuMode::user);
  fault.event = 1;
  quality.count(fault, {});
  quality.count(hit(CpuMode::guest_user), {});
  EXPECT_EQ(line(quality, "registers"),
            "3 of 4 samples with vector registers (75.00%), 1 of them of another moment and not used; not of 1 guest "
            "samples: what was recorded is the host's");
  EXPECT_EQ(quality.images_missing, 1U);
  EXPECT_EQ(quality.samples, 6U);
}

TEST(Quality, SaysWhenNoRegistersWereAskedFor) {
  Quality quality;
  quality.events.push_back({"task-clock", true, 999, 0, false, false});
  EXPECT_EQ(line(quality, "registers"), "vectors not recorded by this source");
  EXPECT_EQ(line(hundred_samples(), "registers"), "0 of 100 samples with vector registers (0.00%)");
}

TEST(Quality, NamesTheSourceTakenAndEachRefusal) {
  Quality quality;
  quality.sources = {{SourceKind::kernel, 95, "no XMM on this PMU"},
                     {SourceKind::kernel, 22, "EINVAL for YMM"},
                     {SourceKind::ptrace, 0, "sigtrap"}};
  EXPECT_EQ(line(quality, "source"), "ptrace: sigtrap");
  EXPECT_EQ(line(quality, "refused"), "kernel: EOPNOTSUPP: no XMM on this PMU|kernel: EINVAL: EINVAL for YMM");
  quality.sources.clear();
  EXPECT_EQ(line(quality, "source"), "not recorded");
}

TEST(Quality, ShowsHowTheCommandEnded) {
  Quality quality;
  EXPECT_EQ(line(quality, "exit status"), "");
  EXPECT_EQ(line(quality, "command"), "not recorded");
  quality.wait_status = 3 << 8;  // exit(3)
  EXPECT_EQ(line(quality, "exit status"), "3");
  quality.wait_status = 11;
  EXPECT_EQ(line(quality, "exit status"), "killed by SIGSEGV");
}

TEST(Quality, MeasuresTheRateAgainstTheBestTimeThereIs) {
  Quality quality = hundred_samples();
  EXPECT_FALSE(reached_rate(quality, quality.events[0]));
  EXPECT_EQ(line(quality, "event"), "task-clock:u: asked 999 Hz");
  EXPECT_EQ(line(quality, "duration"), "unknown; the recorder did not come to its end");
  quality.recorder_tells_end = false;
  EXPECT_EQ(line(quality, "duration"), "unknown");
  quality.recorder_tells_end = true;

  quality.span_ns = 1'000'000'000;
  EXPECT_EQ(line(quality, "event"), "task-clock:u: asked 999 Hz, reached 100.0 samples per second of wall time");
  EXPECT_THAT(line(quality, "duration"), HasSubstr("1.000 s from the first to the last sample"));

  quality.duration_ns = 2'000'000'000;
  EXPECT_EQ(line(quality, "event"), "task-clock:u: asked 999 Hz, reached 50.0 samples per second of wall time");
  EXPECT_EQ(line(quality, "duration"), "2.000 s");
  EXPECT_FALSE(reached_rate(quality, quality.events[0])->of_cpu_time);

  quality.cpu_time_ns = 500'000'000;
  EXPECT_EQ(line(quality, "event"),
            "task-clock:u: asked 999 Hz, reached 200.0 samples per second of the target's cpu time");
}

TEST(Quality, SaysWhatAPeriodCounts) {
  Quality quality;
  quality.events.push_back({"cycles", false, 100000, 0, false, false});
  EXPECT_EQ(line(quality, "event"), "cycles: asked 100000 events per sample");
}

TEST(Quality, AnEventWithoutSamplesOfItsOwnIsCountedInThoseOfAnother) {
  Quality quality;
  quality.events.push_back({"instructions", false, 0, 0, false, false});
  EXPECT_EQ(line(quality, "event"), "instructions: counted in the samples of another event");
}

TEST(Quality, DoesNotShowEventsThatCannotSample) {
  Quality quality;
  quality.events.push_back({"dummy:u", false, 0, 0, false, true});
  EXPECT_EQ(line(quality, "event"), "");
}

TEST(Quality, CountsLossByCauseWithItsShare) {
  Quality quality = hundred_samples();
  EXPECT_EQ(line(quality, "lost"), "nothing");
  EXPECT_DOUBLE_EQ(loss_percent(quality), 0.0);

  quality.ledger.lose(LossCause::ring_full, 20);
  quality.ledger.lose(LossCause::kernel_dropped, 5);
  quality.ledger.lose(LossCause::image_missing, 10);
  // 125 samples were taken: 20 / 125 and 5 / 125; 10 of the 100 that are here lack their image.
  EXPECT_EQ(line(quality, "lost"),
            "ring full 20 (16.00%), dropped by the kernel 5 (4.00%), no register image 10 (10.00%)");
  EXPECT_DOUBLE_EQ(loss_percent(quality), 28.0);  // 35 of 125
  EXPECT_FALSE(loss_unknown(quality));
}

TEST(Quality, ImagesWithoutSamplesAreNoLostSamples) {
  Quality quality = hundred_samples();
  quality.ledger.lose(LossCause::image_unmatched, 50);
  EXPECT_EQ(line(quality, "lost"), "image without sample 50");
  EXPECT_DOUBLE_EQ(loss_percent(quality), 0.0);
}

TEST(Quality, KnowsThatADamagedFileLostAnUnknownNumber) {
  for (const LossCause cause : {LossCause::chunk_damaged, LossCause::input_truncated, LossCause::write_failed}) {
    Quality quality = hundred_samples();
    quality.ledger.lose(cause, 1);
    EXPECT_TRUE(loss_unknown(quality));
    EXPECT_EQ(line(quality, "lost"), std::string(loss_cause_name(cause)) + " 1");
  }
}

TEST(Quality, NamesSkippedRecordsByKind) {
  Quality quality = hundred_samples();
  EXPECT_EQ(line(quality, "skipped"), "no records");
  Error error;
  error.fact = "sample ends inside regs_intr";
  error.offset = 4096;
  quality.ledger.skip(abi::PERF_RECORD_SAMPLE, error);
  quality.ledger.skip(abi::PERF_RECORD_SAMPLE, error);
  quality.ledger.skip_unknown_type(0x1234);
  EXPECT_EQ(line(quality, "skipped"), "SAMPLE 2, type 0x1234 1 (unknown type)");
  EXPECT_EQ(line(quality, "skipped", true),
            "SAMPLE 2 (first: byte 4096: sample ends inside regs_intr), type 0x1234 1 (unknown type)");
  EXPECT_TRUE(loss_unknown(quality));
}

TEST(Quality, CountsUnresolvedSamplesByReason) {
  Quality quality = hundred_samples();
  EXPECT_EQ(line(quality, "unresolved"), "no samples");
  quality.unresolved[Unresolved::anonymous_map] = 3;
  quality.unresolved[Unresolved::no_symbols] = 2;
  EXPECT_EQ(line(quality, "unresolved"), "5 samples (5.00%): anonymous mapping 3, no symbols in file 2");
}

}  // namespace
}  // namespace simdprof
