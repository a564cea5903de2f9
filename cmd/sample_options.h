#pragma once

#include <string>
#include <vector>

#include "cmd/option_set.h"
#include "cmd/sample_source.h"
#include "lib/symbols/resolver.h"

namespace simdprof::cmd {

/// Adds the options that pick samples and find symbols: -i, --symbol, --dso, --comm, --tid, --pid, --cpu, --time,
/// --kernel, --user-mode, --limit, --symfs, --debug-dir, --no-demangle.
void add_sample_options(OptionSet& set, SampleOptions& options);

/// -v and -q.
struct Verbosity {
  int verbose = 0;
  bool quiet = false;
};
void add_verbosity_options(OptionSet& set, Verbosity& verbosity);
/// Sets the log level; call it when the words are parsed.
void apply_verbosity(const Verbosity& verbosity);

/// Prints one error line; the exit status that belongs to its kind.
int report_error(const Error& error);

/// With -v: the files that symbols could not be read from, one line each on stderr.
void report_symbol_problems(const std::vector<Resolver::Problem>& problems);

/// What was lost or left out, one line each on stderr; nothing when all was read.
void report_losses(const Ledger& ledger);

}  // namespace simdprof::cmd
