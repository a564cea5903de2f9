#pragma once

#include <string>
#include <vector>

namespace simdprof::cmd {

/// `simdprof export`.
int export_verb(const std::vector<std::string>& words);

}  // namespace simdprof::cmd
