#pragma once

#include <string>

#include "lib/abi/perf_event.h"

namespace simdprof::perfdata {

/// What the kernel's tool calls an event whose name is not in the file: "cycles:ppp", "raw 0x1a8:u".
/// Source: tools/perf/util/evsel.c, evsel__name() (Linux 6.1).
std::string default_event_name(const abi::EventAttr& attr);

}  // namespace simdprof::perfdata
