#include "cmd/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cmd/exit_code.h"
#include "cmd/export_features.h"
#include "cmd/export_records.h"
#include "cmd/option_set.h"
#include "cmd/sample_options.h"
#include "lib/base/log.h"

namespace simdprof::cmd {
namespace {

struct ExportOptions {
  std::string input = "simdprof.data";
  std::string output = "perf.data";
  std::string format = "perf";
  bool strip_registers = false;
  Verbosity verbosity;
};

/// What AUX areas take in the input; perf's decoders would need the recording machine's own AUXTRACE_INFO beside them.
std::uint64_t aux_bytes_of(const RecordInput& input) {
  std::uint64_t bytes = 0;
  for (const ChunkInfo& chunk : input.chunks()) {
    if (chunk.start.info.kind == StreamKind::aux) bytes += chunk.start.record_bytes;
  }
  return bytes;
}

/// perf refuses a file with tracepoints that does not bring their formats: the writer gives these another type.
std::ptrdiff_t changed_tracepoints(const RecordingFacts& facts) {
  return std::count_if(facts.events.events.begin(), facts.events.events.end(), [&facts](const EventDesc& event) {
    return event.attr.type == abi::PERF_TYPE_TRACEPOINT && !facts.has_format(event.attr);
  });
}

void append_count(std::string& line, std::uint64_t count, std::string_view what) {
  if (count != 0) line += fmt::format("{} {} {}", line.empty() ? "" : ",", what, count);
}

/// What perf's format has no place for: one line, or none.
std::string left_out_line(const LoweringCounts& lowered, const ExportTotals& totals) {
  std::string samples;
  append_count(samples, lowered.wide, "vectors above XMM of");
  append_count(samples, lowered.opmask, "opmasks of");
  append_count(samples, lowered.mxcsr, "MXCSR of");
  append_count(samples, lowered.extended_gprs, "R16..R31 and SSP of");
  append_count(samples, lowered.arm64, "NEON and SVE registers of");
  append_count(samples, lowered.untrusted, "untrusted XMM of");
  append_count(samples, lowered.no_section, "XMM without a register section of");
  append_count(samples, totals.too_large_for_xmm, "XMM without room in the record of");
  append_count(samples, totals.branch_counters, "counters of branch entries of");
  append_count(samples, totals.cut_stacks, "far ends of stack copies of");
  append_count(samples, totals.deferred_chains, "deferred call chains of");
  if (!samples.empty()) samples += " samples";
  for (const auto& [name, count] : totals.left_out) {
    samples += fmt::format("{} {} {}", samples.empty() ? "" : ",", count, name);
  }
  return samples.empty() ? samples : "not in perf's format:" + samples;
}

void report(const ExportOptions& options, const SampleLowering& lowering, const ExportTotals& totals,
            std::size_t added_events, const Session& session) {
  std::string line =
      fmt::format("{}: {} samples", options.output == "-" ? "standard output" : options.output, totals.samples);
  const LoweringCounts& lowered = lowering.counts();
  if (lowered.xmm_from_images != 0) line += fmt::format(", XMM of {} from register images", lowered.xmm_from_images);
  if (added_events != 0)
    line +=
        fmt::format(", {} more event{} for samples without some registers", added_events, added_events == 1 ? "" : "s");
  if (const auto tracepoints = changed_tracepoints(session.facts()); tracepoints != 0) {
    line += fmt::format(", {} tracepoint{} as bpf-output", tracepoints, tracepoints == 1 ? "" : "s");
  }
  if (const std::string left_out = left_out_line(lowered, totals); !left_out.empty()) line += "; " + left_out;
  if (const auto aux_bytes = aux_bytes_of(session.input()); aux_bytes != 0) {
    line += fmt::format("; left out: {} KiB of AUX areas", (aux_bytes + 1023) / 1024);
  }
  log_note(line);
}

Status run_export(const ExportOptions& options) {
  auto session = Session::open(options.input);
  if (!session) return fail(session.error());
  const RecordingFacts& facts = session->facts();
  auto writer = perfdata::Writer::create(options.output, recorded_order(session->input()));
  if (!writer) return fail(writer.error());
  SampleLowering lowering(facts);
  auto events = ExportEvents::start(*writer, facts, lowering, options.strip_registers);
  if (!events) return fail(events.error());
  if (auto added = add_features(*writer, facts); !added) return added;
  RecordExporter exporter(*writer, facts.events, lowering, *events, options.strip_registers);
  while (const Record* record = session->next()) {
    if (auto written = exporter.write(*record, session->raw()); !written) return written;
  }
  const ExportTotals& totals = exporter.totals();
  if (totals.first_time_ns != kNoTime && !writer->pipe_mode()) {
    auto times = perfdata::encode_sample_time(totals.first_time_ns, totals.last_time_ns, writer->order());
    if (auto added = writer->add_feature(abi::HEADER_SAMPLE_TIME, std::move(times)); !added) return added;
  }
  if (auto finished = writer->finish(); !finished) return finished;
  report(options, lowering, totals, events->added(), *session);
  report_losses(session->ledger());
  return {};
}

}  // namespace

int export_verb(const std::vector<std::string>& words) {
  ExportOptions options;
  OptionSet set("export", "Writes a recording as a file that other tools read.");
  set.add_option("-i,--input", options.input, "recording, or - for standard input").shows_default();
  set.add_option("-o,--output", options.output, "file to write, or - for standard output").shows_default();
  set.add_option("--format", options.format, "perf: perf.data, as perf 6.1 and later read it")
      .one_of({"perf"})
      .shows_default();
  set.add_flag("--strip-regs", options.strip_registers, "leave the register sections of samples out");
  add_verbosity_options(set, options.verbosity);
  if (const auto status = set.parse(words)) return *status;
  apply_verbosity(options.verbosity);
  if (const auto done = run_export(options); !done) return report_error(done.error());
  return kExitOk;
}

}  // namespace simdprof::cmd
