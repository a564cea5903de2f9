#pragma once

#include <signal.h>

#include <chrono>
#include <ctime>

#include "lib/base/result.h"

namespace simdprof {

/// A signal to the calling thread, so many times a second, so that its waits end and it looks at the clock and the stop
/// flag. All other signals are blocked in the thread: they are for the rest of the program.
///
/// Stops of tracees send no SIGCHLD while it lives: blocked in this thread, each would wake another thread of the
/// program just to be ignored there.
class Tick {
 public:
  static Result<Tick> start(std::chrono::milliseconds period);
  Tick(Tick&& other) noexcept;
  Tick& operator=(Tick&&) = delete;
  Tick(const Tick&) = delete;
  Tick& operator=(const Tick&) = delete;
  ~Tick();

  /// Whether one has come since the last call.
  static bool take();

 private:
  Tick(timer_t timer, const struct sigaction& child_action)
      : timer_(timer), child_action_(child_action), running_(true) {}
  timer_t timer_;
  struct sigaction child_action_;  ///< of SIGCHLD before
  bool running_;
};

}  // namespace simdprof
