#pragma once

#include <signal.h>

#include <optional>
#include <unordered_map>
#include <vector>

#include "lib/base/units.h"
#include "lib/capture/ptrace_events.h"

namespace simdprof {

struct TracedThread {
  Tid tid = 0;
  Pid pid = 0;
  TracedEvents::SharedSet events;  ///< its own, or those it inherits; null: none, or its maker was not heard yet
  bool begun = false;              ///< its first stop was seen
  bool guarded = false;            ///< its process has met SigtrapGuard
  bool ignored_by_us = false;      ///< SIGTRAP in its process, so that an ignored SIGTRAP after an exec is ours to undo
  std::optional<siginfo_t> resent;  ///< a signal of its own that was sent again and has to look as it first did
};

/// The threads that are traced now.
class ThreadTable {
 public:
  /// The thread's entry; made, with the process looked up and as guarded as its other threads, when it is new.
  TracedThread& adopt(Tid tid);
  [[nodiscard]] TracedThread* find(Tid tid);
  void erase(Tid tid) { threads_.erase(tid); }
  /// Other threads of the process end with an exec, without a word. @return their ids
  std::vector<Tid> erase_others(Pid pid, Tid survivor);
  /// Marks all threads of the process.
  void set_guard(Pid pid, bool guarded, bool ignored_by_us);
  /// A thread of the process; null: none is traced.
  [[nodiscard]] const TracedThread* find_any_of(Pid pid) const;
  /// Whether a thread of the process awaits a signal that was sent again.
  [[nodiscard]] bool resends(Pid pid) const;
  /// The traced process with the next higher id, the lowest after the highest; 0: none is traced.
  [[nodiscard]] Pid next_process(Pid after) const;
  [[nodiscard]] std::size_t size() const { return threads_.size(); }
  [[nodiscard]] std::vector<Tid> tids() const;
  /// Each set of events once.
  [[nodiscard]] std::vector<TracedEvents::SharedSet> event_sets() const;

 private:
  std::unordered_map<Tid, TracedThread> threads_;
};

}  // namespace simdprof
