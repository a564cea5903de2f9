#include "lib/capture/ptrace_wait.h"

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

#include "lib/capture/ptrace_stop.h"

namespace simdprof {
namespace {

// Tracees and children of this thread alone: what other threads of the program have started is theirs to wait for.
constexpr int kOurs = __WALL | __WNOTHREAD;

}  // namespace

StopQueue::Wait StopQueue::next(TraceeEvent& event) {
  if (!kept_.empty()) return poll(event);
  event.tid = ::waitpid(-1, &event.status, kOurs);
  if (event.tid > 0) return Wait::stop;
  return errno == ECHILD ? Wait::nobody_left : Wait::interrupted;
}

StopQueue::Wait StopQueue::poll(TraceeEvent& event) {
  if (!kept_.empty()) {
    event = kept_.front();
    kept_.pop_front();
    return Wait::stop;
  }
  event.tid = ::waitpid(-1, &event.status, kOurs | WNOHANG);
  if (event.tid > 0) return Wait::stop;
  return event.tid < 0 && errno == ECHILD ? Wait::nobody_left : Wait::interrupted;
}

std::optional<int> StopQueue::wait_for(Tid tid) {
  for (;;) {
    int status = 0;
    const Tid got = ::waitpid(-1, &status, kOurs);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == tid && WIFSTOPPED(status) && classify_stop(status).kind != TraceeStop::Kind::exec) return status;
    kept_.push_back({got, status});
    if (got == tid) return std::nullopt;
  }
}

bool StopQueue::keeps(Tid tid) const { return std::ranges::find(kept_, tid, &TraceeEvent::tid) != kept_.end(); }

std::optional<int> StopQueue::wait_a_second_for(Tid tid) {
  constexpr std::chrono::microseconds kStep{100};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  for (;;) {
    int status = 0;
    const Tid got = ::waitpid(tid, &status, kOurs | WNOHANG);
    if (got == tid && WIFSTOPPED(status)) return status;
    if (got == tid) kept_.push_back({tid, status});
    if (got != 0 || std::chrono::steady_clock::now() > deadline) return std::nullopt;
    std::this_thread::sleep_for(kStep);
  }
}

}  // namespace simdprof
