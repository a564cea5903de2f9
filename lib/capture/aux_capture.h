#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "lib/capture/aux_snapshot.h"
#include "lib/capture/aux_writer.h"
#include "lib/capture/plan.h"
#include "lib/capture/ring_set.h"

namespace simdprof {

/// Takes the bytes of all AUX areas of a recording to their streams.
class AuxCapture {
 public:
  /// How events of a ring are switched; tests put another in.
  struct Switches {
    std::function<void(const RingSet::CpuRing&)> enable = RingSet::enable_aux;
    std::function<void(const RingSet::CpuRing&)> disable = RingSet::disable_aux;
  };
  AuxCapture(const AuxPlan& plan, std::span<RingSet::CpuRing> rings, RecordSink& sink, Switches switches);

  /// A record that a ring gave, before its area is drained.
  void observe(std::size_t ring, std::span<const std::byte> record);
  /// All that the areas hold, when everything is recorded; their events go on, also those that a full area stopped.
  ///
  /// @param now_ns  in the recording's clock; the reference of what is read
  /// @param over    nothing is enabled again
  /// @return limit for a 32-bit program at 4 GiB of one area: nothing of it is recorded from there on
  Status drain(std::uint64_t now_ns, bool over);
  /// The newest bytes of each area, in snapshot mode. Events are off meanwhile, and stay so at the end (`over`).
  Status take_snapshot(std::uint64_t now_ns, bool over);

  /// Adds what happened to the outcome.
  void report(CaptureOutcome& outcome) const;

 private:
  struct Area {
    RingSet::CpuRing* ring = nullptr;
    AuxWriter writer;
    AuxSnapshot snapshot;
    bool full = false;  ///< was, since it was drained: its event is off
  };
  Status drain_area(Area& area, std::uint64_t now_ns);
  Area* area_of(std::size_t ring);

  const AuxPlan& plan_;
  Switches switches_;
  std::vector<Area> areas_;
  std::vector<std::size_t> area_index_;  ///< by ring; areas_.size() where there is none
  std::uint64_t truncated_ = 0;
  std::uint64_t unread_ = 0;
};

/// What a decoder must know before the bytes: AUXTRACE_INFO of each event with an AUX area, and host facts.
std::vector<std::vector<std::byte>> encode_aux_head(const CapturePlan& plan, std::span<const RingSet::CpuRing> rings);

}  // namespace simdprof
