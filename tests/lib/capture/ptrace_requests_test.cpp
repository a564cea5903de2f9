#include "lib/capture/ptrace_requests.h"

#include <elf.h>

#include <array>

#include "tests/lib/capture/ptrace_tracee.h"

namespace simdprof {
namespace {

using Kind = TraceeStop::Kind;

TEST(PtraceRequests, AnInterruptStopsARunningThread) {
  const test::Tracee tracee(test::spin);
  EXPECT_EQ(tracee.stop().kind, Kind::interrupted);
  std::array<std::byte, 1024> registers{};
  EXPECT_EQ(ptrace::load_regset(tracee.pid(), NT_PRSTATUS, registers), 216U);
}

TEST(PtraceRequests, MemoryAndSignalMaskAreReadAndWritten) {
  static std::uint64_t word = 0x1122334455667788;
  const test::Tracee tracee(test::spin);
  tracee.stop();
  const auto at = reinterpret_cast<std::uintptr_t>(&word);  // the child has it at the same address
  EXPECT_EQ(ptrace::load_word(tracee.pid(), at), word);
  EXPECT_TRUE(ptrace::store_word(tracee.pid(), at, 9));
  EXPECT_EQ(ptrace::load_word(tracee.pid(), at), 9U);
  EXPECT_FALSE(ptrace::load_word(tracee.pid(), 8));
  EXPECT_TRUE(ptrace::store_signal_mask(tracee.pid(), 0x200));
  EXPECT_EQ(ptrace::load_signal_mask(tracee.pid()), 0x200U);
}

TEST(PtraceRequests, ASignalStopShowsTheSignalAndMaySwallowIt) {
  const test::Tracee tracee(test::spin);
  ::kill(tracee.pid(), SIGUSR1);
  const TraceeStop stop = tracee.wait();
  ASSERT_EQ(stop.kind, Kind::signal);
  EXPECT_EQ(stop.signal, SIGUSR1);
  const auto info = ptrace::load_siginfo(tracee.pid());
  ASSERT_TRUE(info);
  EXPECT_EQ(info->si_pid, ::getpid());
  EXPECT_TRUE(ptrace::resume(tracee.pid(), 0));
  EXPECT_EQ(tracee.stop().kind, Kind::interrupted);  // SIGUSR1 would have killed it
}

TEST(PtraceRequests, PendingSignalsOfTheThreadAreSeen) {
  const test::Tracee tracee([] {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    ::raise(SIGUSR2);
    ::raise(SIGSTOP);
  });
  EXPECT_EQ(tracee.wait().kind, Kind::signal);
  const auto pending = ptrace::peek_pending(tracee.pid());
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0].si_signo, SIGUSR2);
}

TEST(PtraceRequests, AThreadThatRunsOrIsGoneAnswersNothing) {
  const test::Tracee tracee(test::spin);
  EXPECT_FALSE(ptrace::load_siginfo(tracee.pid()));
  EXPECT_FALSE(ptrace::resume(tracee.pid(), 0));
  EXPECT_EQ(ptrace::seize(0x7ffffff0, true), ESRCH);
  EXPECT_EQ(ptrace::peek_pending(0x7ffffff0).size(), 0U);
}

}  // namespace
}  // namespace simdprof
