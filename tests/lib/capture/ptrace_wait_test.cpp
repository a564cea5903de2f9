#include "lib/capture/ptrace_wait.h"

#include <thread>

#include "tests/lib/capture/ptrace_tracee.h"

namespace simdprof {
namespace {

TEST(StopQueue, GivesWhatWasKeptFirst) {
  StopQueue stops;
  const test::Tracee tracee(test::spin);
  ptrace::interrupt(tracee.pid());
  stops.keep({4711, 9});
  TraceeEvent event;
  ASSERT_EQ(stops.next(event), StopQueue::Wait::stop);
  EXPECT_EQ(event.tid, 4711);
  EXPECT_EQ(event.status, 9);
  ASSERT_EQ(stops.next(event), StopQueue::Wait::stop);
  EXPECT_EQ(event.tid, tracee.pid());
}

TEST(StopQueue, SaysThatNobodyIsLeft) {
  StopQueue stops;
  TraceeEvent event;
  EXPECT_EQ(stops.next(event), StopQueue::Wait::nobody_left);
  EXPECT_EQ(stops.poll(event), StopQueue::Wait::nobody_left);
}

TEST(StopQueue, DoesNotWaitForWhatRuns) {
  StopQueue stops;
  const test::Tracee tracee(test::spin);
  TraceeEvent event;
  EXPECT_EQ(stops.poll(event), StopQueue::Wait::interrupted);
}

TEST(StopQueue, KeepsTheEndOfAThreadThatWasWaitedFor) {
  StopQueue stops;
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(7);
  ptrace::seize(pid, false);
  EXPECT_FALSE(stops.wait_for(pid));
  TraceeEvent event;
  ASSERT_EQ(stops.next(event), StopQueue::Wait::stop);
  EXPECT_EQ(event.tid, pid);
  EXPECT_EQ(WEXITSTATUS(event.status), 7);
}

// Its end is told when those of the other threads were heard.
TEST(StopQueue, WaitsForTheFirstThreadOfAProcessThatEnds) {
  StopQueue stops;
  const test::Tracee tracee([] {
    std::thread other([] { test::spin(); });
    test::spin();
  });
  ASSERT_EQ(tracee.wait().kind, TraceeStop::Kind::new_task);
  ptrace::resume(tracee.pid(), 0);
  ::kill(tracee.pid(), SIGKILL);
  EXPECT_FALSE(stops.wait_for(tracee.pid()));
  EXPECT_TRUE(stops.keeps(tracee.pid()));
  int ended = 0;
  TraceeEvent event;
  while (stops.poll(event) == StopQueue::Wait::stop) ended += WIFSIGNALED(event.status) ? 1 : 0;
  EXPECT_EQ(ended, 2);
}

TEST(StopQueue, AnExecIsTheEndOfWhatWasWaitedFor) {
  StopQueue stops;
  const test::Tracee tracee([] { ::execlp("sleep", "sleep", "60", nullptr); });
  EXPECT_FALSE(stops.wait_for(tracee.pid()));
  TraceeEvent event;
  ASSERT_EQ(stops.next(event), StopQueue::Wait::stop);
  EXPECT_EQ(classify_stop(event.status).kind, TraceeStop::Kind::exec);
}

TEST(StopQueue, AThreadThatDoesNotStopIsGivenUp) {
  StopQueue stops;
  const test::Tracee tracee(test::spin);
  EXPECT_FALSE(stops.wait_a_second_for(tracee.pid()));
  ptrace::interrupt(tracee.pid());
  EXPECT_TRUE(stops.wait_a_second_for(tracee.pid()));
}

}  // namespace
}  // namespace simdprof
