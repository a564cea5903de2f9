#pragma once

#include <string>
#include <vector>

namespace simdprof::cmd {

/// `simdprof record`.
int record_verb(const std::vector<std::string>& words);

}  // namespace simdprof::cmd
