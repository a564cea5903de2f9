#include "cmd/report_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "cmd/exit_code.h"
#include "cmd/option_set.h"
#include "cmd/sample_options.h"

namespace simdprof::cmd {
namespace {

/// In the order of ReportFormat.
const std::vector<std::string> kFormats = {"text", "csv", "tsv", "json"};
constexpr int kMostFrames = 65535;  // more than a record of 64 KiB can hold

/// Options whose words need more than an OptionSet to read.
struct Words {
  std::string sort = "overhead,comm,dso,sym";
  std::string call_graph;
  bool call_graph_default = false;
  std::string format = kFormats.front();
  std::string percent_limit;
  std::string fail_on_loss;
  std::string itrace;
};

void add_table_options(OptionSet& set, ReportOptions& options, Words& words) {
  set.add_option("-i,--input", options.input, "recording, or - for standard input").shows_default();
  set.add_option("-s,--sort", words.sort,
                 "columns: overhead, samples, period, comm, pid, tid, cpu, dso, sym, srcline, simd")
      .shows_default();
  set.add_option("--format", words.format, "text, csv, tsv or json").one_of(kFormats).shows_default();
  set.add_flag("--children,!--no-children", options.children, "a row also for every function on a call chain");
  set.add_flag("-g", words.call_graph_default, "call graphs, as --call-graph graph,0.5");
  set.add_option("--call-graph", words.call_graph, "graph or fractal[,PERCENT[,caller or callee]], or none");
  set.add_option("--itrace", words.itrace,
                 "also samples made of the trace: i[PERIOD[i|ms|us|ns]], b, c, r, M, w, p, e");
  set.add_option("--percent-limit", words.percent_limit, "leave out rows below this percentage");
  set.add_option("--max-stack", options.max_stack, "frames of a call chain that are used")
      .between(1, kMostFrames)
      .shows_default();
  set.add_option("--fail-on-loss", words.fail_on_loss, "exit with status 4 when more percent of the samples were lost");
  set.add_flag("--findings", options.findings, "list what makes values doubtful, by rule, function, CPU and thread")
      .excludes("--children")
      .excludes("-g")
      .excludes("--call-graph");
  set.add_flag("--strict", options.strict, "exit with status 3 when there are findings of level error");
  set.add_flag("-q,--quiet", options.quiet, "rows only");
  set.add_flag("-v,--verbose", options.verbose, "also name skipped records and files without symbols");
}

void add_filter_options(OptionSet& set, ReportOptions& options) {
  SampleFilterOptions& filter = options.filter;
  set.add_option("-c,--comm,--comms", filter.comms, "only threads with these names (* and ?)");
  set.add_option("--pid", filter.pids, "only these processes: 12,14-16");
  set.add_option("--tid", filter.tids, "only these threads");
  set.add_option("-C,--cpu", filter.cpus, "only these CPUs: 0,2-4");
  set.add_option("-d,--dso,--dsos", filter.dsos, "only functions of these files (* and ?)");
  set.add_option("-S,--symbol,--symbols", filter.symbols, "only these functions (* and ?)");
  set.add_option("--time", options.time, "only A,B (seconds, either end open) or A%-B% of the recording");
}

void add_symbol_options(OptionSet& set, ReportOptions& options) {
  set.add_flag("!--no-inline", options.detail.inlines, "leave inlined functions out of call chains and source lines");
  set.add_flag("--full-source-path", options.detail.full_paths, "source files with their directories");
  set.add_option("--symfs", options.symfs, "look for files with symbols below this directory");
  set.add_option("--debug-dir", options.debug_dirs, "directory with separate debug files (may be repeated)");
  set.add_flag("!--no-demangle", options.demangle, "show symbol names as the file has them");
}

Status complete(ReportOptions& options, const Words& words) {
  auto keys = parse_sort_keys(words.sort);
  if (!keys) return fail(keys.error());
  options.keys = std::move(*keys);
  const auto format = std::find(kFormats.begin(), kFormats.end(), words.format);
  options.format = static_cast<ReportFormat>(format - kFormats.begin());
  options.detail.lines = options.keys.has(SortKey::srcline);
  if (!words.percent_limit.empty()) {
    const auto percent = parse_percent_value(words.percent_limit, "--percent-limit");
    if (!percent) return fail(percent.error());
    options.percent_limit = *percent;
  }
  if (!words.fail_on_loss.empty()) {
    const auto percent = parse_percent_value(words.fail_on_loss, "--fail-on-loss");
    if (!percent) return fail(percent.error());
    options.fail_on_loss_percent = *percent;
  }
  if (!words.itrace.empty()) {
    const auto itrace = parse_itrace(words.itrace);
    if (!itrace) return fail(itrace.error());
    options.itrace = *itrace;
  }
  if (words.call_graph == "none" || (words.call_graph.empty() && !words.call_graph_default)) return {};
  const auto graph = parse_graph_view(words.call_graph.empty() ? "graph" : words.call_graph, options.children);
  if (!graph) return fail(graph.error());
  if (options.format == ReportFormat::csv || options.format == ReportFormat::tsv) {
    return fail(Errc::usage, "call graphs have no csv or tsv form; use --format json");
  }
  options.call_graph = *graph;
  return {};
}

}  // namespace

Result<double> parse_percent_value(std::string_view text, std::string_view option) {
  std::string_view digits = text;
  if (!digits.empty() && digits.back() == '%') digits.remove_suffix(1);
  double value = 0;
  const char* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, value, std::chars_format::fixed);
  if (digits.empty() || parsed.ec != std::errc{} || parsed.ptr != end || !(value >= 0 && value <= 100)) {
    return fail(Errc::usage, fmt::format("{} {}: not a percentage from 0 to 100", option, text));
  }
  return value;
}

Result<CallGraphOptions> parse_graph_view(std::string_view text, bool children) {
  CallGraphOptions graph;
  graph.order = children ? CallGraphOptions::Order::caller : CallGraphOptions::Order::callee;
  const auto take_word = [&text] {
    const std::size_t comma = text.find(',');
    const std::string_view word = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    return word;
  };
  const std::string whole(text);
  const auto wrong = [&whole] {
    return fail(Errc::usage, fmt::format("--call-graph {}: not graph or fractal[,PERCENT[,caller|callee]]", whole));
  };
  const std::string_view type = take_word();
  if (type == "fractal") graph.share = CallGraphOptions::Share::fractal;
  if (type != "graph" && type != "fractal") return wrong();
  if (!text.empty()) {
    const auto percent = parse_percent_value(take_word(), "--call-graph");
    if (!percent) return wrong();
    graph.min_percent = *percent;
  }
  if (!text.empty()) {
    const std::string_view order = take_word();
    if (order != "caller" && order != "callee") return wrong();
    graph.order = order == "caller" ? CallGraphOptions::Order::caller : CallGraphOptions::Order::callee;
  }
  if (!text.empty()) return wrong();
  return graph;
}

std::variant<ReportOptions, int> parse_report_options(const std::vector<std::string>& words) {
  ReportOptions options;
  Words unread;
  OptionSet set("report", "Shows where the time of a recording is, and the SIMD state there.");
  add_table_options(set, options, unread);
  add_filter_options(set, options);
  add_symbol_options(set, options);
  if (const auto status = set.parse(words)) return *status;
  if (const auto done = complete(options, unread); !done) return report_error(done.error());
  return options;
}

}  // namespace simdprof::cmd
