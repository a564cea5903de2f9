#include <map>
#include <set>

#include "tests/lib/capture/ptrace_recording.h"

namespace simdprof {
namespace {

using test::record_command;
using test::Recorded;
using test::run_plain;

class PtraceCapture : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::can_trace()) GTEST_SKIP() << "no sigtrap events or no ptrace here";
  }
};

/// What simd_patterns says of itself.
struct PatternFacts {
  std::uint64_t spin_start = 0, spin_end = 0;
  std::string width;
  std::map<Tid, unsigned> thread_of;
};

PatternFacts parse_patterns(const std::string& output) {
  PatternFacts facts;
  std::istringstream lines(output);
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string key;
    words >> key;
    if (key == "spin") words >> std::hex >> facts.spin_start >> facts.spin_end;
    if (key == "width") words >> facts.width;
    if (key == "thread") {
      unsigned number = 0;
      Tid tid = 0;
      words >> number >> tid;
      facts.thread_of[tid] = number;
    }
  }
  return facts;
}

// Lane values are set down in tests/programs/simd_patterns.c.
void expect_pattern(const test::SeenImage& image, unsigned thread, const std::string& width,
                    const abi::XsaveTable& table) {
  const double base = 10000.0 * thread;
  const auto xmm = image.component(abi::kXsaveSse, table);
  ASSERT_EQ(xmm.size(), 256U);
  const auto upper = image.component(abi::kXsaveYmmHi128, table);
  if (width != "xmm") {
    ASSERT_EQ(upper.size(), 256U);
  }
  for (unsigned i = 0; i < 16; ++i) {
    ASSERT_EQ(test::value_at<double>(xmm, 16 * i), base + 1000 + i + 0.25) << "xmm" << i << " of thread " << thread;
    ASSERT_EQ(test::value_at<double>(xmm, 16 * i + 8), -(base + 1000 + i + 0.5)) << "xmm" << i;
    if (width == "xmm") continue;
    ASSERT_EQ(test::value_at<double>(upper, 16 * i), base + 2000 + i + 0.25) << "ymm" << i;
    ASSERT_EQ(test::value_at<double>(upper, 16 * i + 8), -(base + 2000 + i + 0.5)) << "ymm" << i;
  }
}

/// Records simd_patterns and compares every image of its loop. @return images compared, by thread
std::map<unsigned, unsigned> check_patterns(const std::vector<std::string>& options, Recorded& recorded) {
  std::vector<std::string> argv{test::program("simd_patterns")};
  argv.insert(argv.end(), options.begin(), options.end());
  record_command(argv, recorded);
  EXPECT_EQ(recorded.error, "");
  EXPECT_EQ(recorded.ran.wait_status, 0) << recorded.ran.output;
  const PatternFacts facts = parse_patterns(recorded.ran.output);
  const abi::XsaveTable table = abi::probe_xsave_table();
  std::map<unsigned, unsigned> compared;
  for (const auto& image : recorded.sink.images) {
    if (!facts.thread_of.contains(image.tid)) continue;
    if (image.ip < facts.spin_start || image.ip >= facts.spin_end) continue;
    const unsigned thread = facts.thread_of.at(image.tid);
    expect_pattern(image, thread, facts.width, table);
    if (testing::Test::HasFatalFailure()) return compared;
    ++compared[thread];
  }
  return compared;
}

TEST_F(PtraceCapture, ShowsThePlantedLanesInAUserLoop) {
  Recorded recorded;
  const auto compared = check_patterns({"--seconds=0.4"}, recorded);
  ASSERT_EQ(compared.size(), 1U);
  EXPECT_GT(compared.at(0), recorded.outcome.samples / 2);
  for (const auto& image : recorded.sink.images) {
    if (image.tid != recorded.sink.images.back().tid) continue;
    EXPECT_EQ(image.flags, 0U);
  }
}

TEST_F(PtraceCapture, ShowsThePlantedLanesInASyscallLoopAndNamesTheCall) {
  Recorded recorded;
  const auto compared = check_patterns({"--loop=syscall", "--seconds=0.6"}, recorded);
  ASSERT_EQ(compared.size(), 1U);
  EXPECT_GT(compared.at(0), recorded.outcome.samples / 2);
  unsigned in_read = 0;
  for (const auto& image : recorded.sink.images) in_read += image.syscall == 0 ? 1 : 0;  // read is number 0
  EXPECT_GT(in_read, recorded.outcome.samples / 4);
}

TEST_F(PtraceCapture, NeverMixesUpSixtyFourThreads) {
  Recorded recorded;
  const auto compared = check_patterns({"--threads=64", "--seconds=0.8"}, recorded);
  EXPECT_GT(compared.size(), 30U);  // on a loaded machine some threads hardly run
}

TEST_F(PtraceCapture, GivesEverySampleOfARunningLoopItsImage) {
  Recorded recorded;
  record_command({test::program("simd_patterns"), "--seconds=0.4"}, recorded);
  ASSERT_GT(recorded.sink.samples.size(), 20U);
  std::size_t without = 0;
  for (const auto& sample : recorded.sink.samples) {
    const bool found = std::any_of(recorded.sink.images.begin(), recorded.sink.images.end(), [&](const auto& image) {
      return image.tid == sample.tid && image.window_start_ns <= sample.time_ns && sample.time_ns <= image.time_ns;
    });
    without += found ? 0 : 1;
  }
  std::uint64_t counted = 0;
  for (const auto& [cause, count] : recorded.sink.losses) {
    if (cause == 2 || cause == 3) counted += count;
  }
  EXPECT_EQ(without, counted);
  EXPECT_LE(without, 2U);
}

TEST_F(PtraceCapture, StopsAUserHitWhereTheSampleWasTaken) {
  Recorded recorded;
  record_command({test::program("fma_loop"), "200"}, recorded);
  std::map<std::pair<Tid, std::uint64_t>, std::uint64_t> ip_of;
  for (const auto& sample : recorded.sink.samples) {
    if (sample.in_user) ip_of[{sample.tid, sample.time_ns}] = sample.ip;
  }
  std::size_t compared = 0;
  for (const auto& image : recorded.sink.images) {
    const auto sample = ip_of.find({image.tid, image.window_start_ns});
    if (sample == ip_of.end() || image.syscall >= 0) continue;
    EXPECT_EQ(image.ip, sample->second);
    ++compared;
  }
  EXPECT_GT(compared, 10U);
}

TEST_F(PtraceCapture, RecordsThreadsAndProcessesMadeAtAnyTimeAndWhatTheyExecute) {
  const auto plain = run_plain({test::program("fork_exec")});
  Recorded recorded;
  record_command({test::program("fork_exec")}, recorded);
  EXPECT_EQ(recorded.ran.output, plain.output);
  EXPECT_EQ(recorded.ran.wait_status, plain.wait_status);
  std::set<Pid> processes;
  for (const auto& image : recorded.sink.images) processes.insert(image.pid);
  EXPECT_GE(processes.size(), 7U);  // chain, vfork, spawn, three forks, the killed one
  EXPECT_GE(recorded.sink.exec_names.size(), 1U + 3 + 1 + 1 + 1);
}

// Each stop is a switch, whose sample makes the next stop: without a pause no program would come to its end.
TEST_F(PtraceCapture, ATargetThatItsStopsHoldUpGetsOn) {
  Recorded recorded;
  CapturePlan plan = test::make_plan();
  plan.events[0].attr.config = abi::PERF_COUNT_SW_CONTEXT_SWITCHES;
  plan.events[0].attr.flags &= ~std::uint64_t{abi::kAttrFreq};
  plan.events[0].attr.sample_period_or_freq = 1;
  plan.target.command = {test::program("fork_exec")};
  test::record(plan, recorded);
  EXPECT_EQ(recorded.error, "");
  const auto plain = run_plain({test::program("fork_exec")});
  EXPECT_EQ(recorded.ran.output, plain.output);
  EXPECT_EQ(recorded.ran.wait_status, plain.wait_status);
  EXPECT_GT(recorded.outcome.register_images, 100U);
}

TEST_F(PtraceCapture, FollowsAnExecByAThreadThatIsNotTheFirst) {
  Recorded recorded;
  record_command({test::program("ptrace_thread_exec"), test::program("fma_loop"), "100"}, recorded);
  EXPECT_EQ(recorded.error, "");
  EXPECT_EQ(recorded.ran.wait_status, 0);
  EXPECT_EQ(recorded.ran.output, run_plain({test::program("fma_loop"), "100"}).output);
  // Each CPU has its ring, so that the order they come in is the reader's to make.
  const std::multiset<std::string> names(recorded.sink.exec_names.begin(), recorded.sink.exec_names.end());
  EXPECT_EQ(names, (std::multiset<std::string>{"fma_loop", "ptrace_thread_e"}));
}

TEST_F(PtraceCapture, ForwardsHowTheCommandEnded) {
  for (const char* kind : {"segv", "abrt", "ill", "trap", "term", "kill", "exit"}) {
    const std::vector<std::string> argv{test::program("crash"), kind, "9"};
    const auto plain = run_plain(argv);
    Recorded recorded;
    record_command(argv, recorded);
    // Bit 7 says whether a core was written, which depends on the system, not on us.
    EXPECT_EQ(recorded.ran.wait_status & ~0x80, plain.wait_status & ~0x80) << kind;
    EXPECT_EQ(recorded.ran.output, plain.output) << kind;
  }
}

// Whether the kernel runs 32-bit programs (CONFIG_IA32_EMULATION).
bool runs_32_bit() { return run_plain({test::program("patterns_32bit")}).wait_status == 0; }

TEST_F(PtraceCapture, ShowsThePlantedLanesOfA32BitProgram) {
  if (!runs_32_bit()) GTEST_SKIP() << "this kernel runs no 32-bit programs";
  Recorded recorded;
  record_command({test::program("patterns_32bit")}, recorded);
  EXPECT_EQ(recorded.error, "");
  EXPECT_EQ(recorded.ran.wait_status, 0);
  const abi::XsaveTable table = abi::probe_xsave_table();
  std::size_t planted = 0;
  for (const auto& image : recorded.sink.images) {
    const auto xmm = image.component(abi::kXsaveSse, table);
    if (image.syscall >= 0 || xmm.size() != 256 || test::value_at<double>(xmm, 0) != 1000.25) continue;
    for (unsigned i = 0; i < 8; ++i) {
      ASSERT_EQ(test::value_at<double>(xmm, 16 * i), 1000 + i + 0.25) << "xmm" << i;
      ASSERT_EQ(test::value_at<double>(xmm, 16 * i + 8), -(1000 + i + 0.5)) << "xmm" << i;
    }
    EXPECT_LT(image.ip, std::uint64_t{1} << 32U);
    ++planted;
  }
  EXPECT_GT(planted, recorded.outcome.samples / 2);
  EXPECT_GT(planted, 10U);  // of 500 on an idle machine
}

TEST_F(PtraceCapture, SaysThatACommandIsNotThere) {
  CapturePlan plan = test::make_plan();
  plan.target.command = {"no-such-command-at-all"};
  test::MemorySink sink;
  const StopFlag stop{false};
  const auto outcome = run_ptrace_capture(plan, sink, stop);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::not_found);
}

TEST_F(PtraceCapture, EndsWithTheCommandAndReleasesWhatItLeavesBehind) {
  const std::string file = testing::TempDir() + "left_behind_" + std::to_string(::getpid());
  Recorded recorded;
  record_command({"sh", "-c", test::program("fma_loop") + " 2000 > " + file + " & echo $!; exit 4"}, recorded);
  EXPECT_EQ(WEXITSTATUS(recorded.ran.wait_status), 4);
  const auto child = static_cast<Tid>(std::stol(recorded.ran.output));
  const auto status = load_thread_status(child);
  ASSERT_TRUE(status);  // it runs on
  EXPECT_EQ(status->tracer, 0);
  EXPECT_EQ(status->ignored & ThreadStatus::bit(SIGTRAP), 0U);
  for (int i = 0; i < 500 && load_thread_status(child); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line + "\n", run_plain({test::program("fma_loop"), "2000"}).output);
  ::unlink(file.c_str());
}

TEST_F(PtraceCapture, RefusesWholeCpus) {
  CapturePlan plan = test::make_plan();
  plan.target.system_wide = true;
  test::MemorySink sink;
  const StopFlag stop{false};
  const auto outcome = run_ptrace_capture(plan, sink, stop);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::usage);
}

}  // namespace
}  // namespace simdprof
