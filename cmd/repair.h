#pragma once

#include <string>
#include <vector>

namespace simdprof::cmd {

/// `simdprof repair`: writes a finished recording of what is whole in a damaged or unfinished one.
int repair_verb(const std::vector<std::string>& words);

}  // namespace simdprof::cmd
