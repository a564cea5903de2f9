#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "cmd/aux_itrace.h"
#include "lib/base/units.h"

namespace simdprof::cmd {

/// How deep the calls of each thread's trace are, as the kernel's tool counts them for field callindent: from where the
/// trace was first seen, or lost, without what was called before. A return to where no known call was leaves the depth
/// as it is.
class CallDepth {
 public:
  /// The next branch, in the order of time. Where the thread is not known, and of the idle tasks, which are one thread,
  /// each CPU counts for itself.
  ///
  /// @return the depth in which the branch's function is shown: that of what is called, or of what returns
  std::uint32_t add(const AuxHit& branch);
  /// The trace of the place's thread has a gap: nothing is known of what was called before it. Where neither thread nor
  /// CPU is known, all are lost.
  void lose(const AuxPlace& place);

  // A trace is foreign input: a line of it stays a line, and what is kept of it is bounded.
  static constexpr std::size_t kDeepest = 4096;      ///< calls beyond are not counted
  static constexpr std::size_t kMostKept = 1 << 20;  ///< room for calls, and threads; with more all are lost

 private:
  struct Call {
    VirtAddr from = 0;
    bool interrupt = false;  ///< returns to `from` itself
    bool ends_trace = false;
  };
  using Calls = std::vector<Call>;

  static void leave(Calls& calls, VirtAddr to);
  static void leave_unseen(Calls& calls);

  std::unordered_map<std::uint64_t, Calls> threads_;
  std::size_t kept_ = 0;
};

}  // namespace simdprof::cmd
