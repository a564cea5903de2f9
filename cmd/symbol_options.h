#pragma once

#include <string>
#include <vector>

#include "cmd/session.h"
#include "lib/symbols/resolver.h"

namespace simdprof::cmd {

/// What a Resolver must know of a recording and of the user's options.
SymbolOptions symbol_options(const std::string& symfs, const std::vector<std::string>& debug_dirs, bool demangle,
                             const RecordingFacts& facts);

}  // namespace simdprof::cmd
