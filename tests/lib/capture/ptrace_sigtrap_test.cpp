#include "lib/capture/ptrace_sigtrap.h"

#include "lib/capture/proc_thread.h"
#include "tests/lib/capture/ptrace_tracee.h"

namespace simdprof {
namespace {

using Disposition = SigtrapGuard::Disposition;

class Guard : public testing::Test {
 protected:
  static bool ignores(Pid pid) { return (load_thread_status(pid)->ignored & ThreadStatus::bit(SIGTRAP)) != 0; }
  StopQueue stops_;
  RemoteCaller remote_{stops_};
  SigtrapGuard guard_{remote_};
};

void ready_then_spin() {
  ::raise(SIGSTOP);
  test::spin();
}

TEST_F(Guard, IgnoresSigtrapAndKnowsItsOwnIgnoring) {
  const test::Tracee tracee(test::spin);
  tracee.stop();
  EXPECT_EQ(guard_.protect(tracee.pid()), Disposition::by_default);
  EXPECT_TRUE(ignores(tracee.pid()));
  EXPECT_EQ(guard_.load(tracee.pid()), Disposition::ours);
  EXPECT_EQ(guard_.protect(tracee.pid()), Disposition::ours);
  EXPECT_TRUE(guard_.restore(tracee.pid()));
  EXPECT_FALSE(ignores(tracee.pid()));
  EXPECT_EQ(guard_.load(tracee.pid()), Disposition::by_default);
}

TEST_F(Guard, LeavesTheTargetsOwnIgnoringAlone) {
  const test::Tracee tracee([] {
    ::signal(SIGTRAP, SIG_IGN);
    ready_then_spin();
  });
  tracee.wait();
  EXPECT_EQ(guard_.protect(tracee.pid()), Disposition::own_ignore);
  EXPECT_TRUE(guard_.restore(tracee.pid()));
  EXPECT_EQ(guard_.load(tracee.pid()), Disposition::own_ignore);
}

TEST_F(Guard, LeavesTheTargetsHandlerAlone) {
  const test::Tracee tracee([] {
    ::signal(SIGTRAP, [](int) {});
    ready_then_spin();
  });
  tracee.wait();
  EXPECT_EQ(guard_.protect(tracee.pid()), Disposition::own_handler);
  EXPECT_FALSE(ignores(tracee.pid()));
}

void block_sigtrap() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTRAP);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
}

TEST_F(Guard, DiscardsNoSigtrapOfTheTargetsOwnThatWaits) {
  for (const bool of_thread : {true, false}) {
    const test::Tracee tracee([of_thread] {
      block_sigtrap();
      of_thread ? ::raise(SIGTRAP) : ::kill(::getpid(), SIGTRAP);
      ready_then_spin();
    });
    tracee.wait();
    EXPECT_EQ(guard_.protect(tracee.pid()), Disposition::awaited);
    EXPECT_FALSE(ignores(tracee.pid()));
    const auto status = load_thread_status(tracee.pid());
    EXPECT_NE((of_thread ? status->pending : status->pending_process) & ThreadStatus::bit(SIGTRAP), 0U);
  }
}

TEST_F(Guard, AChildInheritsTheMark) {
  const test::Tracee tracee([] {
    ::raise(SIGSTOP);
    if (::fork() == 0) {
      ::raise(SIGSTOP);
      ::_exit(0);
    }
    test::spin();
  });
  tracee.wait();
  ASSERT_TRUE(guard_.protect(tracee.pid()));
  ASSERT_TRUE(remote_.settle(tracee.pid()));
  ptrace::resume(tracee.pid(), 0);
  ASSERT_EQ(tracee.wait().kind, TraceeStop::Kind::new_task);
  const auto child = ptrace::load_event_tid(tracee.pid());
  ASSERT_TRUE(child);
  ASSERT_TRUE(test::wait_for(*child));
  EXPECT_EQ(guard_.load(*child), Disposition::ours);
  ::kill(*child, SIGKILL);
  while (const auto status = test::wait_for(*child)) {
    if (!WIFSTOPPED(*status)) break;
  }
}

TEST_F(Guard, MarksTheIgnoringOfANewProgramThoughASignalComesFirst) {
  const test::Tracee tracee([] {
    ::signal(SIGTRAP, SIG_IGN);
    ::execlp("sleep", "sleep", "60", nullptr);
  });
  ASSERT_EQ(tracee.wait().kind, TraceeStop::Kind::exec);
  ASSERT_TRUE(remote_.settle(tracee.pid()));
  ::kill(tracee.pid(), SIGWINCH);  // which does nothing
  EXPECT_TRUE(guard_.protect_new_program(tracee.pid()));
  EXPECT_EQ(guard_.load(tracee.pid()), Disposition::ours);
}

TEST_F(Guard, ANewProgramKeepsTheSigtrapThatWaits) {
  const test::Tracee tracee([] {
    ::signal(SIGTRAP, SIG_IGN);
    block_sigtrap();
    ::kill(::getpid(), SIGTRAP);
    ::execlp("sleep", "sleep", "60", nullptr);
  });
  ASSERT_EQ(tracee.wait().kind, TraceeStop::Kind::exec);
  ASSERT_TRUE(remote_.settle(tracee.pid()));
  EXPECT_EQ(guard_.protect_new_program(tracee.pid()), Disposition::awaited);
  EXPECT_EQ(guard_.load(tracee.pid()), Disposition::by_default);
  EXPECT_NE(load_thread_status(tracee.pid())->pending_process & ThreadStatus::bit(SIGTRAP), 0U);
}

TEST_F(Guard, DropsWhatWaitsInTheThreadAndNothingElse) {
  const test::Tracee tracee([] {
    block_sigtrap();
    ::raise(SIGTRAP);
    ::kill(::getpid(), SIGTRAP);
    ready_then_spin();
  });
  tracee.wait();
  ASSERT_EQ(ptrace::peek_pending(tracee.pid()).size(), 1U);
  EXPECT_TRUE(guard_.drop_sample(tracee.pid()));
  EXPECT_EQ(ptrace::peek_pending(tracee.pid()).size(), 0U);
  EXPECT_NE(load_thread_status(tracee.pid())->pending_process & ThreadStatus::bit(SIGTRAP), 0U);
  EXPECT_EQ(guard_.load(tracee.pid()), Disposition::by_default);
}

}  // namespace
}  // namespace simdprof
