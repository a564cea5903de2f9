#include "lib/capture/ptrace_remote.h"

#include <elf.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <ctime>
#include <string>

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
  const auto status = test::wait_for(tracee.pid());
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

// No mask holds SIGSTOP back.
TEST(RemoteCaller, AStopThatComesDuringTheCallIsKept) {
  StopQueue stops;
  RemoteCaller remote(stops);
  const test::Tracee tracee(test::spin);
  tracee.stop();
  ::kill(tracee.pid(), SIGSTOP);
  EXPECT_EQ(remote.call(tracee.pid(), SYS_getpid, {}), tracee.pid());
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

/// A program at its first instruction, which ends with 0 if its umask is `mask`.
class NewProgram {
 public:
  explicit NewProgram(const char* mask) : remote_(stops_), tracee_([this, mask] { run(mask); }) {
    EXPECT_EQ(::write(go_[1], "", 1), 1);
    EXPECT_EQ(tracee_.wait().kind, Kind::exec);
    EXPECT_TRUE(remote_.settle(tracee_.pid()));
  }
  NewProgram(const NewProgram&) = delete;
  NewProgram& operator=(const NewProgram&) = delete;
  ~NewProgram() {
    for (const int end : go_) ::close(end);
  }
  RemoteCaller& remote() { return remote_; }
  [[nodiscard]] Pid pid() const { return tracee_.pid(); }
  void go_on() {
    ASSERT_TRUE(remote_.settle(pid()));
    ptrace::detach(pid(), 0);
  }
  [[nodiscard]] int end() const {
    int status = 0;
    EXPECT_EQ(::waitpid(pid(), &status, 0), pid());
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }

 private:
  void run(const char* mask) const {
    ::umask(022);
    char byte = 0;
    const std::string check = std::string("test $(umask) = ") + mask;
    if (::read(go_[0], &byte, 1) == 1) ::execl("/bin/sh", "sh", "-c", check.c_str(), nullptr);
    ::_exit(99);
  }
  struct Pipe {
    explicit Pipe(int* ends) { EXPECT_EQ(::pipe(ends), 0); }
  };

  int go_[2] = {-1, -1};
  Pipe made_{go_};
  StopQueue stops_;
  RemoteCaller remote_;
  test::Tracee tracee_;
};

TEST(RemoteCallAtEntry, RunsACallAndPutsEverythingBack) {
  NewProgram program("0137");
  const Block before = load_block(program.pid());
  EXPECT_EQ(program.remote().call_at_entry(program.pid(), SYS_umask, {0137, 0, 0, 0}), 022);
  EXPECT_EQ(load_block(program.pid()), before);
  program.go_on();
  EXPECT_EQ(program.end(), 0);
}

// What the kernel does when a tracer dies is to detach from its tracees.
TEST(RemoteCallAtEntry, AProgramWhoseTracerDiesBeforeTheCallGoesOn) {
  NewProgram program("0137");
  ASSERT_TRUE(RemoteCaller::begin_at_entry(program.pid(), SYS_umask, {0137, 0, 0, 0}));
  ptrace::detach(program.pid(), 0);
  EXPECT_EQ(program.end(), 0);
}

TEST(RemoteCallAtEntry, AProgramWhoseTracerDiesInTheCallGoesOn) {
  for (int stops = 1; stops <= 2; ++stops) {
    NewProgram program("0137");
    ASSERT_TRUE(RemoteCaller::begin_at_entry(program.pid(), SYS_umask, {0137, 0, 0, 0}));
    for (int stop = 0; stop < stops; ++stop) {
      ASSERT_TRUE(ptrace::resume_to_syscall(program.pid(), 0));
      const auto status = test::wait_for(program.pid());
      ASSERT_TRUE(status);
      EXPECT_EQ(classify_stop(*status).kind, Kind::syscall);
    }
    ptrace::detach(program.pid(), 0);
    EXPECT_EQ(program.end(), 0) << stops;
  }
}

TEST(RemoteCallAtEntry, ASignalThatComesFirstIsDelivered) {
  NewProgram unchanged("0022");
  ::kill(unchanged.pid(), SIGWINCH);  // which does nothing
  const auto value = unchanged.remote().call_at_entry(unchanged.pid(), SYS_umask, {0137, 0, 0, 0});
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, Errc::unsupported);
  unchanged.go_on();
  EXPECT_EQ(unchanged.end(), 0);

  NewProgram killed("0022");
  ::kill(killed.pid(), SIGUSR1);
  EXPECT_FALSE(killed.remote().call_at_entry(killed.pid(), SYS_umask, {0137, 0, 0, 0}));
}

}  // namespace
}  // namespace simdprof
