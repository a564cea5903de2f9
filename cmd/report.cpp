#include "cmd/report.h"

#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <memory>
#include <utility>
#include <variant>

#include "cmd/aux_samples.h"
#include "cmd/exit_code.h"
#include "cmd/kernel_ahead.h"
#include "cmd/merged_records.h"
#include "cmd/progress.h"
#include "cmd/report_options.h"
#include "cmd/report_quality.h"
#include "cmd/report_reading.h"
#include "cmd/sample_notes.h"
#include "cmd/sample_options.h"
#include "cmd/sample_source.h"
#include "cmd/symbol_options.h"
#include "cmd/text_out.h"
#include "lib/base/log.h"
#include "lib/report/finding_view.h"
#include "lib/report/view.h"

namespace simdprof::cmd {
namespace {

std::uint64_t record_count(const RecordInput& input) {
  std::uint64_t count = 0;
  for (const ChunkInfo& chunk : input.chunks()) count += chunk.start.record_count;
  return count;
}

void warn_about_chains(const ReportOptions& options, const ReportReading& reading) {
  if ((options.children || options.call_graph) && !reading.has_chains()) {
    log_warning(fmt::format("{}: no call chains were recorded; record with -g", options.input));
  }
}

/// csv and tsv have no place for the header: data on stdout stays data.
void render_quality_aside(const ReportView& view) {
  if (view.quiet) return;
  TextOut aside(STDERR_FILENO);
  render_quality(view.quality, view.verbose, aside.buffer());
}

using Render = void (*)(const ReportView&, fmt::memory_buffer&);

/// By ReportFormat.
constexpr std::array<Render, 4> kTables = {render_text, render_csv, render_tsv, render_json};
constexpr std::array<Render, 4> kFindings = {render_findings_text, render_findings_csv, render_findings_tsv,
                                             render_findings_json};

void render(const ReportOptions& options, const ReportReading& reading, TextOut& out) {
  const std::vector<Section> sections = options.findings ? std::vector<Section>{} : reading.sections();
  const ReportView view{reading.profile(),  reading.quality(), sections,
                        options.call_graph, options.quiet,     options.verbose};
  const auto& renderers = options.findings ? kFindings : kTables;
  renderers[static_cast<std::size_t>(options.format)](view, out.buffer());
  if (options.format == ReportFormat::csv || options.format == ReportFormat::tsv) render_quality_aside(view);
  out.flush_if_full();
}

void show_symbol_problems(const ReportReading& reading) {
  for (const Resolver::Problem& problem : reading.symbol_problems()) {
    log_verbose(fmt::format("{}: {}: {}", problem.path, unresolved_name(problem.reason), problem.detail));
  }
}

ExitCode loss_status(const ReportOptions& options, const Quality& quality) {
  if (!options.fail_on_loss_percent) return kExitOk;
  const double lost = loss_percent(quality);
  if (lost > *options.fail_on_loss_percent) {
    log_error(fmt::format("{}: {:.2f}% of the samples were lost, more than {}%", options.input, lost,
                          *options.fail_on_loss_percent));
    return kExitLoss;
  }
  if (!loss_unknown(quality)) return kExitOk;
  log_error(fmt::format("{}: damaged or incomplete; how many samples are missing is unknown", options.input));
  return kExitLoss;
}

ExitCode finding_status(const ReportOptions& options, const Quality& quality) {
  const std::uint64_t errors = quality.findings.count(Severity::error);
  if (!options.strict || errors == 0) return kExitOk;
  log_error(fmt::format("{}: {} samples with findings of level error", options.input, errors));
  return kExitFindings;
}

/// All records, and with `made` the samples of the trace between them.
void read_all(Session& session, AuxSamples* made, ReportReading& reading, Progress& progress) {
  AuxBufferIndex areas(session.input());
  session.note_runs(reading.notes());
  MergedRecords records(session, made);
  while (const Record* record = records.next()) {
    SampleGroups::Group* group = nullptr;
    if (!records.is_made()) {
      progress.step();
      areas.observe(*record);
      group = noted_group(session);
    }
    if (const Status used = reading.observe(*record, group); !used) session.ledger().skip(record->type, used.error());
  }
  AuxQuality aux = aux_quality_of(areas.finish(session.input(), session.facts().events));
  if (made != nullptr) aux.errors = made->errors();
  reading.finish(session.ledger(), std::move(aux));
}

Result<ExitCode> run_report(const ReportOptions& options, TextOut& out) {
  KernelListingAhead kernel;
  auto session = Session::open(options.input, AuxBytes::left_out, read_kernel_beside(kernel));
  if (!session) return fail(session.error());
  std::unique_ptr<AuxSamples> made;
  if (options.itrace) {
    auto opened =
        AuxSamples::open(*session, *options.itrace,
                         symbol_options(options.symfs, options.debug_dirs, options.demangle, session->facts()));
    if (!opened) return fail(opened.error());
    made = *std::move(opened);
  }
  const RecordingFacts& facts = made ? made->facts() : session->facts();
  auto reading = ReportReading::make(options, facts, recorded_time(session->input()));
  if (!reading) return fail(reading.error());
  warn_about_chains(options, *reading);
  if (has_kernel_hits(*session)) reading->prefetch_kernel(std::move(kernel));

  Progress progress(fmt::format("reading {}", options.input), record_count(session->input()));
  read_all(*session, made.get(), *reading, progress);
  progress.done();

  render(options, *reading, out);
  show_symbol_problems(*reading);
  const ExitCode findings = finding_status(options, reading->quality());
  const ExitCode loss = loss_status(options, reading->quality());
  return findings != kExitOk ? findings : loss;
}

}  // namespace

int report_verb(const std::vector<std::string>& words) {
  const auto parsed = parse_report_options(words);
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  const auto& options = std::get<ReportOptions>(parsed);
  if (options.verbose) set_log_level(LogLevel::verbose);
  if (options.quiet) set_log_level(LogLevel::quiet);
  TextOut out;
  const auto status = run_report(options, out);
  if (!status) return report_error(status.error());
  return out.finish() ? *status : kExitFailure;
}

}  // namespace simdprof::cmd
