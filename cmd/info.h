#pragma once

#include <string>
#include <vector>

namespace simdprof::cmd {

/// `simdprof info`: what a recording is and holds.
int info_verb(const std::vector<std::string>& words);

}  // namespace simdprof::cmd
