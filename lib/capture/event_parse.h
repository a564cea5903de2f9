#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/abi/perf_event.h"
#include "lib/base/result.h"
#include "lib/capture/plan.h"
#include "lib/capture/pmu.h"

namespace simdprof {

/// One event as the user asked for it: what counts and where, not yet what a sample holds.
struct EventRequest {
  abi::EventAttr attr;  ///< type, config words, breakpoint, exclude_* bits, precise_ip, pinned, and a period or
                        ///< frequency when a term gives one
  std::string name;     ///< as written: "task-clock:u"
  EventRole role = EventRole::samples;
  std::string pmu;             ///< folder of its PMU in sysfs; empty: an event that every kernel has
  std::string tracepoint;      ///< "sched:sched_switch"; empty: it is none
  int group = -1;              ///< index of the group's leader in the list, -1: not in a group
  bool mode_given = false;     ///< u, k or h is among the modifiers
  bool precise_given = false;  ///< p is
  bool precise_most = false;   ///< P: as precise as the PMU can
  bool has_period = false;     ///< attr.sample_period_or_freq is a period of the event's own
  bool has_frequency = false;  ///< or a frequency
};

/// Parses perf's event grammar: `name[:modifiers]`, `rNNN`, `sys:name` with `*` and `?`, `mem:addr[/len][:rwx]`,
/// `pmu/terms/`, `name/terms/`, comma lists and `{a,b}` groups; modifiers u k h p P G H D.
///
/// @return usage with the character it is about and the nearest known name; not_found or permission when a tracepoint's
///         id or a PMU cannot be read; the text is at most 64 KiB and 1024 events
Result<std::vector<EventRequest>> parse_events(std::string_view text, const EventSystem& system);

}  // namespace simdprof
