#include "lib/capture/ptrace_tracer.h"

#include <atomic>
#include <filesystem>

#include "tests/lib/capture/ptrace_recording.h"

namespace simdprof {
namespace {

/// Runs a program with nobody tracing it, and recorded: the outcome has to be the same.
void expect_same_outcome(std::vector<std::string> argv) {
  argv[0] = argv[0] == "sh" ? "sh" : test::program(argv[0]);
  const auto plain = test::run_plain(argv);
  test::Recorded recorded;
  test::record_command(argv, recorded);
  EXPECT_EQ(recorded.error, "");
  EXPECT_EQ(recorded.ran.output, plain.output);
  EXPECT_EQ(recorded.ran.wait_status & ~0x80, plain.wait_status & ~0x80);  // bit 7: a core was written
}

class TracerTransparency : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(TracerTransparency, OutputAndExitStatusAreThoseOfThePlainRun) {
  if (!test::can_trace()) GTEST_SKIP() << "no sigtrap events or no ptrace here";
  expect_same_outcome(GetParam());
}

using Words = std::vector<std::string>;
INSTANTIATE_TEST_SUITE_P(OwnTraps, TracerTransparency,
                         testing::Values(Words{"ptrace_traps", "raise"}, Words{"ptrace_traps", "kill"},
                                         Words{"ptrace_traps", "int3"}, Words{"ptrace_traps", "again"},
                                         Words{"ptrace_traps", "queued"}, Words{"ptrace_traps", "ignored"},
                                         Words{"ptrace_traps", "exec-default"}, Words{"ptrace_traps", "late"}));
INSTANTIATE_TEST_SUITE_P(
    Signals, TracerTransparency,
    testing::Values(
        Words{"signals", "4"}, Words{"many_threads", "64", "2", "100000"},
        Words{"sh", "-c", "trap 'echo term' TERM; kill -TERM $$; echo after"},
        Words{"sh", "-c", "kill -TRAP $$; echo not here"},
        // A child that stops and goes on. (The kernel shows the stop of a traced thread as t, not T.)
        Words{"sh", "-c",
              "(kill -STOP $(sh -c 'echo $PPID'); exit 3) & "
              "while grep -q '^State:.[^TtZX]' /proc/$!/status; do sleep 0.01; done; "
              "echo stopped; while grep -q '^State:.[^ZX]' /proc/$!/status 2>/dev/null; do kill -CONT $!; sleep 0.01; "
              "done; wait $!; echo $?"}));

std::string name_of(const std::string& process) {
  std::string name;
  std::getline(std::ifstream("/proc/" + process + "/comm") >> std::ws, name);
  return name;
}

/// Stops the child of this process that has not ignored SIGTRAP yet, for longer than two ticks of the tracer: as a busy
/// machine may let it wait.
/// @return whether there was one
bool delay_child() {
  std::error_code ignored;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
    Pid child = 0;
    if (!(std::ifstream(task.path() / "children") >> child)) continue;
    if (::kill(child, SIGSTOP) != 0) continue;
    const auto status = load_thread_status(child);
    const bool ignores = status && (status->ignored & ThreadStatus::bit(SIGTRAP)) != 0;
    const bool early = status && !ignores && status->state != 'Z' && name_of("self") == name_of(std::to_string(child));
    if (early) std::this_thread::sleep_for(std::chrono::milliseconds(500));
    ::kill(child, SIGCONT);
    return early;
  }
  return false;
}

TEST(Tracer, ACommandThatBeginsLateGetsItsOwnTrap) {
  if (!test::can_trace()) GTEST_SKIP() << "no sigtrap events or no ptrace here";
  bool delayed = false;
  for (int round = 0; round < 50 && !delayed; ++round) {
    std::atomic<bool> over{false};
    std::thread delayer([&] {
      while (!over && !delayed) delayed = delay_child();
    });
    test::Recorded recorded;
    test::record_command({"sh", "-c", "kill -TRAP $$; echo not here"}, recorded);
    over = true;
    delayer.join();
    EXPECT_EQ(recorded.ran.output, "");
    EXPECT_EQ(WTERMSIG(recorded.ran.wait_status), SIGTRAP);
  }
  EXPECT_TRUE(delayed);
}

// A sample in the few microseconds in which SIGTRAP is blocked and awaited is taken for it (a limit that the manual
// names), in one of some hundred runs: four of five are wanted.
TEST(Tracer, AThreadThatWaitsForItsOwnTrapGetsIt) {
  if (!test::can_trace()) GTEST_SKIP() << "no sigtrap events or no ptrace here";
  for (const char* how : {"sigwait", "signalfd"}) {
    const std::vector<std::string> argv{test::program("ptrace_traps"), how};
    const auto plain = test::run_plain(argv);
    int same = 0;
    for (int round = 0; round < 5; ++round) {
      test::Recorded recorded;
      test::record_command(argv, recorded);
      same += recorded.ran.output == plain.output && recorded.ran.wait_status == plain.wait_status ? 1 : 0;
    }
    EXPECT_GE(same, 4) << how;
  }
}

// A program that handled SIGTRAP executes another, which does not: a sample of the first that still waits must not end
// the second. Its moment is short, so it is tried often.
TEST(Tracer, ASampleOfAProgramWithAHandlerDoesNotEndTheOneItExecutes) {
  if (!test::can_trace()) GTEST_SKIP() << "no sigtrap events or no ptrace here";
  for (int round = 0; round < 10; ++round) {
    test::Recorded recorded;
    test::record_command({test::program("ptrace_traps"), "exec-default"}, recorded);
    ASSERT_EQ(recorded.ran.output, "exec-default\nraise\n") << round;
  }
}

// Stops of the command itself are seen by its parent, which is we: they must not end or resume it.
TEST(Tracer, LeavesAStoppedCommandStoppedUntilItIsContinued) {
  if (!test::can_trace()) GTEST_SKIP() << "no sigtrap events or no ptrace here";
  const auto start = std::chrono::steady_clock::now();
  test::Recorded recorded;
  test::record_command({"sh", "-c", "(sleep 0.4; kill -CONT $$) & kill -STOP $$; echo on; exit 2"}, recorded);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(350));
  EXPECT_EQ(recorded.ran.output, "on\n");
  EXPECT_EQ(WEXITSTATUS(recorded.ran.wait_status), 2);
}

TEST(Tracer, MarksImagesOfSamplesWhoseSigtrapWasBlocked) {
  if (!test::can_trace()) GTEST_SKIP() << "no sigtrap events or no ptrace here";
  test::Recorded recorded;
  test::record_command({test::program("ptrace_traps"), "late"}, recorded);
  std::size_t late = 0;
  for (const auto& image : recorded.sink.images) late += (image.flags & RegisterImage::kFlagLate) != 0 ? 1 : 0;
  EXPECT_GE(late, 1U);
  std::uint64_t missing = 0;
  for (const auto& [cause, count] : recorded.sink.losses) {
    if (cause == static_cast<std::uint32_t>(LossCause::image_missing)) missing += count;
  }
  EXPECT_GE(missing, 1U);
}

}  // namespace
}  // namespace simdprof
