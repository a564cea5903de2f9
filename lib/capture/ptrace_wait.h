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
  /// Waits for one tracee while the others stay where they are: what happens to them is kept for next(). So are the end
  /// of the tracee and an exec, which is another program under its id. (To wait for it alone would be for ever where
  /// its process ends: the first thread's end is told last, when we have heard of the others'.)
  /// @return empty when it has ended or executed
  std::optional<int> wait_for(Tid tid);
  /// Whether something about a tracee is kept: it is not where it was when it was resumed last.
  [[nodiscard]] bool keeps(Tid tid) const;
  /// The same for a second at most: a thread in an uninterruptible wait may not stop for long.
  std::optional<int> wait_a_second_for(Tid tid);

 private:
  std::deque<TraceeEvent> kept_;
};

}  // namespace simdprof
