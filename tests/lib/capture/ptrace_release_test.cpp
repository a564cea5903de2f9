#include <sys/ptrace.h>

#include <cstdlib>
#include <random>

#include <sys/syscall.h>

#include "lib/capture/ptrace_context.h"
#include "lib/capture/ptrace_remote.h"
#include "lib/capture/target_tasks.h"
#include "tests/lib/capture/ptrace_recording.h"
#include "tests/lib/capture/ptrace_tracee.h"

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

bool ignores_sigtrap(Pid pid) {
  const auto status = load_thread_status(pid);
  return status && (status->ignored & ThreadStatus::bit(SIGTRAP)) != 0;
}

/// Runs a stopped tracee to the entry of its next exec. @return its wait status there
int run_to_exec(Pid pid) {
  constexpr std::size_t kOrigRax = 15 * 8;  // user_regs_struct of x86-64
  for (;;) {
    EXPECT_TRUE(ptrace::resume_to_syscall(pid, 0));
    const auto status = test::wait_for(pid);
    if (!status || !WIFSTOPPED(*status)) return -1;
    std::array<std::byte, 27 * 8> registers{};
    ptrace::load_regset(pid, 1, registers);  // NT_PRSTATUS
    const bool in_syscall = classify_stop(*status).kind == TraceeStop::Kind::syscall;
    if (in_syscall && test::value_at<std::uint64_t>(registers, kOrigRax) == SYS_execve) return *status;
  }
}

// The kernel keeps an ignored SIGTRAP over the exec, and forgets that it was we who ignored it.
TEST_F(Attached, AnExecInTheMomentOfReleaseGetsItsSigtrapBack) {
  const test::Tracee tracee([] {
    ::raise(SIGSTOP);
    ::execlp("sleep", "sleep", "5", nullptr);
  });
  const Pid pid = tracee.pid();
  tracee.wait();
  const CapturePlan plan = test::make_plan();
  PtraceContext context(plan, true);
  ASSERT_TRUE(context.guard.protect(pid));
  TracedThread& thread = context.threads.adopt(pid);
  thread.begun = thread.guarded = thread.ignored_by_us = true;
  const int status = run_to_exec(pid);
  ASSERT_NE(status, -1);
  context.stops.keep({pid, status});
  test::MemorySink sink;
  PtraceRecords records(plan, sink, context.events);
  release_targets(context, records);
  EXPECT_EQ(load_thread_status(pid)->tracer, 0);
  EXPECT_FALSE(ignores_sigtrap(pid));
}

TEST_F(Attached, AProcessThatIgnoresSigtrapItselfDoesSoInTheProgramItExecutes) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::signal(SIGTRAP, SIG_IGN);
    ::usleep(100000);
    for (const auto start = std::chrono::steady_clock::now();
         std::chrono::steady_clock::now() - start < milliseconds(200);) {
    }
    ::execlp("sleep", "sleep", "5", nullptr);
  }
  EXPECT_EQ(record(pid, milliseconds(600)), 0);
  std::ifstream comm("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  comm >> name;
  EXPECT_EQ(name, "sleep");
  EXPECT_EQ(look_at(pid).tracer, 0);
  EXPECT_TRUE(ignores_sigtrap(pid));
  ::kill(pid, SIGKILL);
  test::wait_for_end(pid);
}

TEST_F(Attached, WhatAMakerIgnoresStaysIgnoredInTheProgramsItStarts) {
  for (const bool ignore : {true, false}) {
    test::Recorded recorded;
    test::record_command({test::program("ptrace_traps"), ignore ? "leave-ignoring" : "leave"}, recorded);
    const Pid left = std::stoi(recorded.ran.output);
    EXPECT_EQ(load_thread_status(left)->tracer, 0);
    EXPECT_EQ(ignores_sigtrap(left), ignore);
    ::kill(left, SIGKILL);
  }
}

TEST_F(Attached, ATargetThatSetsTheDefaultItselfIsProtectedAgain) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    for (const auto start = std::chrono::steady_clock::now();
         std::chrono::steady_clock::now() - start < milliseconds(300);) {
    }
    ::signal(SIGTRAP, SIG_DFL);
    ::signal(SIGUSR1, SIG_IGN);  // the mark that it has
    test::spin();
  }
  CapturePlan plan = test::make_plan(5000);
  plan.target.pids = {pid};
  const pid_t recorder = test::start_recorder(plan);
  const auto has_set_it = [&] { return (load_thread_status(pid)->ignored & ThreadStatus::bit(SIGUSR1)) != 0; };
  for (int i = 0; i < 500 && !has_set_it(); ++i) pause_for(milliseconds(10));
  for (int i = 0; i < 300 && !ignores_sigtrap(pid); ++i) pause_for(milliseconds(10));
  EXPECT_TRUE(ignores_sigtrap(pid));
  ::kill(recorder, SIGKILL);
  test::wait_for_end(recorder);
  int status = 0;
  pause_for(milliseconds(50));
  EXPECT_EQ(::waitpid(pid, &status, WNOHANG), 0);
  ::kill(pid, SIGKILL);
  test::wait_for_end(pid);
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
