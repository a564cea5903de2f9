#pragma once

#include <deque>
#include <optional>

#include "lib/base/units.h"

namespace simdprof {

/// What happened to a tracee, from waitpid.
struct TraceeEvent {
  Tid tid = 0;
  int status = 0;
};

/// The stops of all tracees of this thread, one after another.
class StopQueue {
 public:
  enum class Wait { stop, interrupted, nobody_left };

  /// The next one. Waits until there is one or a signal comes.
  Wait next(TraceeEvent& event);
  /// The next one that is there already. @return interrupted when there is none
  Wait poll(TraceeEvent& event);
  /// Puts a stop back, for a later next().
  void keep(TraceeEvent event) { kept_.push_back(event); }
  /// Waits for one tracee while the others stay where they are. The end of the tracee is kept for next() too.
  /// @return empty when it has ended
  std::optional<int> wait_for(Tid tid);
  /// The same for a second at most: a thread in an uninterruptible wait may not stop for long.
  std::optional<int> wait_a_second_for(Tid tid);

 private:
  std::deque<TraceeEvent> kept_;
};

}  // namespace simdprof
