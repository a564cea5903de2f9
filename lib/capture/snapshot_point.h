#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/capture/plan.h"
#include "lib/capture/ring_set.h"
#include "lib/model/record_sink.h"

namespace simdprof {

/// A breakpoint whose hits ask for snapshots. Each hit is a sample in the ring of its CPU, and wakes the reader at
/// once.
class SnapshotPoint {
 public:
  /// Opens breakpoints at `address` for every task of the rings, enabled, and writes their ids.
  ///
  /// @param event  index of the plan's event of role snapshot_point
  static Result<SnapshotPoint> open(const CapturePlan& plan, std::size_t event, VirtAddr address,
                                    std::span<const RingSet::CpuRing> rings, RecordSink& sink);

  /// Whether a record of a ring is a hit.
  [[nodiscard]] bool is_hit(std::span<const std::byte> record) const;

 private:
  std::vector<UniqueFd> fds_;
  std::vector<std::uint64_t> ids_;
};

}  // namespace simdprof
