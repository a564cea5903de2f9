#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/capture/event_parse.h"
#include "lib/capture/plan.h"

namespace simdprof {

/// What the user asked of AUX areas.
struct AuxWish {
  std::size_t pages = 0;  ///< of an area; 0: not given
  bool snapshot = false;
  std::size_t snapshot_bytes = 0;  ///< 0: all of an area
  std::string snapshot_at;         ///< a symbol; empty: none
  bool samples = false;            ///< --aux-sample: every sampling event takes AUX bytes
  std::size_t sample_bytes = 4096;
  std::string filter;        ///< address filters
  std::uint64_t period = 0;  ///< -c; 0: not given

  [[nodiscard]] bool any() const { return pages != 0 || snapshot || samples || !filter.empty(); }
};

/// Questions to the machine.
struct AuxProbes {
  std::function<bool(const abi::EventAttr& attr)> has_area;  ///< for a PMU whose name tells nothing
  std::function<bool()> may_track_kernel;                    ///< events of whole CPUs that tell of code changes
  std::size_t page_bytes = 4096;
  bool privileged = false;  ///< large areas may be locked
};

/// Finds the events with an AUX area and makes them recordable: they come first, as rings are mapped through them; the
/// events that need them join their group; a tracking event is added that lives on when a full area stops a trace.
///
/// @return how to use the areas (AuxUse::none when no event has one); usage when the events cannot go together
Result<AuxPlan> arrange_aux_requests(std::vector<EventRequest>& requests, const AuxWish& wish,
                                     const EventSystem& system, const AuxProbes& probes);

}  // namespace simdprof
