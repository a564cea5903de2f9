#include "cmd/dump_aux.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "cmd/aux_recording.h"
#include "cmd/dump_aux_collector.h"
#include "cmd/exit_code.h"
#include "cmd/option_set.h"
#include "cmd/sample_options.h"
#include "cmd/symbol_options.h"
#include "cmd/text_out.h"
#include "lib/base/log.h"

namespace simdprof::cmd {
namespace {

/// In the order of AuxLayout::Format.
const std::vector<std::string> kFormats = {"text", "jsonl", "csv", "tsv"};
constexpr std::uint32_t kMostCpus = 65535;
constexpr std::uint32_t kMostTids = 0x7fffffff;

struct DumpAuxOptions {
  std::string input = "simdprof.data";
  AuxWanted wanted;
  bool loss = false;
  bool all_errors = false;
  std::string time, cpus, tids, fields;
  std::string format = kFormats.front();
  std::uint64_t limit = 0;  ///< rows; 0: all
  std::string symfs;
  std::vector<std::string> debug_dirs;
  Verbosity verbosity;
};

void add_options(OptionSet& set, DumpAuxOptions& options) {
  set.add_option("-i,--input", options.input, "recording, or - for standard input").shows_default();
  set.add_flag("--packets", options.wanted.packets, "the packets, one a line");
  set.add_flag("--branches", options.wanted.branches, "taken branches, and where the trace begins and ends");
  set.add_flag("--insn", options.wanted.instructions, "every instruction that ran");
  set.add_flag("--mem", options.wanted.memory, "sampled operations and memory accesses");
  set.add_flag("--events", options.wanted.events, "power states, payloads and markers");
  set.add_flag("--loss", options.loss, "what is missing: when, where, how much, and why");
  set.add_option("-F,--fields", options.fields,
                 "columns: kind,time,cpu,pid,tid,offset,ip,addr,flags,... (see the page)");
  set.add_option("--format", options.format, "text, jsonl, csv or tsv").one_of(kFormats).shows_default();
  set.add_option("--time", options.time, "rows of A,B (seconds, either end open) or A%-B% of the recording");
  set.add_option("-C,--cpu", options.cpus, "rows of these CPUs: 0,2-4");
  set.add_option("--tid", options.tids, "rows of these threads: 12,14-16");
  set.add_option("--limit", options.limit, "stop after so many rows").above_zero();
  set.add_option("--symfs", options.symfs, "look for the programs below this directory");
  set.add_option("--debug-dir", options.debug_dirs, "directory with programs by build id (may be repeated)");
  set.add_flag("--all-errors", options.all_errors, "every place where code is missing, not the first of each file");
  add_verbosity_options(set, options.verbosity);
}

Result<AuxRowFilter> make_filter(const DumpAuxOptions& options, const std::optional<TimeWindow>& recorded) {
  AuxRowFilter filter;
  if (!options.time.empty()) {
    const auto window = parse_time_window(options.time, recorded);
    if (!window) return fail(window.error());
    filter.window = *window;
  }
  if (!options.cpus.empty()) {
    auto cpus = parse_number_list(options.cpus, "--cpu", kMostCpus);
    if (!cpus) return fail(cpus.error());
    filter.cpus = *std::move(cpus);
  }
  if (!options.tids.empty()) {
    auto tids = parse_number_list(options.tids, "--tid", kMostTids);
    if (!tids) return fail(tids.error());
    filter.tids = *std::move(tids);
  }
  std::sort(filter.cpus.begin(), filter.cpus.end());
  std::sort(filter.tids.begin(), filter.tids.end());
  return filter;
}

Result<AuxLayout> make_layout(const DumpAuxOptions& options) {
  AuxLayout layout;
  const auto format = std::find(kFormats.begin(), kFormats.end(), options.format);
  layout.format = static_cast<AuxLayout::Format>(format - kFormats.begin());
  if (!options.fields.empty()) {
    auto columns = parse_aux_columns(options.fields);
    if (!columns) return fail(columns.error());
    layout.columns = *std::move(columns);
  }
  return layout;
}

/// Without any word: all that is decoded, but single instructions.
AuxWanted default_wanted() {
  AuxWanted wanted;
  wanted.branches = wanted.memory = wanted.events = true;
  return wanted;
}

bool wants_decoding(const AuxWanted& wanted) {
  return wanted.packets || wanted.branches || wanted.instructions || wanted.memory || wanted.events;
}

/// Rows and errors that were shown.
struct Shown {
  std::uint64_t rows = 0;
  std::uint64_t errors = 0;
  std::uint64_t left_out = 0;  ///< errors
};

/// Whether there may be more rows.
bool room_left(const DumpAuxOptions& options, const Shown& shown) {
  return options.limit == 0 || shown.rows < options.limit;
}

void show_losses(const DumpAuxOptions& options, const AuxRecording& recording, const AuxRowFilter& filter,
                 const AuxLayout& layout, TextOut& out, Shown& shown) {
  for (const AuxLoss& loss : find_losses(recording.buffers())) {
    if (!filter.accepts(loss)) continue;
    if (!room_left(options, shown)) return;
    ++shown.rows;
    append_aux_row(out.buffer(), layout, row_of(loss));
    out.flush_if_full();
  }
}

Status show_decoded(const DumpAuxOptions& options, const AuxRecording& recording, const AuxRowFilter& filter,
                    const AuxLayout& layout, TextOut& out, Shown& shown) {
  const auto info = recording.info();
  if (!info) return fail(with_input(info.error(), options.input));
  const auto decoder = make_aux_decoder(*info, recording.programs(), options.wanted);
  if (!decoder) return fail(with_input(decoder.error(), options.input));
  const AuxOrder order = options.wanted.packets ? AuxOrder::by_area : AuxOrder::by_time;
  AuxReading reading(
      recording.readers(**decoder, info->type, filter.cpus), **decoder,
      [&] { return std::make_unique<AuxRowCollector>(layout, filter); }, order,
      options.all_errors ? AuxErrorFilter{} : recording.programs().error_filter());
  while (room_left(options, shown)) {
    const auto item = reading.next();
    if (!item) break;
    ++shown.rows;
    out.write(item->bytes);
  }
  shown.errors = reading.error_filter().told();
  shown.left_out = reading.error_filter().left_out();
  return {};
}

Status run_dump_aux(DumpAuxOptions& options, TextOut& out) {
  const auto layout = make_layout(options);
  if (!layout) return fail(layout.error());
  auto session = Session::open(options.input);
  if (!session) return fail(session.error());
  const auto filter = make_filter(options, recorded_time(session->input()));
  if (!filter) return fail(filter.error());
  const AuxRecording recording(*session, symbol_options(options.symfs, options.debug_dirs, true, session->facts()));
  append_aux_heading(out.buffer(), *layout);
  Shown shown;
  if (options.loss) show_losses(options, recording, *filter, *layout, out, shown);
  if (!options.loss && !wants_decoding(options.wanted)) options.wanted = default_wanted();
  if (wants_decoding(options.wanted)) {
    if (auto done = show_decoded(options, recording, *filter, *layout, out, shown); !done) return done;
  }
  report_symbol_problems(recording.programs().problems());
  report_losses(recording.ledger());
  log_note(fmt::format("{} rows, {} errors", shown.rows, shown.errors));
  if (shown.left_out != 0) {
    log_note(fmt::format("{} more errors for want of the same files; --all-errors shows them", shown.left_out));
  }
  return {};
}

}  // namespace

int dump_aux_verb(const std::vector<std::string>& words) {
  DumpAuxOptions options;
  OptionSet set("dump-aux", "Shows what the AUX bytes of a recording say, and what is missing of them.");
  add_options(set, options);
  if (const auto status = set.parse(words)) return *status;
  apply_verbosity(options.verbosity);
  TextOut out;
  if (const auto done = run_dump_aux(options, out); !done) return report_error(done.error());
  return out.finish() ? kExitOk : kExitFailure;
}

}  // namespace simdprof::cmd
