#pragma once

#include <string>
#include <vector>

namespace simdprof::cmd {

/// `simdprof report`: where the time of a recording is, and the SIMD state there.
int report_verb(const std::vector<std::string>& words);

}  // namespace simdprof::cmd
