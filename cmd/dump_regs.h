#pragma once

#include <string>
#include <vector>

namespace simdprof::cmd {

/// `simdprof dump-regs`: the registers of a recording, sample by sample.
int dump_regs_verb(const std::vector<std::string>& words);

}  // namespace simdprof::cmd
