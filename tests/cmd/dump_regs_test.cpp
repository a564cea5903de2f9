// The verb writes most of its text on several threads. What they write is what one thread writes sample by sample.
#include "cmd/dump_regs.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cmd/dump_regs_render.h"
#include "cmd/exit_code.h"
#include "cmd/sample_source.h"
#include "tests/cmd/xmm_recording.h"

namespace simdprof::cmd {
namespace {

struct Written {
  std::string text;
  std::uint64_t samples = 0;
  std::uint64_t distrusted = 0;
};

Written one_by_one(const std::string& path, RegisterReport report) {
  SampleOptions options;
  options.input = path;
  auto source = SampleSource::open(options, {.place = true, .lines = false, .registers = true, .verdicts = true});
  Written written;
  if (!source) return written;
  TextBuffer out;
  while (const SampleHit* hit = source->next()) {
    ++written.samples;
    written.distrusted += source->verdict().distrust != 0 ? 1 : 0;
    render_registers_text(out, {hit, &source->registers(), source->facts().arch, source->verdict()}, report);
  }
  written.text = fmt::to_string(out);
  return written;
}

std::string of_the_verb(const std::vector<std::string>& words) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  EXPECT_EQ(dump_regs_verb(words), kExitOk);
  testing::internal::GetCapturedStderr();
  return testing::internal::GetCapturedStdout();
}

RegisterReport both_sets() {
  RegisterReport report;
  report.sets = {SetKind::user, SetKind::intr};
  return report;
}

TEST(DumpRegsVerb, WritesWhatOneThreadWrites) {
  std::uint64_t samples = 0;
  for (const auto& file : std::filesystem::directory_iterator(std::string(SIMDPROF_CORPUS_DIR) + "/legacy-xmm")) {
    if (!file.path().string().ends_with(".perf.data")) continue;
    const std::string path = file.path().string();
    const Written expected = one_by_one(path, both_sets());
    EXPECT_EQ(of_the_verb({"-i", path, "--both"}), expected.text) << path;
    samples += expected.samples;
    RegisterReport words;
    words.choice.classes[static_cast<std::size_t>(RegisterClass::gpr)] = true;
    EXPECT_EQ(of_the_verb({"-i", path, "--gpr"}), one_by_one(path, words).text) << path;
  }
  EXPECT_GT(samples, 600U);
}

// Of samples that a filter refuses no text is made beforehand; those that it leaves have theirs.
TEST(DumpRegsVerb, WritesTheSamplesThatAFilterLeaves) {
  const test::HandRecording file{test::recording_with_distrusted_vectors()};
  const std::string path = file.path();
  const std::string kernel = of_the_verb({"-i", path, "--both", "--kernel"});
  const std::string user = of_the_verb({"-i", path, "--both", "--user-mode"});
  EXPECT_NE(kernel.find(" mode=kernel "), std::string::npos);
  EXPECT_EQ(kernel.find(" mode=user "), std::string::npos);
  EXPECT_NE(user.find(" mode=user "), std::string::npos);
  EXPECT_EQ(user.find(" mode=kernel "), std::string::npos);
  EXPECT_EQ(kernel.size() + user.size(), one_by_one(path, both_sets()).text.size());
}

// Samples that a finding speaks of, between others: the text that was made before is not theirs.
TEST(DumpRegsVerb, MarksWhatAFindingDistrusts) {
  const test::HandRecording file{test::recording_with_distrusted_vectors()};
  const Written expected = one_by_one(file.path(), both_sets());
  EXPECT_EQ(expected.samples, 3U);
  EXPECT_EQ(expected.distrusted, 1U);
  EXPECT_NE(expected.text.find("distrusted-by:R6"), std::string::npos) << expected.text;
  EXPECT_EQ(of_the_verb({"-i", file.path(), "--both"}), expected.text);
}

}  // namespace
}  // namespace simdprof::cmd
