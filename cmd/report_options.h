#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cmd/aux_itrace.h"
#include "cmd/sample_filter.h"
#include "lib/base/result.h"
#include "lib/report/call_graph.h"
#include "lib/report/frame_table.h"
#include "lib/report/sort_keys.h"

namespace simdprof::cmd {

enum class ReportFormat : std::uint8_t { text, csv, tsv, json };

/// What `simdprof report` was asked for.
struct ReportOptions {
  std::string input = "simdprof.data";
  ReportFormat format = ReportFormat::text;
  SortKeys keys;
  bool children = false;
  std::optional<CallGraphOptions> call_graph;
  double percent_limit = 0;
  FrameDetail detail;
  std::size_t max_stack = 127;  ///< frames of a call chain that are used, from the innermost; perf's default
  SampleFilterOptions filter;   ///< samples kept out of the rows, but not out of the total
  std::string time;             ///< parse_time_window; samples outside do not count at all
  std::string symfs;
  std::vector<std::string> debug_dirs;
  bool demangle = true;
  std::optional<double> fail_on_loss_percent;
  bool findings = false;  ///< list findings in place of the tables
  bool strict = false;    ///< findings of level error end with their own status
  std::optional<ItraceOptions> itrace;
  bool quiet = false;
  bool verbose = false;
};

/// Reads the words after the verb: the options, or the exit status when there is nothing to do (help was shown, or the
/// words are wrong and an error line was printed).
std::variant<ReportOptions, int> parse_report_options(const std::vector<std::string>& words);

/// "graph", "fractal,1", "graph,0.5,caller": type, least percent, order. Without an order: caller with `children`, else
/// callee, as perf has it.
Result<CallGraphOptions> parse_graph_view(std::string_view text, bool children);
/// "2.5" or "2.5%", 0 to 100.
Result<double> parse_percent_value(std::string_view text, std::string_view option);

}  // namespace simdprof::cmd
