#pragma once

#include <string>
#include <vector>

namespace simdprof::cmd {

/// `simdprof import`: a perf.data as a simdprof.data.
int import_verb(const std::vector<std::string>& words);

}  // namespace simdprof::cmd
