#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/shown_text.h"
#include "lib/report/call_graph_text.h"
#include "lib/report/view.h"

namespace simdprof {
namespace {

using Cell = std::string (*)(const ReportView& view, const Section& section, const Row& row);

struct Column {
  std::string_view heading;
  bool right;  ///< numbers are right-aligned
  Cell cell;
};

std::string percent_text(std::uint64_t part, std::uint64_t whole) {
  return fmt::format("{:.2f}%", percent_of(part, whole));
}

/// A share of the samples that have a fact recorded; "-" when none has.
std::string share_text(std::uint64_t part, std::uint64_t recorded) {
  return recorded == 0 ? "-" : fmt::format("{:.1f}%", percent_of(part, recorded));
}

std::string overhead_cell(const ReportView&, const Section& section, const Row& row) {
  return percent_text(row.self.period_events, section.total.period_events);
}
std::string children_cell(const ReportView&, const Section& section, const Row& row) {
  return percent_text(row.children.period_events, section.total.period_events);
}
std::string samples_cell(const ReportView&, const Section&, const Row& row) {
  return fmt::format("{}", row.self.samples);
}
std::string period_cell(const ReportView&, const Section&, const Row& row) {
  return fmt::format("{}", row.self.period_events);
}
std::string comm_cell(const ReportView& view, const Section&, const Row& row) {
  return shown(view.profile.texts.text(row.key.comm));
}
std::string pid_cell(const ReportView&, const Section&, const Row& row) { return fmt::format("{}", row.key.pid); }
std::string tid_cell(const ReportView&, const Section&, const Row& row) { return fmt::format("{}", row.key.tid); }
std::string cpu_cell(const ReportView&, const Section&, const Row& row) { return fmt::format("{}", row.key.cpu); }
std::string dso_cell(const ReportView& view, const Section&, const Row& row) {
  return shown(view.profile.texts.text(row.key.frame.dso));
}
std::string symbol_cell(const ReportView& view, const Section&, const Row& row) {
  const Frame& frame = row.key.frame;
  return fmt::format("[{}] {}{}", mode_letter(frame.mode), shown(frame_name(view.profile.texts, frame)),
                     frame.inlined ? " (inlined)" : "");
}
std::string srcline_cell(const ReportView& view, const Section&, const Row& row) {
  const TextId line = row.key.frame.srcline;
  return line == 0 ? "-" : shown(view.profile.texts.text(line));
}
std::string simd_cell(const ReportView&, const Section&, const Row& row) { return width_text(row.key.widest); }

constexpr Column kChildrenColumn{"Children", true, children_cell};
constexpr Column kSelfColumn{"Self", true, overhead_cell};

Column column_of(SortKey key) {
  switch (key) {
    case SortKey::overhead: return {"Overhead", true, overhead_cell};
    case SortKey::samples: return {"Samples", true, samples_cell};
    case SortKey::period: return {"Period", true, period_cell};
    case SortKey::comm: return {"Command", false, comm_cell};
    case SortKey::pid: return {"Pid", true, pid_cell};
    case SortKey::tid: return {"Tid", true, tid_cell};
    case SortKey::cpu: return {"CPU", true, cpu_cell};
    case SortKey::dso: return {"Shared Object", false, dso_cell};
    case SortKey::sym: return {"Symbol", false, symbol_cell};
    case SortKey::srcline: return {"Source Line", false, srcline_cell};
    case SortKey::simd: return {"SIMD", false, simd_cell};
  }
  return kSelfColumn;
}

template <std::uint64_t SimdTally::*kPart, std::uint64_t SimdTally::*kRecorded>
std::string simd_share_cell(const ReportView&, const Section&, const Row& row) {
  return share_text(row.simd.*kPart, row.simd.*kRecorded);
}

constexpr std::array kSimdColumns = {
    Column{"XMM", true, simd_share_cell<&SimdTally::xmm, &SimdTally::recorded>},
    Column{"YMM", true, simd_share_cell<&SimdTally::ymm, &SimdTally::recorded>},
    Column{"ZMM", true, simd_share_cell<&SimdTally::zmm, &SimdTally::recorded>},
    Column{"Upper", true, simd_share_cell<&SimdTally::dirty_upper, &SimdTally::recorded>},
    Column{"FTZ", true, simd_share_cell<&SimdTally::ftz, &SimdTally::mxcsr_recorded>},
    Column{"DAZ", true, simd_share_cell<&SimdTally::daz, &SimdTally::mxcsr_recorded>},
};

std::string neon_share_cell(const ReportView&, const Section&, const Row& row) {
  return share_text(row.simd.neon, row.simd.arm64_recorded());
}
template <std::size_t kLength>
std::string sve_share_cell(const ReportView&, const Section&, const Row& row) {
  return share_text(row.simd.sve[kLength].in_use, row.simd.all_sve().recorded);
}
std::string no_sve_cell(const ReportView&, const Section&, const Row&) { return "-"; }

constexpr std::array<std::string_view, kSveLengths> kSveHeadings = {
    "SVE128",  "SVE256",  "SVE384",  "SVE512",  "SVE640",  "SVE768",  "SVE896",  "SVE1024",
    "SVE1152", "SVE1280", "SVE1408", "SVE1536", "SVE1664", "SVE1792", "SVE1920", "SVE2048"};

template <std::size_t... kLength>
constexpr std::array<Column, kSveLengths> sve_columns(std::index_sequence<kLength...>) {
  return {Column{kSveHeadings[kLength], true, sve_share_cell<kLength>}...};
}
constexpr std::array kSveColumns = sve_columns(std::make_index_sequence<kSveLengths>());

bool of_arm64(const Section& section) {
  return std::any_of(section.rows.begin(), section.rows.end(),
                     [](const Row& row) { return row.simd.arm64_recorded() != 0; });
}

/// NEON, and a column for each vector length that some thread had.
void add_arm64_columns(const Section& section, std::vector<Column>& columns) {
  SimdTally all;
  for (const Row& row : section.rows) all.add(row.simd);
  columns.push_back({"NEON", true, neon_share_cell});
  if (all.all_sve().recorded == 0) columns.push_back({"SVE", true, no_sve_cell});
  for (std::size_t length = 0; length < kSveLengths; ++length) {
    if (all.sve[length].recorded != 0) columns.push_back(kSveColumns[length]);
  }
}

void add_simd_columns(const ReportView& view, const Section& section, std::vector<Column>& columns) {
  if (of_arm64(section)) return add_arm64_columns(section, columns);
  if (view.profile.any_simd()) columns.insert(columns.end(), kSimdColumns.begin(), kSimdColumns.end());
}

/// The columns of -s, with the SIMD columns before the first that is no measure.
std::vector<Column> columns_of(const ReportView& view, const Section& section) {
  std::vector<Column> columns;
  bool simd_pending = true;
  const auto add_simd = [&] {
    if (simd_pending) add_simd_columns(view, section, columns);
    simd_pending = false;
  };
  for (const SortKey key : view.profile.keys().columns) {
    if (!is_measure(key)) add_simd();
    if (key == SortKey::overhead && section.children) {
      columns.push_back(kChildrenColumn);
      columns.push_back(kSelfColumn);
    } else {
      columns.push_back(column_of(key));
    }
  }
  add_simd();
  return columns;
}

/// The table of one event: cells first, then their widths, then the lines.
class TextTable {
 public:
  TextTable(const ReportView& view, const Section& section)
      : view_(view), section_(section), columns_(columns_of(view, section)) {
    for (const Column& column : columns_) widths_.push_back(column.heading.size());
    cells_.reserve(section.rows.size() * columns_.size());
    for (const Row& row : section.rows) {
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        cells_.push_back(columns_[i].cell(view, section, row));
        widths_[i] = std::max(widths_[i], cells_.back().size());
      }
    }
  }

  void write_heading(fmt::memory_buffer& out) const {
    std::vector<std::string> headings, dots;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      headings.emplace_back(columns_[i].heading);
      dots.emplace_back(widths_[i], '.');
    }
    write_line("# ", headings.data(), out);
    write_line("# ", dots.data(), out);
    write("#\n", out);
  }

  void write_rows(fmt::memory_buffer& out) const {
    std::optional<CallGraphs> graphs;
    if (view_.call_graph) graphs.emplace(view_.profile, section_, *view_.call_graph);
    for (std::size_t i = 0; i < section_.rows.size(); ++i) {
      write_line("  ", &cells_[i * columns_.size()], out);
      if (!graphs) continue;
      const Row& row = section_.rows[i];
      render_call_graph(view_.profile, graphs->build(i), *view_.call_graph, section_.children ? row.children : row.self,
                        section_.total.period_events, out);
    }
  }

 private:
  static void write(std::string_view text, fmt::memory_buffer& out) {
    out.append(text.data(), text.data() + text.size());
  }

  void write_line(std::string_view lead, const std::string* cells, fmt::memory_buffer& out) const {
    write(lead, out);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i != 0) write("  ", out);
      const std::string padding(widths_[i] - std::min(widths_[i], cells[i].size()), ' ');
      if (columns_[i].right) write(padding, out);
      write(cells[i], out);
      if (!columns_[i].right && i + 1 != columns_.size()) write(padding, out);
    }
    out.push_back('\n');
  }

  const ReportView& view_;
  const Section& section_;
  std::vector<Column> columns_;
  std::vector<std::size_t> widths_;
  std::vector<std::string> cells_;  // row after row
};

void write_section(const ReportView& view, const Section& section, fmt::memory_buffer& out) {
  const TextTable table(view, section);
  if (!view.quiet) {
    fmt::format_to(std::back_inserter(out), "#\n# Samples: {} of event '{}'\n# Event count (approx.): {}\n#\n",
                   section.total.samples, shown(event_name(view, section)), section.total.period_events);
    table.write_heading(out);
  }
  table.write_rows(out);
  if (!view.quiet && section.rows_below_limit != 0) {
    fmt::format_to(std::back_inserter(out), "# Rows below the percent limit, not shown: {}\n",
                   section.rows_below_limit);
  }
}

constexpr std::string_view kSimdLegend =
    "#\n"
    "# XMM, YMM, ZMM: share of the row's user-mode samples with recorded state whose widest register part in use\n"
    "#   (XSTATE_BV) is this one. A part stays in use until the program clears it, as vzeroupper does.\n"
    "# Upper: share with a part above XMM in use. FTZ, DAZ: share with these MXCSR bits set.\n"
    "# '-': not recorded, as for kernel and guest hits, or with --children for rows that were not hit themselves.\n";
constexpr std::string_view kArm64SimdLegend =
    "#\n"
    "# SVE with the bits of a vector: share of the row's user-mode samples whose thread had SVE state of that length "
    "in\n"
    "#   use. It stays in use until a system call, or until the program's vectors change their length.\n"
    "# NEON: share of the others, among them all of which only NEON was recorded.\n"
    "# '-': not recorded, as for kernel and guest hits, or with --children for rows that were not hit themselves.\n";
constexpr std::string_view kNoSimdLegend =
    "#\n# SIMD state of the samples: not recorded (this source or event has no register images).\n";

}  // namespace

void render_text(const ReportView& view, fmt::memory_buffer& out) {
  if (!view.quiet) render_quality(view.quality, view.verbose, out);
  bool first = true;
  for (const Section& section : view.sections) {
    if (!first) out.push_back('\n');
    first = false;
    write_section(view, section, out);
  }
  if (view.quiet) return;
  const bool arm64 = std::any_of(view.sections.begin(), view.sections.end(), of_arm64);
  const std::string_view legend = arm64 ? kArm64SimdLegend : view.profile.any_simd() ? kSimdLegend : kNoSimdLegend;
  out.append(legend.data(), legend.data() + legend.size());
}

}  // namespace simdprof
