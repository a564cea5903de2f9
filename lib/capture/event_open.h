#pragma once

#include <cstdint>

#include "lib/abi/perf_event.h"
#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "lib/base/units.h"

namespace simdprof {

/// What perf_event_open answered: a descriptor or an errno. attr_size is the size the kernel wrote back with E2BIG,
/// else 0.
struct OpenedEvent {
  UniqueFd fd;
  int error_number = 0;
  std::uint32_t kernel_attr_size = 0;
};

/// perf_event_open(2), close-on-exec. attr.size is passed as it is.
OpenedEvent open_event(const abi::EventAttr& attr, Pid pid, std::int32_t cpu, int group_fd = -1);

/// PERF_EVENT_IOC_ID.
Result<std::uint64_t> load_event_id(int event_fd);

}  // namespace simdprof
