#include <sys/ptrace.h>

#include <cstdlib>
#include <random>

#include "lib/capture/target_tasks.h"
#include "tests/lib/capture/ptrace_recording.h"

namespace simdprof {
namespace {

using std::chrono::milliseconds;

void pause_for(milliseconds time) { std::this_thread::sleep_for(time); }

/// All that a debugger can leave behind in a process, thread by thread.
struct Traces {
  char worst_state = '-';
  Pid tracer = 0;
  std::uint64_t pending = 0, ignored = 0, caught = 0, blocked = 0;
  bool operator==(const Traces&) const = default;
};

Traces look_at(Pid pid) {
  Traces traces;
  for (const Tid tid : list_threads(pid)) {
    const auto status = load_thread_status(tid);
    if (!status) continue;
    if (status->state == 'T' || status->state == 't') traces.worst_state = status->state;
    traces.tracer = std::max(traces.tracer, status->tracer);
    traces.pending |= status->pending | status->pending_process;
    traces.ignored |= status->ignored;
    traces.caught |= status->caught;
    traces.blocked |= status->blocked;
  }
  return traces;
}

class Attached : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::can_trace()) GTEST_SKIP() << "no sigtrap events or no ptrace here";
  }
  static int record(Pid pid, milliseconds duration, std::uint64_t frequency_hz = 999) {
    CapturePlan plan = test::make_plan(frequency_hz);
    plan.target.pids = {pid};
    plan.duration = duration;
    return test::wait_for_end(test::start_recorder(plan));
  }
};

TEST_F(Attached, LeavesNoTraceInAProcessOfSeveralThreads) {
  test::CapturedOutput output;
  const pid_t pid = test::start_plain({test::program("simd_patterns"), "--threads=4", "--seconds=2"});
  pause_for(milliseconds(100));
  const Traces before = look_at(pid);
  for (const std::uint64_t frequency_hz : {999U, 10000U}) {
    EXPECT_EQ(record(pid, milliseconds(250), frequency_hz), 0);
    EXPECT_EQ(look_at(pid), before);
  }
  EXPECT_EQ(test::wait_for_end(pid), 0);
  EXPECT_NE(output.read_all().find("intact"), std::string::npos);
}

TEST_F(Attached, RecordsOneThreadWithDashT) {
  const pid_t pid = test::start_quiet({test::program("simd_patterns"), "--threads=2", "--seconds=1.5"});
  pause_for(milliseconds(100));
  CapturePlan plan = test::make_plan();
  plan.target.tids = {list_threads(pid).back()};
  plan.duration = milliseconds(400);
  EXPECT_EQ(test::wait_for_end(test::start_recorder(plan)), 0);
  EXPECT_EQ(look_at(pid).tracer, 0);
  EXPECT_EQ(test::wait_for_end(pid), 0);
}

TEST_F(Attached, LeavesAStoppedProcessStopped) {
  const pid_t pid = test::start_quiet({test::program("fma_loop"), "600"});
  pause_for(milliseconds(50));
  CapturePlan plan = test::make_plan();
  plan.target.pids = {pid};
  plan.duration = milliseconds(500);
  const pid_t recorder = test::start_recorder(plan);
  pause_for(milliseconds(200));
  ::kill(pid, SIGSTOP);
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, WUNTRACED), pid);  // the stop reaches the real parent
  EXPECT_TRUE(WIFSTOPPED(status));
  EXPECT_EQ(test::wait_for_end(recorder), 0);
  // A detached thread wakes for a moment, to stop on its own account.
  for (int i = 0; i < 50 && load_thread_status(pid)->state != 'T'; ++i) pause_for(milliseconds(10));
  pause_for(milliseconds(20));
  EXPECT_EQ(load_thread_status(pid)->state, 'T');
  ::kill(pid, SIGCONT);
  EXPECT_EQ(test::wait_for_end(pid), 0);
}

TEST_F(Attached, EndsInOrderOnAStopRequest) {
  const pid_t pid = test::start_quiet({test::program("fma_loop"), "800"});
  pause_for(milliseconds(50));
  CapturePlan plan = test::make_plan();
  plan.target.pids = {pid};
  const pid_t recorder = test::start_recorder(plan);
  pause_for(milliseconds(300));
  ::kill(recorder, SIGINT);
  EXPECT_EQ(test::wait_for_end(recorder), 0);
  EXPECT_EQ(look_at(pid).tracer, 0);
  EXPECT_EQ(test::wait_for_end(pid), 0);
}

TEST_F(Attached, EndsWithItsTargetWhoseParentLearnsHow) {
  const pid_t pid = test::start_quiet({test::program("crash"), "segv"});
  CapturePlan plan = test::make_plan();
  plan.target.pids = {pid};
  const pid_t recorder = test::start_recorder(plan);
  EXPECT_EQ(WTERMSIG(test::wait_for_end(pid)), SIGSEGV);
  test::wait_for_end(recorder);
}

TEST_F(Attached, NamesTheOneWhoTracesAlready) {
  const pid_t target = test::start_plain({"sleep", "5"});
  ASSERT_EQ(::ptrace(PTRACE_SEIZE, target, nullptr, nullptr), 0);
  const pid_t asker = ::fork();
  if (asker == 0) {
    CapturePlan plan = test::make_plan();
    plan.target.pids = {target};
    test::MemorySink sink;
    const StopFlag stop{false};
    const auto outcome = run_ptrace_capture(plan, sink, stop);
    const std::string expected = "already traced by pid " + std::to_string(::getppid());
    const bool named = !outcome && outcome.error().code == Errc::permission &&
                       outcome.error().fact.find(expected) != std::string::npos;
    ::_exit(named ? 0 : 1);
  }
  EXPECT_EQ(test::wait_for_end(asker), 0);
  ::kill(target, SIGKILL);
  test::wait_for_end(target);
}

TEST_F(Attached, SaysThatTheProcessIsNotThere) {
  const pid_t gone = test::start_plain({"true"});
  test::wait_for_end(gone);
  CapturePlan plan = test::make_plan();
  plan.target.pids = {gone};
  test::MemorySink sink;
  const StopFlag stop{false};
  const auto outcome = run_ptrace_capture(plan, sink, stop);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::not_found);
}

/// How often a recorder is killed; a long run sets SIMDPROF_LONG_TESTS.
int kill_rounds() { return std::getenv("SIMDPROF_LONG_TESTS") != nullptr ? 50 : 8; }

TEST_F(Attached, TargetOutlivesARecorderThatIsKilled) {
  const std::string expected = test::run_plain({test::program("fma_loop"), "120"}).output;
  std::mt19937 random(1);
  for (int round = 0; round < kill_rounds(); ++round) {
    test::CapturedOutput output;
    const pid_t pid = test::start_plain({test::program("fma_loop"), "120"});
    CapturePlan plan = test::make_plan(10000);
    plan.target.pids = {pid};
    const pid_t recorder = test::start_recorder(plan);
    pause_for(milliseconds(10 + random() % 120));
    ::kill(recorder, SIGKILL);
    test::wait_for_end(recorder);
    EXPECT_EQ(test::wait_for_end(pid), 0);
    EXPECT_EQ(output.read_all(), expected);
  }
}

TEST_F(Attached, LaunchedCommandOutlivesARecorderThatIsKilled) {
  const std::string expected = test::run_plain({test::program("fma_loop"), "120"}).output + "0\n";
  std::mt19937 random(2);
  for (int round = 0; round < kill_rounds(); ++round) {
    test::CapturedOutput output;
    std::array<int, 2> alive{};  // the command holds the write end: its end is the end of the file
    ASSERT_EQ(::pipe(alive.data()), 0);
    CapturePlan plan = test::make_plan(10000);
    plan.target.command = {
        "sh", "-c", "echo started >&" + std::to_string(alive[1]) + "; " + test::program("fma_loop") + " 120; echo $?"};
    const pid_t recorder = test::start_recorder(plan);
    ::close(alive[1]);
    std::array<char, 16> buffer{};
    ASSERT_GT(::read(alive[0], buffer.data(), buffer.size()), 0);
    pause_for(milliseconds(random() % 120));
    ::kill(recorder, SIGKILL);
    test::wait_for_end(recorder);
    while (::read(alive[0], buffer.data(), buffer.size()) > 0) {
    }
    ::close(alive[0]);
    EXPECT_EQ(output.read_all(), expected);
  }
}

}  // namespace
}  // namespace simdprof
