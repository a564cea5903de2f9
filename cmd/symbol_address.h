#pragma once

#include <string>

#include "lib/base/result.h"
#include "lib/base/units.h"

namespace simdprof::cmd {

/// Where a function is in a process that runs now: in its program, or in a library that it has mapped already.
///
/// @param symbol  name of a function, or an address as 0x...
/// @return not_found when no mapped file has it
Result<VirtAddr> find_symbol_address(Pid pid, const std::string& symbol);

}  // namespace simdprof::cmd
