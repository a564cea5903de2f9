#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/abi/registers.h"
#include "lib/base/result.h"

namespace simdprof {

/// Parses "ax,ip,r8" to a sample_regs_* mask; letter case does not matter. "all" is every general register the
/// architecture can sample, "none" is no register.
/// @return usage with the nearest known name; vector registers are not named here but with --xmm and the like
Result<std::uint64_t> parse_register_mask(std::string_view text, abi::Arch arch);

/// Names that parse_register_mask takes, in register order.
std::vector<std::string> list_register_names(abi::Arch arch);

/// Architecture this program was built for.
abi::Arch native_arch();

}  // namespace simdprof
