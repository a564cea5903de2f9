#include "cmd/import.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "cmd/exit_code.h"
#include "cmd/import_run.h"
#include "cmd/open_input.h"
#include "cmd/option_set.h"
#include "cmd/sample_options.h"
#include "lib/base/log.h"

namespace simdprof::cmd {
namespace {

struct ImportOptions {
  std::string input = "perf.data";
  std::string output = "simdprof.data";
  int zstd_level = WriterOptions{}.zstd_level;
};

/// Making the output moves a file of its name to `.old`: that must not be what is read.
Status check_names(const ImportOptions& options) {
  std::error_code none;
  if (options.output == "-" || !std::filesystem::exists(options.output, none)) return {};
  for (const std::string& name : {options.output, options.output + ".old"}) {
    if (!std::filesystem::equivalent(options.input, name, none)) continue;
    return fail(Errc::usage, fmt::format("{} is the input, or would be kept over it; choose another -o", name));
  }
  return {};
}

Status run_import(const ImportOptions& options) {
  if (auto checked = check_names(options); !checked) return checked;
  Ledger ledger;
  const auto input = open_input(options.input, ledger);
  if (!input) return fail(input.error());
  WriterOptions writing;
  writing.zstd_level = options.zstd_level;
  const auto writer = ContainerWriter::create(options.output, writing);
  if (!writer) return fail(writer.error());
  const auto copied = copy_recording(**input, ledger, **writer);
  if (!copied) return fail(copied.error());
  report_losses(ledger);
  const auto totals = (*writer)->totals();
  log_note(fmt::format("{}: {} records, {} bytes", options.output, copied->records, totals.file_bytes));
  return {};
}

}  // namespace

int import_verb(const std::vector<std::string>& words) {
  ImportOptions options;
  OptionSet set("import", "Writes a perf.data as a simdprof.data.");
  set.add_option("-i,--input,PERF_DATA", options.input, "perf.data: a file, a directory, or - for standard input")
      .shows_default();
  set.add_option("-o,--output", options.output, "file to write, or - for standard output").shows_default();
  set.add_option("-z,--compression-level", options.zstd_level, "zstd level").between(1, 22).shows_default();
  if (const auto status = set.parse(words)) return *status;
  if (const auto done = run_import(options); !done) return report_error(done.error());
  return kExitOk;
}

}  // namespace simdprof::cmd
