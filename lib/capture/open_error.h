#pragma once

#include <string>
#include <string_view>

#include "lib/abi/perf_event.h"
#include "lib/base/result.h"
#include "lib/capture/event_open.h"

namespace simdprof {

/// "EACCES", or "errno 1234" for one without a name here.
std::string errno_name(int error_number);

/// What an errno of perf_event_open means for this attribute, with the one thing to change where there is one.
std::string explain_open_errno(int error_number, const abi::EventAttr& attr);

/// An error for a refused event: `attempt: meaning (EACCES)`.
Error open_error(const OpenedEvent& opened, const abi::EventAttr& attr, std::string_view attempt);

}  // namespace simdprof
