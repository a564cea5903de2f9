#pragma once

#include <string>
#include <vector>

namespace simdprof::cmd {

/// `simdprof dump-aux`: what the AUX bytes of a recording say (Intel PT, BTS, Arm SPE, CoreSight), and what is missing.
int dump_aux_verb(const std::vector<std::string>& words);

}  // namespace simdprof::cmd
