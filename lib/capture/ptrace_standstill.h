#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>

#include "lib/abi/perf_event.h"
#include "lib/base/units.h"
#include "lib/capture/plan.h"

namespace simdprof {

/// Finds threads that their stops leave no time to run. What the kernel does for a stop can be a hit itself: of a clock
/// whose period is not longer than a stop takes (some 30 us), of a tracepoint on the way. It makes the next stop,
/// before the thread has executed an instruction, and so on for ever.
///
/// Such a thread is hit right after it was let go, and stops with the registers that it had. At 10 kHz and more a loop
/// that makes one long system call with the same arguments again and again looks alike where all its hits are in the
/// kernel, and at 25 kHz a loop that waits and changes no register.
class Standstill {
 public:
  /// One stop of a thread for samples.
  struct Stop {
    std::uint64_t general_hash = 0;  ///< see hash_general_registers()
    std::uint64_t first_hit_ns = 0;  ///< of its samples
    std::uint64_t time_ns = 0;       ///< when it was seen
    bool in_user = false;            ///< one of its samples was taken in user mode
  };

  /// @param event  makes the stops. A happening, unlike a clock, may well come many times in a moment; that a system
  /// call
  ///               begins or ends is never made by a stop
  explicit Standstill(const EventPlan& event);

  /// @return whether the thread stands still. True once for each kMostStops of them.
  bool add(Tid tid, const Stop& stop);
  void forget(Tid tid) { threads_.erase(tid); }

  static constexpr std::uint32_t kMostStops = 64;

 private:
  struct Thread {
    std::uint64_t general_hash = 0;
    std::uint64_t last_ns = 0;  ///< of the stop before
    std::uint32_t stops = 0;
  };
  [[nodiscard]] bool has_moved(const Thread& thread, const Stop& stop) const;

  bool is_counted_;
  bool is_of_calls_;
  std::unordered_map<Tid, Thread> threads_;
};

/// One number for a register block of NT_PRSTATUS, to see whether a thread has moved.
std::uint64_t hash_general_registers(std::span<const std::byte> block);

}  // namespace simdprof
