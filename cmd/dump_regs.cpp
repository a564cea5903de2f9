#include "cmd/dump_regs.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "cmd/aux_path.h"
#include "cmd/dump_regs_render.h"
#include "cmd/exit_code.h"
#include "cmd/option_set.h"
#include "cmd/sample_options.h"
#include "cmd/symbol_options.h"
#include "cmd/text_out.h"
#include "decoders/registers/register_stage.h"
#include "lib/base/log.h"

namespace simdprof::cmd {
namespace {

constexpr int kMostPathBranches = 65536;

struct DumpRegsOptions {
  SampleOptions samples;
  Verbosity verbosity;
  std::array<bool, kRegisterClasses> classes{};
  bool sve = false;
  bool fpcr = false;
  bool user = false;
  bool intr = false;
  bool both = false;
  bool diff = false;
  bool strict = false;
  std::size_t path = 0;  ///< branches before each sample; 0: none
  std::string registers;
  std::string as = "hex";
  std::string format = "text";
};

bool& class_option(DumpRegsOptions& options, RegisterClass kind) {
  return options.classes[static_cast<std::size_t>(kind)];
}

void add_options(OptionSet& set, DumpRegsOptions& options) {
  add_sample_options(set, options.samples);
  add_verbosity_options(set, options.verbosity);
  set.add_flag("--gpr", class_option(options, RegisterClass::gpr), "general registers");
  set.add_flag("--xmm", class_option(options, RegisterClass::xmm), "the low 128 bits of vector registers");
  set.add_flag("--ymm", class_option(options, RegisterClass::ymm), "the low 256 bits");
  set.add_flag("--zmm", class_option(options, RegisterClass::zmm), "all 512 bits");
  set.add_flag("--opmask", class_option(options, RegisterClass::opmask), "k0..k7");
  set.add_flag("--mxcsr", class_option(options, RegisterClass::mxcsr), "MXCSR");
  set.add_flag("--neon", class_option(options, RegisterClass::neon), "arm64: v0..v31, 128 bits");
  set.add_flag("--sve", options.sve, "arm64: z0..z31, p0..p15 and ffr, at the vector length of the sample");
  set.add_flag("--fpcr", options.fpcr, "arm64: FPSR and FPCR");
  set.add_option("--regs", options.registers, "these registers only: xmm0,ymm7,k1,rax or v0,z1,p2,x3");
  set.add_flag("--user", options.user, "the user register set (default)");
  set.add_flag("--intr", options.intr, "the register set at the interrupt");
  set.add_flag("--both", options.both, "both sets");
  set.add_flag("--diff", options.diff, "where the two sets of a sample differ, and nothing else")
      .excludes("--user")
      .excludes("--intr");
  set.add_option("--path", options.path, "also the last N branches before each sample, from an AUX trace")
      .between(1, kMostPathBranches)
      .excludes("--diff");
  set.add_flag("--strict", options.strict, "exit with status 3 when there are findings of level error");
  set.add_option("--as", options.as, std::string("how vector registers are read: ").append(lane_type_words()))
      .shows_default();
  set.add_option("--format", options.format, "text, jsonl, csv or tsv")
      .one_of({"text", "jsonl", "csv", "tsv"})
      .shows_default();
}

std::vector<SetKind> chosen_sets(const DumpRegsOptions& options) {
  std::vector<SetKind> sets;
  if (options.user || options.both || options.diff || !options.intr) sets.push_back(SetKind::user);
  if (options.intr || options.both || options.diff) sets.push_back(SetKind::intr);
  return sets;
}

Result<RegisterReport> make_report(const DumpRegsOptions& options, const RecordingFacts& facts, LaneType as) {
  RegisterReport report;
  report.as = as;
  report.sets = chosen_sets(options);
  report.choice.classes = options.classes;
  const auto ask = [&](RegisterClass kind) { report.choice.classes[static_cast<std::size_t>(kind)] = true; };
  if (options.sve) {
    for (const RegisterClass kind : {RegisterClass::sve, RegisterClass::predicate, RegisterClass::ffr}) ask(kind);
  }
  if (options.fpcr) {
    for (const RegisterClass kind : {RegisterClass::fpsr, RegisterClass::fpcr}) ask(kind);
  }
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

void render_diff_csv(TextBuffer& out, const RegisterSample& sample, RegisterReport& report) {
  render_diff_table(out, sample, report, ',');
}
void render_diff_tsv(TextBuffer& out, const RegisterSample& sample, RegisterReport& report) {
  render_diff_table(out, sample, report, '\t');
}

Render diff_renderer(const std::string& format) {
  if (format == "jsonl") return render_diff_json;
  if (format == "csv") return render_diff_csv;
  if (format == "tsv") return render_diff_tsv;
  return render_diff_text;
}

Render renderer(const std::string& format) {
  if (format == "jsonl") return render_registers_json;
  if (format == "csv") return render_csv;
  if (format == "tsv") return render_tsv;
  return render_registers_text;
}

void render_column_names(const DumpRegsOptions& options, const RegisterReport& report, TextBuffer& out) {
  if (options.format != "csv" && options.format != "tsv") return;
  const char separator = options.format == "csv" ? ',' : '\t';
  if (options.diff) return render_diff_table_header(out, separator);
  render_table_header(out, report, separator);
}

/// Lets the threads that load write of each sample what it says by itself: it holds where no finding says more.
/// @return whether they do: not where the recorder stopped threads for register images, of which it is known only when
///         a sample's turn comes which are the sample's
bool prepare_lines(SampleSource& source, const RegisterReport& report) {
  const RecordingFacts& facts = source.facts();
  const auto events = event_registers(facts.events, facts.source(), facts.arch);
  if (std::ranges::any_of(events, &EventRegisters::makes_images)) return false;
  // Copies: these threads end with the source.
  source.prepare_texts([report, events, arch = facts.arch, xsave = facts.xsave] {
    struct Scratch {
      Scratch(RegisterStage built_by, const RegisterReport& shown) : stage(std::move(built_by)), report(shown) {}
      RegisterStage stage;
      RegisterReport report;
      RegisterSets sets{};
      SampleHit hit{};
    };
    auto own = std::make_shared<Scratch>(RegisterStage(arch, xsave, events), report);
    return [own, arch](const Sample& sample, TextBuffer& out) {
      own->stage.build(sample, own->sets);
      own->hit.sample = &sample;
      append_register_lines(out, {&own->hit, &own->sets, arch}, own->report);
    };
  });
  return true;
}

/// The paths to the samples, where they are asked for.
Result<std::unique_ptr<AuxPath>> open_path(const DumpRegsOptions& options, SampleSource& source) {
  if (options.path == 0) return std::unique_ptr<AuxPath>{};
  if (options.format != "text" && options.format != "jsonl") {
    return fail(Errc::usage, "--path has no csv or tsv form; use --format jsonl");
  }
  const SymbolOptions symbols =
      symbol_options(options.samples.symfs, options.samples.debug_dirs, options.samples.demangle, source.facts());
  return AuxPath::open(source.session(), symbols, options.path);
}

Result<ExitCode> run_dump_regs(const DumpRegsOptions& options, TextOut& out) {
  const auto as = parse_lane_type(options.as);
  if (!as) return fail(as.error());
  auto source =
      SampleSource::open(options.samples, {.place = true, .lines = false, .registers = true, .verdicts = true});
  if (!source) return fail(source.error());
  auto report = make_report(options, source->facts(), *as);
  if (!report) return fail(report.error());
  const auto path = open_path(options, *source);
  if (!path) return fail(path.error());
  const Render render = options.diff ? diff_renderer(options.format) : renderer(options.format);
  render_column_names(options, *report, out.buffer());
  const bool prepared = options.format == "text" && !options.diff && prepare_lines(*source, *report);
  while (const SampleHit* hit = source->next()) {
    // A difference is what some findings are about: it is shown as it is.
    const SampleVerdict verdict = options.diff ? SampleVerdict{} : source->verdict();
    RegisterSample sample{hit, nullptr, source->facts().arch, verdict};
    if (*path != nullptr) {
      sample.path = (*path)->before(*hit->sample);
      sample.path_names = &*source;
    }
    if (prepared && verdict.distrust == 0) {
      render_registers_around(out, sample, hit->text);
    } else {
      sample.sets = &source->registers();
      render(out.buffer(), sample, *report);
    }
    out.flush_if_full();
  }
  report_symbol_problems(source->symbol_problems());
  if (options.diff) log_note(diff_summary(report->diff_counts));
  report_losses(source->ledger());
  if (*path != nullptr && (*path)->errors() != 0) {
    log_warning(fmt::format("{} errors in the trace; simdprof dump-aux lists them", (*path)->errors()));
  }
  const std::uint64_t errors = options.strict ? source->finding_errors() : 0;
  if (errors == 0) return kExitOk;
  log_error(fmt::format("{}: {} samples with findings of level error", options.samples.input, errors));
  return kExitFindings;
}

}  // namespace

int dump_regs_verb(const std::vector<std::string>& words) {
  DumpRegsOptions options;
  OptionSet set("dump-regs", "Shows the registers of a recording, sample by sample.");
  add_options(set, options);
  if (const auto status = set.parse(words)) return *status;
  apply_verbosity(options.verbosity);
  TextOut out;
  const auto status = run_dump_regs(options, out);
  if (!status) return report_error(status.error());
  return out.finish() ? *status : kExitFailure;
}

}  // namespace simdprof::cmd
