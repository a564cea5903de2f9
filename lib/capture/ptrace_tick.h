#pragma once

#include <ctime>

#include "lib/base/result.h"

namespace simdprof {

/// A signal to the calling thread 20 times a second, so that its waits end and it looks at the clock and the stop
/// flag. All other signals are blocked in the thread: they are for the rest of the program.
class Tick {
 public:
  static Result<Tick> start();
  Tick(Tick&& other) noexcept;
  Tick& operator=(Tick&&) = delete;
  Tick(const Tick&) = delete;
  Tick& operator=(const Tick&) = delete;
  ~Tick();

  /// Whether one has come since the last call.
  static bool take();

 private:
  explicit Tick(timer_t timer) : timer_(timer), running_(true) {}
  timer_t timer_;
  bool running_;
};

}  // namespace simdprof
