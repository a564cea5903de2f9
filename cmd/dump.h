#pragma once

#include <string>
#include <vector>

namespace simdprof::cmd {

/// `simdprof dump`: what one stage of decoding gives, record by record.
int dump_verb(const std::vector<std::string>& words);

}  // namespace simdprof::cmd
