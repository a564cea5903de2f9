#include "cmd/symbol_options.h"

namespace simdprof::cmd {

SymbolOptions symbol_options(const std::string& symfs, const std::vector<std::string>& debug_dirs, bool demangle,
                             const RecordingFacts& facts) {
  SymbolOptions options;
  options.symfs = symfs;
  options.debug_dirs = debug_dirs;
  options.demangle = demangle;
  options.build_ids = facts.build_ids;
  options.arch = facts.arch;
  if (const auto release = facts.host.find("release"); release != facts.host.end()) {
    options.kernel_release = release->second;
  }
  if (const auto kernel = facts.build_ids.find("[kernel.kallsyms]"); kernel != facts.build_ids.end()) {
    options.kernel_build_id = kernel->second;
  }
  return options;
}

}  // namespace simdprof::cmd
