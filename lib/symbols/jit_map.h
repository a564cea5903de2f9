#pragma once

#include <memory>
#include <string>

#include "lib/base/result.h"
#include "lib/base/units.h"
#include "lib/symbols/symbol_table.h"

namespace simdprof {

/// Code that a just-in-time compiler announced in /tmp/perf-PID.map.
struct JitSymbols {
  std::string text;  ///< the names lie in it
  SymbolTable table;
};

/// @param text  lines "START SIZE NAME", both numbers hexadecimal, the name to the end of the line. Other lines are
/// left
///              out: such files are often cut, because the program still writes.
/// Source: tools/perf/Documentation/jit-interface.txt.
std::unique_ptr<JitSymbols> parse_jit_map(std::string text);

/// Loads /tmp/perf-PID.map below `symfs`.
///
/// @return permission when the file belongs to neither us nor root: anybody can write to /tmp
Result<std::unique_ptr<JitSymbols>> load_jit_map(const std::string& symfs, Pid pid);

}  // namespace simdprof
