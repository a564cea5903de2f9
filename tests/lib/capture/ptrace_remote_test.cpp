#include "lib/capture/ptrace_remote.h"

#include <elf.h>
#include <sys/syscall.h>

#include <array>
#include <ctime>

#include "lib/capture/proc_thread.h"
#include "tests/lib/capture/ptrace_tracee.h"

namespace simdprof {
namespace {

using Kind = TraceeStop::Kind;
using Block = std::array<std::byte, 216>;

Block load_block(Tid tid) {
  Block block{};
  EXPECT_EQ(ptrace::load_regset(tid, NT_PRSTATUS, block), block.size());
  return block;
}

TEST(RemoteCaller, RunsASystemCallAndPutsEverythingBack) {
  StopQueue stops;
  RemoteCaller remote(stops);
  const test::Tracee tracee(test::spin);
  tracee.stop();
  const Block before = load_block(tracee.pid());
  const auto mask = ptrace::load_signal_mask(tracee.pid());
  const auto value = remote.call(tracee.pid(), SYS_getpid, {});
  ASSERT_TRUE(value) << value.error().fact;
  EXPECT_EQ(*value, tracee.pid());
  EXPECT_EQ(load_block(tracee.pid()), before);
  EXPECT_EQ(ptrace::load_signal_mask(tracee.pid()), mask);
}

TEST(RemoteCaller, GivesTheErrnoOfTheCall) {
  StopQueue stops;
  RemoteCaller remote(stops);
  const test::Tracee tracee(test::spin);
  tracee.stop();
  EXPECT_EQ(remote.call(tracee.pid(), SYS_close, {~std::uint64_t{0}, 0, 0, 0}), -EBADF);
}

// A sleep that was interrupted has to go on to its end, and to say so.
TEST(RemoteCaller, ASystemCallThatWasUnderWayGoesOn) {
  StopQueue stops;
  RemoteCaller remote(stops);
  const test::Tracee tracee([] {
    timespec time{0, 400000000};
    timespec start{};
    timespec end{};
    ::clock_gettime(CLOCK_MONOTONIC, &start);
    const int slept = ::nanosleep(&time, nullptr);
    ::clock_gettime(CLOCK_MONOTONIC, &end);
    const long ms = (end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000;
    ::_exit(slept == 0 && ms >= 399 ? 42 : 1);
  });
  while (load_thread_status(tracee.pid())->state != 'S') {
  }
  tracee.stop();
  ASSERT_TRUE(remote.call(tracee.pid(), SYS_getpid, {}));
  const auto settled = remote.settle(tracee.pid());
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->kind, Kind::interrupted);
  ptrace::resume(tracee.pid(), 0);
  const auto status = ptrace::wait_for(tracee.pid());
  ASSERT_TRUE(status);
  ASSERT_TRUE(WIFEXITED(*status));
  EXPECT_EQ(WEXITSTATUS(*status), 42);
}

TEST(RemoteCaller, ASignalThatWaitsIsDeliveredAfterTheCall) {
  StopQueue stops;
  RemoteCaller remote(stops);
  const test::Tracee tracee(test::spin);
  tracee.stop();
  ::kill(tracee.pid(), SIGUSR1);
  ASSERT_TRUE(remote.call(tracee.pid(), SYS_getpid, {}));
  ASSERT_TRUE(remote.settle(tracee.pid()));
  ptrace::resume(tracee.pid(), 0);
  const TraceeStop stop = tracee.wait();
  EXPECT_EQ(stop.kind, Kind::signal);
  EXPECT_EQ(stop.signal, SIGUSR1);
}

TEST(RemoteCaller, AStoppedGroupStaysStopped) {
  StopQueue stops;
  RemoteCaller remote(stops);
  const test::Tracee tracee(test::spin);
  ::kill(tracee.pid(), SIGSTOP);
  ASSERT_EQ(tracee.wait().kind, Kind::signal);
  ptrace::resume(tracee.pid(), SIGSTOP);
  ASSERT_EQ(tracee.wait().kind, Kind::group_stop);
  ASSERT_TRUE(remote.call(tracee.pid(), SYS_getpid, {}));
  const auto settled = remote.settle(tracee.pid());
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->kind, Kind::group_stop);
}

TEST(RemoteCaller, AThreadThatEndedIsSaidToHave) {
  StopQueue stops;
  RemoteCaller remote(stops);
  const test::Tracee tracee(test::spin);
  tracee.stop();
  ::kill(tracee.pid(), SIGKILL);
  EXPECT_FALSE(remote.call(tracee.pid(), SYS_getpid, {}));
}

}  // namespace
}  // namespace simdprof
