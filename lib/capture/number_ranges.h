#pragma once

#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace simdprof {

struct NumberRange {
  unsigned first = 0, last = 0;  ///< both included
};

/// Parses "0-7,32", the form of CPU lists and of bit lists in sysfs: at least one range, in the order written.
/// @return malformed for any other text, a number above `largest`, or a range that runs backwards
Result<std::vector<NumberRange>> parse_number_ranges(std::string_view text, unsigned largest);

}  // namespace simdprof
