#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <optional>

#include "lib/capture/ptrace_requests.h"
#include "lib/capture/ptrace_stop.h"
#include "lib/capture/ptrace_wait.h"

namespace simdprof::test {

/// Waits for one thread that the calling one traces. @return the wait status; empty when there is no such tracee
inline std::optional<int> wait_for(Tid tid) {
  int status = 0;
  for (;;) {
    const Tid got = ::waitpid(tid, &status, __WALL | __WNOTHREAD);
    if (got == tid) return status;
    if (got >= 0 || errno != EINTR) return std::nullopt;
  }
}

/// A child that runs `body` and is traced by the calling thread; killed at the end.
class Tracee {
 public:
  explicit Tracee(const std::function<void()>& body) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    char byte = 0;
    pid_ = ::fork();
    if (pid_ == 0) {
      const bool traced = ::write(ends[1], &byte, 1) == 1 && ::read(ends[1], &byte, 1) == 1;
      ::close(ends[0]);
      ::close(ends[1]);
      if (traced) body();
      ::_exit(0);
    }
    // Not before the child is past its fork: that of ThreadSanitizer makes a thread, and the stop for it is none of the
    // body's. And the body begins when it is traced.
    EXPECT_EQ(::read(ends[0], &byte, 1), 1);
    EXPECT_EQ(ptrace::seize(pid_, true), 0);
    EXPECT_EQ(::write(ends[0], &byte, 1), 1);
    ::close(ends[0]);
    ::close(ends[1]);
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
    const auto status = wait_for(pid_);
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
