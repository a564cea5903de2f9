#include "lib/capture/ptrace_placement.h"

#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

namespace simdprof {
namespace {

constexpr Tid kNobody = 1 << 23;  // above any kernel's pid_max

int count_allowed(Tid tid = 0) {
  cpu_set_t set;
  CPU_ZERO(&set);
  ::sched_getaffinity(tid, sizeof(set), &set);
  return CPU_COUNT(&set);
}

void allow_only(Tid tid, std::size_t cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  ASSERT_EQ(::sched_setaffinity(tid, sizeof(set), &set), 0);
}

// A process that sleeps until it is killed.
class Sleeper {
 public:
  Sleeper() : pid_(::fork()) {
    if (pid_ != 0) return;
    for (;;) ::pause();
  }
  ~Sleeper() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  [[nodiscard]] Pid pid() const { return pid_; }

 private:
  Pid pid_;
};

class Placement : public testing::Test {
 protected:
  void SetUp() override {
    if (count_allowed() < 2) GTEST_SKIP() << "one CPU";
  }
};

TEST_F(Placement, FollowsTheOneCpuOfManyStopsAndGoesBackAtTheEnd) {
  const int before = count_allowed();
  const int cpu = ::sched_getcpu();
  {
    TracerPlacement placement(true);
    for (int i = 0; i < 100; ++i) placement.resume(kNobody, cpu);
    EXPECT_EQ(count_allowed(), 1);
    EXPECT_EQ(::sched_getcpu(), cpu);
  }
  EXPECT_EQ(count_allowed(), before);
}

TEST_F(Placement, FollowsAtTheFirstStopButChangesItsCpuLate) {
  TracerPlacement placement(true);
  placement.resume(kNobody, 1);
  ASSERT_EQ(count_allowed(), 1);
  EXPECT_EQ(::sched_getcpu(), 1);
  for (int i = 0; i < 3; ++i) placement.resume(kNobody, 0);
  EXPECT_EQ(::sched_getcpu(), 1);
  for (int i = 0; i < 20; ++i) placement.resume(kNobody, 0);
  EXPECT_EQ(::sched_getcpu(), 0);
}

TEST_F(Placement, BecomesFreeWhenStopsComeFromSeveralCpus) {
  const int before = count_allowed();
  TracerPlacement placement(true);
  for (int i = 0; i < 400; ++i) placement.resume(kNobody, i % 2);
  EXPECT_EQ(count_allowed(), before);
}

TEST_F(Placement, IsFreeAgainWhenTheTargetSpreads) {
  const int before = count_allowed();
  TracerPlacement placement(true);
  for (int i = 0; i < 100; ++i) placement.resume(kNobody, 0);
  for (int i = 0; i < 400; ++i) placement.resume(kNobody, i % 2);
  EXPECT_EQ(count_allowed(), before);
}

TEST_F(Placement, AnUnknownOrForbiddenCpuChangesNothing) {
  const int before = count_allowed();
  TracerPlacement placement(true);
  for (int i = 0; i < 100; ++i) placement.resume(kNobody, -1);
  for (int i = 0; i < 100; ++i) placement.resume(kNobody, 1023);
  for (int i = 0; i < 100; ++i) placement.resume(kNobody, 70000);
  EXPECT_EQ(count_allowed(), before);
}

TEST_F(Placement, FollowsNobodyThatItOnlyAttachedTo) {
  const int before = count_allowed();
  TracerPlacement placement(false);
  for (int i = 0; i < 100; ++i) placement.resume(kNobody, 0);
  EXPECT_EQ(count_allowed(), before);
}

TEST_F(Placement, TheTraceeMayRunWhereItMightBefore) {
  const Sleeper tracee;
  const Sleeper bound;
  allow_only(bound.pid(), 1);
  const int before = count_allowed(tracee.pid());
  TracerPlacement placement(true);
  for (int i = 0; i < 100; ++i) placement.resume(tracee.pid(), 0);
  ASSERT_EQ(count_allowed(), 1) << "not holding";
  EXPECT_EQ(count_allowed(tracee.pid()), before);
  placement.resume(bound.pid(), 0);
  cpu_set_t set;
  ASSERT_EQ(::sched_getaffinity(bound.pid(), sizeof(set), &set), 0);
  EXPECT_TRUE(CPU_ISSET(1, &set));
  EXPECT_EQ(CPU_COUNT(&set), 1);
}

TEST_F(Placement, AChildMadeWhileItsMakerWasHeldGetsItsMakersCpus) {
  const Sleeper maker;
  const Sleeper child;
  const TracerPlacement placement(true);
  allow_only(child.pid(), 0);
  placement.inherit(maker.pid(), child.pid());
  EXPECT_EQ(count_allowed(child.pid()), count_allowed(maker.pid()));
  allow_only(maker.pid(), 0);
  allow_only(child.pid(), 0);
  placement.inherit(maker.pid(), child.pid());
  EXPECT_EQ(count_allowed(child.pid()), 1) << "bound as its maker is";
}

}  // namespace
}  // namespace simdprof
