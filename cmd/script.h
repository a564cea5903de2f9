#pragma once

#include <string>
#include <vector>

namespace simdprof::cmd {

/// `simdprof script`: the samples of a recording, one after another, in the kernel tool's layout.
int script_verb(const std::vector<std::string>& words);

}  // namespace simdprof::cmd
