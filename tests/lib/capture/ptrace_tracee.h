#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>

#include "lib/capture/ptrace_requests.h"
#include "lib/capture/ptrace_stop.h"
#include "lib/capture/ptrace_wait.h"

namespace simdprof::test {

/// A child that runs `body` and is traced by the calling thread; killed at the end.
class Tracee {
 public:
  explicit Tracee(const std::function<void()>& body) {
    std::array<int, 2> begun{};
    EXPECT_EQ(::pipe(begun.data()), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      const bool said = ::write(begun[1], "", 1) == 1;
      ::close(begun[0]);
      ::close(begun[1]);
      if (said) body();
      ::_exit(0);
    }
    // Not before the body: ThreadSanitizer's fork makes a thread in the child, and the stop for that is none of the
    // body's.
    char byte = 1;
    EXPECT_EQ(::read(begun[0], &byte, 1), 1);
    ::close(begun[0]);
    ::close(begun[1]);
    EXPECT_EQ(ptrace::seize(pid_, true), 0);
  }
  Tracee(const Tracee&) = delete;
  Tracee& operator=(const Tracee&) = delete;
  ~Tracee() {
    ::kill(pid_, SIGKILL);
    // Threads that it made are traced too (a sanitizer makes one): its own end comes after theirs were taken.
    for (Pid ended = 0; ended != pid_ && (ended >= 0 || errno == EINTR);) ended = ::waitpid(-1, nullptr, __WALL);
  }
  [[nodiscard]] Pid pid() const { return pid_; }
  /// Stops it where it is.
  TraceeStop stop() const {
    EXPECT_TRUE(ptrace::interrupt(pid_));
    return wait();
  }
  TraceeStop wait() const {
    const auto status = ptrace::wait_for(pid_);
    EXPECT_TRUE(status);
    return classify_stop(status.value_or(0));
  }

 private:
  Pid pid_ = 0;
};

[[noreturn]] inline void spin() {
  volatile unsigned long sink = 0;
  for (;;) sink = sink + 1;
}

}  // namespace simdprof::test
