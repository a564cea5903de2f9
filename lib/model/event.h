#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "lib/abi/perf_event.h"

namespace simdprof {

/// One event of a recording.
struct EventDesc {
  abi::EventAttr attr;
  std::string name;  ///< as the user wrote it, with modifiers: "task-clock:u"
};

/// The events of a recording and which ids are theirs.
struct EventTable {
  std::vector<EventDesc> events;
  std::unordered_map<std::uint64_t, std::uint32_t> event_of_id;
};

}  // namespace simdprof
