#include "cmd/export.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "lib/base/cursor.h"
#include "lib/base/fd.h"
#include "tests/cmd/session_input.h"

namespace simdprof::cmd {
namespace {

using test::Bytes;
using test::framed;
using test::HandRecording;
using test::text;
using test::words;
using test::operator+;

constexpr std::uint64_t kSampleIdAll = 1U << 18U;
constexpr std::uint64_t kTask = (std::uint64_t{43} << 32U) | 42;  // pid 42, tid 43
const Bytes kFinishedRound = framed(68, {});

class ExportTest : public ::testing::Test {
 protected:
  ExportTest() {
    std::string name = "/tmp/simdprof-export-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~ExportTest() override { std::filesystem::remove_all(folder_); }

  /// The data section of what the recording is exported to.
  Bytes exported(const HandRecording& recording) {
    const std::string path = folder_ + "/perf.data";
    EXPECT_EQ(export_verb({"-i", recording.path(), "-o", path}), 0);
    const Bytes file = load_bytes(path, std::size_t{1} << 20U).value_or(Bytes{});
    if (file.size() < 104) return {};
    const WordView header{std::span(file).first(104)};
    EXPECT_EQ(header[0], 0x32454c4946524550U);
    EXPECT_EQ(header[5], 104U);
    return {file.begin() + 104, file.begin() + 104 + static_cast<std::ptrdiff_t>(header[6])};
  }

  std::string folder_;
};

/// One event with IP, TID and TIME, no id.
HandRecording recording(const std::vector<Bytes>& records, std::uint64_t flags = kSampleIdAll) {
  return HandRecording{{{StreamKind::metadata, 0, {test::event_desc(0, 7, flags, "task-clock")}},
                        {StreamKind::ring, 1, records, 10, 90}}};
}

Bytes comm(const Bytes& trailer) { return framed(3, words({kTask}) + text("a.out") + Bytes(3) + trailer); }

TEST_F(ExportTest, SamplesAndTrailersGetTheIdOfTheEvent) {
  const Bytes out = exported(recording({comm(words({kTask, 10})), framed(9, words({0x401000, kTask, 20}), 2)}));
  EXPECT_EQ(test::hex(out),
            test::hex(comm(words({kTask, 10, 1})) + framed(9, words({1, 0x401000, kTask, 20}), 2) + kFinishedRound));
}

TEST_F(ExportTest, ARecordWithoutATrailerGetsZerosAndWaitsForWhatIsBeforeIt) {
  const Bytes out = exported(recording({framed(9, words({0x401000, kTask, 20}), 2), comm({})}));
  EXPECT_EQ(test::hex(out), test::hex(framed(9, words({1, 0x401000, kTask, 20}), 2) + kFinishedRound + kFinishedRound +
                                      comm(words({0, 0, 0})) + kFinishedRound));
}

TEST_F(ExportTest, WithoutSampleIdAllRecordsStayAsTheyAre) {
  const Bytes out = exported(recording({comm({}), framed(9, words({0x401000, kTask, 20}), 2)}, 0));
  EXPECT_EQ(test::hex(out), test::hex(comm({}) + framed(9, words({1, 0x401000, kTask, 20}), 2) + kFinishedRound));
}

TEST_F(ExportTest, RecordsThatPerf61DoesNotKnowAreLeftOut) {
  const Bytes deferred = framed(22, words({0xc00c1e, 1, 0x401000, kTask, 30}));
  const Bytes loss = framed(0x53440006, words({0, 43, 5, 25}));
  ::testing::internal::CaptureStderr();
  const Bytes out = exported(recording({framed(9, words({0x401000, kTask, 20}), 2), loss, deferred}));
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(test::hex(out), test::hex(framed(9, words({1, 0x401000, kTask, 20}), 2) + kFinishedRound));
  EXPECT_NE(said.find("not in perf's format: 1 CALLCHAIN_DEFERRED, 1 LOSS"), std::string::npos) << said;
}

TEST_F(ExportTest, SaysWhatBecomesOfAuxAreasAndTracepoints) {
  // AUXTRACE: offset, reference, index and tid, cpu and size, then the bytes of the area.
  const Bytes piece =
      framed(0x5344000b, words({0, 1, std::uint64_t{43} << 32U, (std::uint64_t{1024} << 32U) | 1}) + Bytes(1024));
  const HandRecording made{{{StreamKind::metadata, 0, {test::event_desc(0, 7, kSampleIdAll, "sched:sched_switch", 2)}},
                            {StreamKind::ring, 1, {framed(9, words({0x401000, kTask, 20}), 2)}, 10, 90},
                            {StreamKind::aux, 2, {piece}}}};
  ::testing::internal::CaptureStderr();
  exported(made);
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find(": 1 samples, 1 tracepoint as bpf-output; left out: 2 KiB of AUX areas"), std::string::npos)
      << said;
}

TEST_F(ExportTest, MiscBitsAndBuildIdsOfMappingsStay) {
  // MMAP2 with a build id: misc bit 14.
  const Bytes mapping = words({kTask, 0x400000, 0x1000, 0}) + test::raw({20, 0, 0, 0}) + Bytes(20, std::byte{0xab}) +
                        test::raw({5, 0, 0, 0, 2, 0, 0, 0}) + text("/bin/app");
  const Bytes out = exported(recording({framed(10, mapping + Bytes(8) + words({kTask, 10}), 0x4002)}));
  EXPECT_EQ(test::hex(out), test::hex(framed(10, mapping + Bytes(8) + words({kTask, 10, 1}), 0x4002) + kFinishedRound));
}

}  // namespace
}  // namespace simdprof::cmd
