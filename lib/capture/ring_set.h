#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "lib/capture/aux_ring.h"
#include "lib/capture/plan.h"
#include "lib/capture/ring.h"

namespace simdprof {

/// All events of a recording, with one ring a CPU, or a thread when the plan says so.
class RingSet {
 public:
  /// An opened event.
  struct Member {
    UniqueFd fd;
    std::uint32_t event = 0;  ///< index in CapturePlan::events
    Tid tid = -1;             ///< -1: all tasks of the CPU
    std::uint64_t id = 0;
    bool group_follower = false;  ///< its group's leader switches it
    bool aux = false;             ///< writes to the ring's AUX area
  };
  struct CpuRing {
    std::int32_t cpu = 0;  ///< -1: the ring is a thread's
    Tid tid = -1;          ///< -1: the ring is a CPU's
    Ring ring = Ring::none();
    AuxRing aux = AuxRing::none();
    std::vector<Member> members;
    std::size_t polled = 0;           ///< member whose descriptor is polled: one whose task lives
    std::uint64_t reported_lost = 0;  ///< records that LOST records of this ring named
  };

  /// Opens every event of the plan for every task on every CPU, disabled.
  ///
  /// @param tasks           thread ids; {-1} for all tasks. Tasks that are gone are left out
  /// @param enable_on_exec  the events start with the exec of their task
  /// @return permission, not_found (no such task, no such hardware), limit (not even rings of one page may be locked),
  ///         with the one thing to change
  static Result<RingSet> open(const CapturePlan& plan, std::span<const Tid> tasks, std::span<const std::int32_t> cpus,
                              bool enable_on_exec);

  void enable() const;
  void disable() const;
  /// The events with an AUX area, alone. The kernel itself disables one whose area is full.
  static void enable_aux(const CpuRing& ring);
  static void disable_aux(const CpuRing& ring);
  [[nodiscard]] std::span<CpuRing> rings() { return rings_; }
  [[nodiscard]] std::span<const CpuRing> rings() const { return rings_; }
  /// Records that did not fit, by the kernel's own count (PERF_FORMAT_LOST); 0 where the kernel does not count.
  [[nodiscard]] std::uint64_t load_lost(const CpuRing& ring) const;
  /// Whether every task of every event has ended. Only for events that belong to tasks.
  [[nodiscard]] bool all_tasks_ended() const;

 private:
  struct Opener;
  struct Sizes {
    std::size_t ring_pages = 0, aux_pages = 0;
  };
  static Result<RingSet> open_with(const CapturePlan& plan, std::span<const Tid> tasks,
                                   std::span<const std::int32_t> cpus, bool enable_on_exec, Sizes sizes);
  std::vector<CpuRing> rings_;
  bool counts_lost_ = true;
};

}  // namespace simdprof
