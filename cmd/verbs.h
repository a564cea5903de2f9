#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace simdprof::cmd {

/// One verb of the command line. `run` gets the words after the verb and returns the exit status.
struct Verb {
  std::string_view name;
  std::string_view summary;  ///< one line for `simdprof --help`
  int (*run)(const std::vector<std::string>& words);
};

/// All verbs, in the order of `simdprof --help`.
std::span<const Verb> verbs();

}  // namespace simdprof::cmd
