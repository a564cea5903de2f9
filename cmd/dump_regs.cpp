#include "cmd/dump_regs.h"

#include <CLI/CLI.hpp>
#include <functional>
#include <utility>

#include "cmd/dump_regs_render.h"
#include "cmd/exit_code.h"
#include "cmd/sample_options.h"
#include "cmd/text_out.h"

namespace simdprof::cmd {
namespace {

struct DumpRegsOptions {
  SampleOptions samples;
  std::array<bool, kRegisterClasses> classes{};
  bool user = false;
  bool intr = false;
  bool both = false;
  std::string registers;
  std::string as = "hex";
  std::string format = "text";
};

bool& class_option(DumpRegsOptions& options, RegisterClass kind) {
  return options.classes[static_cast<std::size_t>(kind)];
}

void add_options(CLI::App& app, DumpRegsOptions& options) {
  add_sample_options(app, options.samples);
  app.add_flag("--gpr", class_option(options, RegisterClass::gpr), "general registers");
  app.add_flag("--xmm", class_option(options, RegisterClass::xmm), "the low 128 bits of vector registers");
  app.add_flag("--ymm", class_option(options, RegisterClass::ymm), "the low 256 bits");
  app.add_flag("--zmm", class_option(options, RegisterClass::zmm), "all 512 bits");
  app.add_flag("--opmask", class_option(options, RegisterClass::opmask), "k0..k7");
  app.add_flag("--mxcsr", class_option(options, RegisterClass::mxcsr), "MXCSR");
  app.add_option("--regs", options.registers, "these registers only: xmm0,ymm7,k1,rax");
  app.add_flag("--user", options.user, "the user register set (default)");
  app.add_flag("--intr", options.intr, "the register set at the interrupt");
  app.add_flag("--both", options.both, "both sets");
  app.add_option("--as", options.as, std::string("how vector registers are read: ").append(lane_type_words()))
      ->capture_default_str();
  app.add_option("--format", options.format, "text, jsonl, csv or tsv")
      ->check(CLI::IsMember({"text", "jsonl", "csv", "tsv"}))
      ->capture_default_str();
}

std::vector<SetKind> chosen_sets(const DumpRegsOptions& options) {
  std::vector<SetKind> sets;
  if (options.user || options.both || !options.intr) sets.push_back(SetKind::user);
  if (options.intr || options.both) sets.push_back(SetKind::intr);
  return sets;
}

Result<RegisterReport> make_report(const DumpRegsOptions& options, const RecordingFacts& facts, LaneType as) {
  RegisterReport report;
  report.as = as;
  report.sets = chosen_sets(options);
  report.choice.classes = options.classes;
  if (!options.registers.empty()) {
    auto registers = parse_register_list(options.registers, facts.arch);
    if (!registers) return fail(registers.error());
    report.choice.registers = std::move(*registers);
  }
  if (as != LaneType::hex) report.lane_columns = widest_vector_bits(facts, report.choice) / lane_bits(as);
  return report;
}

using Render = void (*)(TextBuffer&, const RegisterSample&, RegisterReport&);

void render_csv(TextBuffer& out, const RegisterSample& sample, RegisterReport& report) {
  render_registers_table(out, sample, report, ',');
}
void render_tsv(TextBuffer& out, const RegisterSample& sample, RegisterReport& report) {
  render_registers_table(out, sample, report, '\t');
}

Render renderer(const std::string& format) {
  if (format == "jsonl") return render_registers_json;
  if (format == "csv") return render_csv;
  if (format == "tsv") return render_tsv;
  return render_registers_text;
}

Status run_dump_regs(const DumpRegsOptions& options, TextOut& out) {
  const auto as = parse_lane_type(options.as);
  if (!as) return fail(as.error());
  auto source = SampleSource::open(options.samples, {.place = true, .lines = false, .registers = true});
  if (!source) return fail(source.error());
  auto report = make_report(options, source->facts(), *as);
  if (!report) return fail(report.error());
  const Render render = renderer(options.format);
  if (options.format == "csv") render_table_header(out.buffer(), *report, ',');
  if (options.format == "tsv") render_table_header(out.buffer(), *report, '\t');
  while (const SampleHit* hit = source->next()) {
    render(out.buffer(), {hit, &source->registers(), source->facts().arch}, *report);
    out.flush_if_full();
  }
  report_losses(source->ledger());
  return {};
}

}  // namespace

int dump_regs_verb(const std::vector<std::string>& words) {
  DumpRegsOptions options;
  CLI::App app("Shows the registers of a recording, sample by sample.", "simdprof dump-regs");
  add_options(app, options);
  if (const auto status = parse_words(app, words)) return *status;
  TextOut out;
  if (const auto done = run_dump_regs(options, out); !done) return report_error(done.error());
  return out.finish() ? kExitOk : kExitFailure;
}

}  // namespace simdprof::cmd
