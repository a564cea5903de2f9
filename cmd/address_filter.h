#pragma once

#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace simdprof::cmd {

/// Address filters with the names of functions put into numbers, as the kernel takes them: "filter main@/bin/app"
/// becomes "filter 0x1139/0x2a@/bin/app". A name without a file is a function of the running kernel. What is no name is
/// left as it is. Blanks may stand around "@".
///
/// @return not_found  a file or the kernel has no such function, or has several
///         and what opening the file gives
/// Source: the kernel's own form is that of perf_event_parse_addr_filter() (kernel/events/core.c, Linux 6.1).
Result<std::string> resolve_address_filter(std::string_view text);

}  // namespace simdprof::cmd
