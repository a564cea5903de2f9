#include "lib/report/finding_view.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/shown_text.h"
#include "lib/report/field_writer.h"
#include "lib/report/quality_json.h"

namespace simdprof {
namespace {

const Frame* place_of(const ReportView& view, const FindingTally::Row& row) {
  const std::uint32_t place = row.first.sample.place;
  return place < view.profile.frames.size() ? &view.profile.frames.at(place) : nullptr;
}

/// A record that could not be decoded (R14) has no sample whose thread could be named.
bool has_sample(const FindingTally::Row& row) { return row.first.rule != RuleId::r14; }

std::string name_with_note(const Finding& finding) {
  return finding.note.empty() ? std::string(finding.name) : fmt::format("{} ({})", finding.name, finding.note);
}

constexpr std::array<std::string_view, 8> kHeadings = {"Samples", "Severity", "Rule",   "CPU",
                                                       "Tid",     "Symbol",   "Object", "Finding"};
using Cells = std::array<std::string, kHeadings.size()>;
constexpr std::array<bool, kHeadings.size()> kRight = {true, false, false, true, true, false, false, false};

Cells cells_of(const ReportView& view, const FindingTally::Row& row) {
  const Finding& finding = row.first;
  const Frame* frame = place_of(view, row);
  Cells cells;
  cells[0] = fmt::format("{}", row.samples);
  cells[1] = severity_name(finding.severity);
  cells[2] = rule_id_name(finding.rule);
  cells[3] = finding.sample.has_cpu ? fmt::format("{}", finding.sample.cpu) : "-";
  cells[4] = has_sample(row) ? fmt::format("{}", finding.sample.tid) : "-";
  cells[5] = frame == nullptr
                 ? "-"
                 : fmt::format("[{}] {}", mode_letter(frame->mode), shown(frame_name(view.profile.texts, *frame)));
  cells[6] = frame == nullptr ? "-" : shown(view.profile.texts.text(frame->dso));
  cells[7] = name_with_note(finding);
  return cells;
}

void write_line(std::string_view lead, const Cells& cells, const std::array<std::size_t, kHeadings.size()>& widths,
                fmt::memory_buffer& out) {
  out.append(lead.data(), lead.data() + lead.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i != 0) out.append(std::string_view("  "));
    const std::string padding(widths[i] - std::min(widths[i], cells[i].size()), ' ');
    if (kRight[i]) out.append(padding);
    out.append(cells[i]);
    if (!kRight[i] && i + 1 != cells.size()) out.append(padding);
  }
  out.push_back('\n');
}

void render_fields(const ReportView& view, bool tabs, fmt::memory_buffer& out) {
  FieldWriter fields(tabs, out);
  for (const std::string_view heading : {"rule", "severity", "heuristic", "name", "note", "samples", "distrusts", "pid",
                                         "tid", "cpu", "sym", "mode", "dso", "first_time_ns"}) {
    fields.text(heading);
  }
  fields.end_row();
  for (const FindingTally::Row& row : view.quality.findings.rows()) {
    const Finding& finding = row.first;
    const Frame* frame = place_of(view, row);
    fields.text(rule_id_name(finding.rule));
    fields.text(severity_name(finding.severity));
    fields.text(finding.heuristic ? "yes" : "no");
    fields.text(finding.name);
    fields.text(finding.note);
    fields.number(row.samples);
    fields.text(distrust_name(finding.distrust));
    has_sample(row) ? fields.number(finding.sample.pid) : fields.text("");
    has_sample(row) ? fields.number(finding.sample.tid) : fields.text("");
    finding.sample.has_cpu ? fields.number(finding.sample.cpu) : fields.text("");
    fields.text(frame == nullptr ? std::string{} : frame_name(view.profile.texts, *frame));
    fields.text(frame == nullptr ? "" : cpu_mode_name(frame->mode));
    fields.text(frame == nullptr ? "" : view.profile.texts.text(frame->dso));
    finding.sample.time_ns == kNoTime ? fields.text("") : fields.number(finding.sample.time_ns);
    fields.end_row();
  }
}

void write_row(const ReportView& view, const FindingTally::Row& row, JsonOut& json) {
  const Finding& finding = row.first;
  json.start_object();
  json.text("rule", rule_id_name(finding.rule));
  json.text("severity", severity_name(finding.severity));
  json.flag("heuristic", finding.heuristic);
  json.text("name", finding.name);
  if (!finding.note.empty()) json.text("note", finding.note);
  json.number("samples", row.samples);
  json.text("distrusts", distrust_name(finding.distrust));
  if (has_sample(row)) {
    json.integer("pid", finding.sample.pid);
    json.integer("tid", finding.sample.tid);
  }
  if (finding.sample.has_cpu) json.number("cpu", finding.sample.cpu);
  if (const Frame* frame = place_of(view, row)) {
    json.text("sym", frame_name(view.profile.texts, *frame));
    json.text("mode", cpu_mode_name(frame->mode));
    json.text("dso", view.profile.texts.text(frame->dso));
  }
  if (finding.sample.time_ns != kNoTime) json.number("first_time_ns", finding.sample.time_ns);
  json.end_object();
}

}  // namespace

void render_findings_text(const ReportView& view, fmt::memory_buffer& out) {
  std::vector<Cells> lines;
  std::array<std::size_t, kHeadings.size()> widths{};
  Cells headings;
  Cells dots;
  for (std::size_t i = 0; i < kHeadings.size(); ++i) {
    headings[i] = kHeadings[i];
    widths[i] = kHeadings[i].size();
  }
  for (const FindingTally::Row& row : view.quality.findings.rows()) {
    lines.push_back(cells_of(view, row));
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], lines.back()[i].size());
  }
  if (!view.quiet) {
    render_quality(view.quality, view.verbose, out);
    for (std::size_t i = 0; i < widths.size(); ++i) dots[i] = std::string(widths[i], '.');
    out.append(std::string_view("#\n"));
    write_line("# ", headings, widths, out);
    write_line("# ", dots, widths, out);
    out.append(std::string_view("#\n"));
  }
  for (const Cells& cells : lines) write_line("  ", cells, widths, out);
}

void render_findings_csv(const ReportView& view, fmt::memory_buffer& out) { render_fields(view, false, out); }
void render_findings_tsv(const ReportView& view, fmt::memory_buffer& out) { render_fields(view, true, out); }

void render_findings_json(const ReportView& view, fmt::memory_buffer& out) {
  JsonOut json(out);
  json.start_object();
  json.name("quality");
  write_quality(view.quality, json);
  json.name("findings");
  json.start_array();
  for (const FindingTally::Row& row : view.quality.findings.rows()) write_row(view, row, json);
  json.end_array();
  json.end_object();
  out.push_back('\n');
}

}  // namespace simdprof
