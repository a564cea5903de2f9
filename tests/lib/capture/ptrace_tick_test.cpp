#include "lib/capture/ptrace_tick.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>

#include <cerrno>
#include <thread>

namespace simdprof {
namespace {

// On a thread of its own, as the tracer is: the tick changes its signal mask.
TEST(Tick, EndsAWaitAndIsTakenOnce) {
  std::thread([] {
    const auto tick = Tick::start(std::chrono::milliseconds(50));
    ASSERT_TRUE(tick);
    (void)Tick::take();
    EXPECT_EQ(::poll(nullptr, 0, 5000), -1);
    EXPECT_EQ(errno, EINTR);
    EXPECT_TRUE(Tick::take());
    EXPECT_FALSE(Tick::take());
  }).join();
}

TEST(Tick, StopsWithItsObject) {
  std::thread([] {
    { const auto tick = Tick::start(std::chrono::milliseconds(50)); }
    (void)Tick::take();
    EXPECT_EQ(::poll(nullptr, 0, 120), 0);
    EXPECT_FALSE(Tick::take());
  }).join();
}

TEST(Tick, LeavesOtherSignalsToOtherThreads) {
  std::thread([] {
    const auto tick = Tick::start(std::chrono::milliseconds(50));
    sigset_t mask;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    EXPECT_EQ(sigismember(&mask, SIGINT), 1);
    EXPECT_EQ(sigismember(&mask, SIGTERM), 1);
  }).join();
}

}  // namespace
}  // namespace simdprof
