#pragma once

#include <string>
#include <vector>

namespace simdprof::cmd {

/// `simdprof --version [-v]`.
int version_verb(const std::vector<std::string>& words);

}  // namespace simdprof::cmd
