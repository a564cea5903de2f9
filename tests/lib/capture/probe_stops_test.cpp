#include "lib/capture/probe_stops.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "tests/lib/capture/fake_kernel.h"
#include "tests/lib/capture/ptrace_tracee.h"

namespace simdprof {
namespace {

using test::FakeKernel;

StopFacts facts(std::int64_t yama, bool root) {
  StopFacts stop_facts;
  stop_facts.yama_scope = yama;
  stop_facts.may_ptrace_any = root;
  stop_facts.xsave.xcr0_mask = 7;  // x87, SSE, AVX
  return stop_facts;
}

TargetSpec command() {
  TargetSpec target;
  target.command = {"app"};
  return target;
}
TargetSpec running() {
  TargetSpec target;
  target.pids = {1234};
  return target;
}

StopProbe probe(FakeKernel& kernel, const TargetSpec& target, const StopFacts& stop_facts) {
  return probe_stops(EventPlan{}, target, stop_facts, kernel.opener());
}

TEST(ProbeStops, AsksForASigtrapEventThatGoesWithExec) {
  FakeKernel kernel;
  const auto found = probe(kernel, command(), facts(1, false));
  EXPECT_EQ(found.error_number, 0);
  EXPECT_EQ(found.explanation, "user XMM YMM at stops");
  ASSERT_EQ(kernel.asked.size(), 1U);
  EXPECT_NE(kernel.asked[0].flags & (std::uint64_t{1} << 37U), 0U);  // sigtrap
  EXPECT_NE(kernel.asked[0].flags & (std::uint64_t{1} << 36U), 0U);  // remove_on_exec
  EXPECT_NE(kernel.asked[0].flags & 1U, 0U);                         // disabled
}

TEST(ProbeStops, AnOldKernelHasNoSuchEvents) {
  FakeKernel kernel{[](const abi::EventAttr&) { return EINVAL; }, {}};
  const auto found = probe(kernel, command(), facts(0, true));
  EXPECT_EQ(found.error_number, EINVAL);
  EXPECT_EQ(found.explanation, "this kernel has no SIGTRAP events; Linux 5.13 brought them");
}

EventPlan event_of(std::uint32_t type, std::uint64_t config, std::string name) {
  EventPlan event;
  event.attr.type = type;
  event.attr.config = config;
  event.name = std::move(name);
  return event;
}

// Recorded with a stop at each, the target never got on.
TEST(ProbeStops, WhatAStopItselfMakesCannotMakeStops) {
  FakeKernel kernel;
  const auto errno_of = [&](const EventPlan& event) {
    return probe_stops(event, command(), facts(0, true), kernel.opener()).error_number;
  };
  constexpr std::uint32_t kSoftware = 1;
  constexpr std::uint32_t kTracepoint = 2;
  constexpr std::uint32_t kHardware = 0;
  EXPECT_EQ(errno_of(event_of(kSoftware, 3, "context-switches")), EDEADLK);
  EXPECT_EQ(errno_of(event_of(kSoftware, 4, "cpu-migrations")), EDEADLK);
  EXPECT_EQ(errno_of(event_of(kSoftware, 11, "cgroup-switches")), EDEADLK);
  EXPECT_EQ(errno_of(event_of(kTracepoint, 314, "sched:sched_switch")), EDEADLK);
  EXPECT_EQ(errno_of(event_of(kTracepoint, 3, "signal:signal_generate")), EDEADLK);
  EXPECT_EQ(errno_of(event_of(kTracepoint, 314, "sched:sched_switch:k")), EDEADLK);
  EXPECT_TRUE(kernel.asked.empty());
  EXPECT_EQ(errno_of(event_of(kTracepoint, 3, "raw_syscalls:sys_enter")), 0);
  EXPECT_EQ(errno_of(event_of(kTracepoint, 3, "sched:sched_process_fork")), 0);
  EXPECT_EQ(errno_of(event_of(kSoftware, 2, "page-faults")), 0);
  EXPECT_EQ(errno_of(event_of(kHardware, 3, "cache-misses")), 0);
  EXPECT_EQ(probe_stops(event_of(kSoftware, 3, "cs"), command(), facts(0, true), kernel.opener()).explanation,
            "a stop causes cs, so that each sample would make the next: name another event before it");
}

TEST(LimitStopRate, LowersAFrequencyThatLeavesNoTimeToRun) {
  EventPlan event;
  event.attr.flags = abi::kAttrFreq;
  event.attr.sample_period_or_freq = 100000;
  EXPECT_EQ(limit_stop_rate(event),
            "frequency lowered from 100000 to 20000 Hz: a stop takes some 30 us of the target's time");
  EXPECT_EQ(event.attr.sample_period_or_freq, 20000U);
  EXPECT_EQ(limit_stop_rate(event), "");
}

TEST(LimitStopRate, LeavesAPeriodAsItIs) {
  EventPlan event;
  event.attr.sample_period_or_freq = 100000;
  EXPECT_EQ(limit_stop_rate(event), "");
  EXPECT_EQ(event.attr.sample_period_or_freq, 100000U);
}

TEST(ProbeStops, YamaDecidesByTargetAndRights) {
  FakeKernel kernel;
  EXPECT_EQ(probe(kernel, running(), facts(0, false)).error_number, 0);
  EXPECT_EQ(probe(kernel, command(), facts(1, false)).error_number, 0);
  EXPECT_EQ(probe(kernel, running(), facts(1, false)).error_number, EPERM);
  EXPECT_EQ(probe(kernel, running(), facts(1, true)).error_number, 0);
  EXPECT_EQ(probe(kernel, command(), facts(2, false)).error_number, EPERM);
  EXPECT_EQ(probe(kernel, command(), facts(2, true)).error_number, 0);
  EXPECT_EQ(probe(kernel, command(), facts(3, true)).error_number, EPERM);
}

TEST(ProbeStops, AChildThatCannotBeTracedRefusesACommandOnly) {
  FakeKernel kernel;
  StopFacts refused = facts(0, true);
  refused.trace_a_child = [] { return StopProbe{EPERM, "traced already"}; };
  const auto found = probe(kernel, command(), refused);
  EXPECT_EQ(found.error_number, EPERM);
  EXPECT_EQ(found.explanation, "traced already");
  EXPECT_EQ(probe(kernel, running(), refused).error_number, 0);
  StopFacts granted = facts(0, true);
  granted.trace_a_child = [] { return StopProbe{}; };
  EXPECT_EQ(probe(kernel, command(), granted).error_number, 0);
}

TEST(ProbeStops, ATargetThatSomebodyTracesIsRefusedWithTheTracerNamed) {
  const test::Tracee tracee([] { ::pause(); });
  FakeKernel kernel;
  for (const bool process : {true, false}) {
    TargetSpec traced;
    (process ? traced.pids : traced.tids) = {tracee.pid()};
    const auto found = probe(kernel, traced, facts(0, true));
    EXPECT_EQ(found.error_number, EPERM);
    EXPECT_EQ(found.explanation, fmt::format("{} is traced already by pid {}", tracee.pid(), ::getpid()));
  }
}

TEST(ProbeStops, APrivilegedCommandIsRefusedUnlessTheTracerMayAll) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root: a set-user-id file of another user";
  const std::string file = testing::TempDir() + "set_user_id_" + std::to_string(::getpid());
  std::ofstream(file) << "#!/bin/sh\n";
  ASSERT_EQ(::chown(file.c_str(), 1, 1), 0);
  ASSERT_EQ(::chmod(file.c_str(), 04755), 0);
  TargetSpec target;
  target.command = {file};
  FakeKernel kernel;
  const auto found = probe(kernel, target, facts(0, false));
  EXPECT_EQ(found.error_number, EPERM);
  EXPECT_EQ(found.explanation, file + " is set-user-id, which a traced program is not granted without CAP_SYS_PTRACE");
  EXPECT_EQ(probe(kernel, target, facts(0, true)).error_number, 0);
  ::unlink(file.c_str());
}

TEST(ProbeStops, TracingAChildLeavesNoProcessBehind) {
  const StopProbe probed = trace_a_child();
  EXPECT_EQ(probed.error_number == 0, probed.explanation.empty()) << probed.explanation;
  EXPECT_EQ(::waitpid(-1, nullptr, __WALL | WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

// A tracer that follows our children takes each of them before we can.
TEST(ProbeStops, NamesTheTracerThatHasOurChildren) {
  if (trace_a_child().error_number != 0) GTEST_SKIP() << "no ptrace here";
  const test::Tracee asker([] {
    ::raise(SIGSTOP);
    const StopProbe probed = trace_a_child();
    const std::string wanted = fmt::format("are traced already by pid {}", ::getppid());
    ::_exit(probed.error_number == EPERM && probed.explanation.find(wanted) != std::string::npos ? 0 : 1);
  });
  int status = 0;
  for (;;) {
    const Tid tid = ::waitpid(-1, &status, __WALL);
    ASSERT_GT(tid, 0);
    if (tid == asker.pid() && !WIFSTOPPED(status)) break;
    if (WIFSTOPPED(status)) ptrace::resume(tid, 0);
  }
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(ProbeStops, WholeCpusCannotBeStopped) {
  FakeKernel kernel;
  TargetSpec all;
  all.system_wide = true;
  TargetSpec some;
  some.cpus = {0};
  EXPECT_EQ(probe(kernel, all, facts(0, true)).error_number, EINVAL);
  EXPECT_EQ(probe(kernel, some, facts(0, true)).error_number, EINVAL);
  EXPECT_TRUE(kernel.asked.empty());
}

TEST(ProbeStops, WithoutXsaveThereIsNothingToRead) {
  FakeKernel kernel;
  StopFacts none = facts(0, true);
  none.xsave = {};
  EXPECT_EQ(probe(kernel, command(), none).error_number, ENODEV);
}

TEST(ProbeStops, ClassesAreThoseOfTheCpuThatAreWanted) {
  StopFacts machine;
  machine.xsave.xcr0_mask = 0xe7;
  EXPECT_EQ(render_image_classes(machine, {}), "XMM YMM ZMM opmask");
  EXPECT_EQ(render_image_classes(machine, {true, false, false, true}), "XMM opmask");
  EXPECT_EQ(render_image_classes(machine, {false, false, false, false}), "no vector registers");
  StopFacts arm64;
  arm64.arm64 = {true, true};
  EXPECT_EQ(render_image_classes(arm64, {}), "NEON SVE");
  EXPECT_EQ(render_image_classes(arm64, {false, false, false, false, true, false}), "NEON");
}

TEST(ProbeStops, NeonIsReadWithoutXsave) {
  FakeKernel kernel;
  StopFacts arm64 = facts(0, true);
  arm64.xsave = {};
  arm64.arm64 = {true, false};
  EXPECT_EQ(probe(kernel, command(), arm64).error_number, 0);
  EXPECT_EQ(probe(kernel, command(), arm64).explanation, "user NEON at stops");
}

}  // namespace
}  // namespace simdprof
