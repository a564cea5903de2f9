#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "lib/base/units.h"

namespace simdprof {

/// Samples whose register image has not come yet, by thread. A thread stops on its way back to user mode, so all
/// samples since it last left user mode share one image: one taken in user mode at most, and then those of the kernel.
class PendingSamples {
 public:
  struct Awaited {
    Pid pid = 0;
    std::uint64_t first_time_ns = 0;
    std::uint64_t last_time_ns = 0;
    std::uint32_t samples = 0;
    bool in_user = false;  ///< the first of them was taken in user mode
    bool repeat_due = false;
  };

  /// A sample of the event that makes the stops.
  ///
  /// @param in_user  taken in user mode: the thread has run since the samples before, whose image never came
  /// @return samples that now go without an image
  std::uint32_t add(Pid pid, Tid tid, std::uint64_t time_ns, bool in_user);
  /// The samples that the thread's stop of now belongs to; empty when none was seen.
  std::optional<Awaited> take(Tid tid);
  [[nodiscard]] bool awaits(Tid tid) const;
  /// Whether a stop without a sample is the second one for samples that one image has served: the timer can hit again
  /// between the first signal and the stop for it. True once for each such image.
  bool take_repeat(Tid tid);
  /// All samples still waiting; none is afterwards.
  std::uint64_t drop_all();

 private:
  std::unordered_map<Tid, Awaited> awaited_;
};

}  // namespace simdprof
