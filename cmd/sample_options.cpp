#include "cmd/sample_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "cmd/exit_code.h"
#include "cmd/option_set.h"
#include "cmd/text_out.h"
#include "lib/base/log.h"

namespace simdprof::cmd {

void add_sample_options(OptionSet& set, SampleOptions& options) {
  SampleFilterOptions& filter = options.filter;
  set.add_option("-i,--input", options.input, "recording, or - for standard input").shows_default();
  set.add_option("-S,--symbol,--symbols", filter.symbols, "samples in these functions (exact, or with * and ?)");
  set.add_option("--dso,--dsos", filter.dsos, "samples in these files (short name or path, * and ?)");
  set.add_option("-c,--comm,--comms", filter.comms, "samples of threads with these names (* and ?)");
  set.add_option("--tid", filter.tids, "samples of these threads: 12,14-16");
  set.add_option("--pid", filter.pids, "samples of these processes");
  set.add_option("-C,--cpu", filter.cpus, "samples of these CPUs: 0,2-4");
  set.add_option("--time", filter.time, "samples of A,B (seconds, either end open) or A%-B% of the recording");
  set.add_flag("--kernel", filter.kernel_only, "samples taken in kernel mode");
  set.add_flag("--user-mode", filter.user_only, "samples taken in user mode");
  set.add_option("--limit", options.limit, "stop after so many samples").above_zero();
  set.add_option("--symfs", options.symfs, "look for files with symbols below this directory");
  set.add_option("--debug-dir", options.debug_dirs, "directory with separate debug files (may be repeated)");
  set.add_flag("!--no-demangle", options.demangle, "show symbol names as the file has them");
}

void add_verbosity_options(OptionSet& set, Verbosity& verbosity) {
  set.add_flag("-v,--verbose", verbosity.verbose, "also name files without symbols; twice: say even more");
  set.add_flag("-q,--quiet", verbosity.quiet, "say errors only");
}

void apply_verbosity(const Verbosity& verbosity) {
  if (verbosity.verbose == 1) set_log_level(LogLevel::verbose);
  if (verbosity.verbose > 1) set_log_level(LogLevel::debug);
  if (verbosity.quiet) set_log_level(LogLevel::quiet);
}

int report_error(const Error& error) {
  log_error(render_error(error));
  return error.code == Errc::usage ? kExitUsage : kExitFailure;
}

void report_symbol_problems(const std::vector<Resolver::Problem>& problems) {
  for (const Resolver::Problem& problem : problems) {
    log_verbose(fmt::format("{}: {}: {}", problem.path, unresolved_name(problem.reason), problem.detail));
  }
}

void report_losses(const Ledger& ledger) {
  for (const auto& [cause, count] : ledger.losses()) {
    if (count != 0) log_warning(fmt::format("lost: {}: {}", loss_cause_name(cause), count));
  }
  for (const auto& [name, skipped] : ledger.skipped()) {
    log_warning(fmt::format("skipped: {} {}, the first: {}", skipped.count, name, render_error(skipped.first)));
  }
  for (const auto& [type, count] : ledger.unknown_types()) {
    log_warning(fmt::format("skipped: {} records of unknown {}", count, record_name(type)));
  }
}

}  // namespace simdprof::cmd
