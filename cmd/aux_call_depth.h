#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "lib/base/units.h"

namespace simdprof::cmd {

/// How deep the calls of each thread's trace are, as the kernel's tool counts them for field callindent: from where the
/// trace was first seen, or lost, without what was called before. A return to where no known call was leaves the depth
/// as it is.
class CallDepth {
 public:
  /// The next branch of a thread, in the order of time.
  ///
  /// @param from, to  0: the trace begins or ends there
  /// @param flags     AuxBranchFlag
  /// @return the depth in which the branch's function is shown: that of what is called, or of what returns
  std::uint32_t add(Tid tid, VirtAddr from, VirtAddr to, std::uint32_t flags);
  /// The threads' traces have a gap: nothing is known of what was called before it.
  void lose() { threads_.clear(); }

  static constexpr std::size_t kDeepest =
      4096;  ///< calls beyond are not counted: a line of a hostile trace stays a line

 private:
  struct Call {
    VirtAddr from = 0;
    bool interrupt = false;  ///< returns to `from` itself
    bool ends_trace = false;
  };
  using Calls = std::vector<Call>;

  static void leave(Calls& calls, VirtAddr to);
  static void leave_unseen(Calls& calls);

  std::unordered_map<Tid, Calls> threads_;
};

}  // namespace simdprof::cmd
