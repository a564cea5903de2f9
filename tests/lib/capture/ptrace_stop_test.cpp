#include "lib/capture/ptrace_stop.h"

#include <gtest/gtest.h>

#include <cstring>

namespace simdprof {
namespace {

using Kind = TraceeStop::Kind;

// Wait statuses as the kernel builds them: event << 16 | signal << 8 | 0x7f for a stop.
constexpr int stopped(int event, int signal) { return event << 16 | signal << 8 | 0x7f; }

TEST(ClassifyStop, AnExitAndADeathBySignalAreTheEnd) {
  EXPECT_EQ(classify_stop(3 << 8).kind, Kind::ended);
  EXPECT_EQ(classify_stop(SIGSEGV).kind, Kind::ended);
  EXPECT_EQ(classify_stop(SIGSEGV | 0x80).kind, Kind::ended);
}

TEST(ClassifyStop, ASignalStopNamesItsSignal) {
  EXPECT_EQ(classify_stop(stopped(0, SIGUSR1)).kind, Kind::signal);
  EXPECT_EQ(classify_stop(stopped(0, SIGUSR1)).signal, SIGUSR1);
  EXPECT_EQ(classify_stop(stopped(0, SIGTRAP)).kind, Kind::signal);
  // A SIGSTOP that is about to be delivered is no group stop yet.
  EXPECT_EQ(classify_stop(stopped(0, SIGSTOP)).kind, Kind::signal);
}

TEST(ClassifyStop, ASyscallStopIsToldByBitSeven) {
  EXPECT_EQ(classify_stop(stopped(0, SIGTRAP | 0x80)).kind, Kind::syscall);
}

TEST(ClassifyStop, PtraceEventStopIsAGroupStopOrAnInterrupt) {
  constexpr int kEventStop = 128;
  EXPECT_EQ(classify_stop(stopped(kEventStop, SIGTRAP)).kind, Kind::interrupted);
  for (const int signal : {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU}) {
    EXPECT_EQ(classify_stop(stopped(kEventStop, signal)).kind, Kind::group_stop) << signal;
  }
}

TEST(ClassifyStop, NewTasksAndExecAreTold) {
  for (const int event : {1, 2, 3}) EXPECT_EQ(classify_stop(stopped(event, SIGTRAP)).kind, Kind::new_task) << event;
  EXPECT_EQ(classify_stop(stopped(4, SIGTRAP)).kind, Kind::exec);
  EXPECT_EQ(classify_stop(stopped(6, SIGTRAP)).kind, Kind::other);  // PTRACE_EVENT_EXIT
}

// Bytes of the kernel's siginfo: si_signo 0, si_errno 4, si_code 8, si_addr 16, si_perf_data 24, si_perf_type 32,
// si_perf_flags 36.
siginfo_t make_info(int signal, int code, std::uint64_t data, std::uint32_t flags) {
  siginfo_t info{};
  auto* const bytes = static_cast<unsigned char*>(static_cast<void*>(&info));
  std::memcpy(bytes, &signal, 4);
  std::memcpy(bytes + 8, &code, 4);
  std::memcpy(bytes + 24, &data, 8);
  std::memcpy(bytes + 36, &flags, 4);
  return info;
}

TEST(PerfTrap, IsKnownByItsCodeAndItsData) {
  EXPECT_TRUE(is_perf_trap(make_info(SIGTRAP, 6, 77, 0), 77));
  EXPECT_FALSE(is_perf_trap(make_info(SIGTRAP, 6, 78, 0), 77)) << "an event of somebody else";
  EXPECT_FALSE(is_perf_trap(make_info(SIGTRAP, SI_TKILL, 77, 0), 77)) << "raise";
  EXPECT_FALSE(is_perf_trap(make_info(SIGTRAP, 0x80, 77, 0), 77)) << "int3";
  EXPECT_FALSE(is_perf_trap(make_info(SIGSEGV, 6, 77, 0), 77));
}

TEST(PerfTrap, SaysThatItCameLate) {
  EXPECT_FALSE(read_perf_trap(make_info(SIGTRAP, 6, 77, 0)).late);
  EXPECT_TRUE(read_perf_trap(make_info(SIGTRAP, 6, 77, 1)).late);
}

TEST(PerfTrap, CookieIsOfThisProcess) { EXPECT_NE(sigtrap_cookie(), 0U); }

}  // namespace
}  // namespace simdprof
