#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/capture/event_open.h"
#include "lib/capture/event_parse.h"
#include "lib/capture/plan.h"

namespace simdprof {

/// perf_event_open, or a fake of it in tests. Success is error_number 0.
using EventOpener = std::function<OpenedEvent(const abi::EventAttr& attr, Pid pid, std::int32_t cpu)>;

/// Makes an attribute one that can be opened by itself: takes out what is only possible behind a leader with an AUX
/// area.
void leave_group(abi::EventAttr& attr);

/// The real one.
OpenedEvent open_for_probe(const abi::EventAttr& attr, Pid pid, std::int32_t cpu);

/// Where a probe opens its events: on ourselves, or on a CPU when the recording is of whole CPUs.
struct ProbeTarget {
  Pid pid = 0;  ///< 0: ourselves; -1: all tasks
  std::int32_t cpu = -1;
};

/// Tries every event and adapts it to what this machine and user can have, as the perf tool does: cycles become a
/// software clock where there is no counter, `:u` is added where kernel samples are not allowed, `:P` is made as
/// precise as the PMU takes.
///
/// @param requests  the requests `plans` was built from
/// @param notes     gets a line for each change
/// @return the error of the first event that cannot be opened in any form
Status settle_events(std::vector<EventPlan>& plans, const std::vector<EventRequest>& requests,
                     const ProbeTarget& target, const EventOpener& open, std::vector<std::string>& notes);

}  // namespace simdprof
