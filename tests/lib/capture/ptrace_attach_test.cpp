#include "lib/capture/ptrace_context.h"
#include "tests/lib/capture/ptrace_recording.h"

namespace simdprof {
namespace {

using std::chrono::milliseconds;

// On a thread of its own, whose end releases the target, as the recorder does it.
template <class Body>
void on_a_thread(Body body) {
  std::thread(body).join();
}

class Attach : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::can_trace()) GTEST_SKIP() << "no sigtrap events or no ptrace here";
  }
};

TEST_F(Attach, TracesEveryThreadAndGivesEachItsEvents) {
  const pid_t pid = test::start_quiet({test::program("simd_patterns"), "--threads=8", "--seconds=0.6"});
  std::this_thread::sleep_for(milliseconds(150));
  on_a_thread([&] {
    CapturePlan plan = test::make_plan();
    plan.target.pids = {pid};
    PtraceContext context(plan, true);
    const Status attached = attach_targets(context);
    ASSERT_TRUE(attached) << attached.error().fact;
    EXPECT_EQ(context.threads.size(), 9U);
    for (const Tid tid : context.threads.tids()) {
      EXPECT_NE(context.threads.find(tid)->events, nullptr) << tid;
      EXPECT_EQ(load_thread_status(tid)->tracer, ::gettid());
    }
  });
  EXPECT_EQ(test::wait_for_end(pid), 0);
}

// epoll_wait would return EINTR to a sleeper that is stopped.
TEST_F(Attach, DoesNotWakeAThreadThatSleeps) {
  const pid_t pid = test::start_plain({"sleep", "3"});
  while (load_thread_status(pid)->state != 'S') std::this_thread::sleep_for(milliseconds(5));
  std::this_thread::sleep_for(milliseconds(50));
  const auto switches = load_thread_status(pid)->switches;
  on_a_thread([&] {
    CapturePlan plan = test::make_plan();
    plan.target.pids = {pid};
    PtraceContext context(plan, true);
    ASSERT_TRUE(attach_targets(context));
    EXPECT_EQ(load_thread_status(pid)->switches, switches);
  });
  EXPECT_EQ(load_thread_status(pid)->switches, switches);
  EXPECT_EQ(load_thread_status(pid)->tracer, 0);
  ::kill(pid, SIGKILL);
  test::wait_for_end(pid);
}

TEST_F(Attach, SaysThatAThreadIsNotThere) {
  on_a_thread([] {
    CapturePlan plan = test::make_plan();
    plan.target.tids = {0x7ffffff0};
    PtraceContext context(plan, false);
    const Status attached = attach_targets(context);
    ASSERT_FALSE(attached);
    EXPECT_EQ(attached.error().code, Errc::not_found);
  });
}

}  // namespace
}  // namespace simdprof
