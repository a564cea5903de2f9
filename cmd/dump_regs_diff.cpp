#include "cmd/dump_regs_render.h"
#include "cmd/field_text.h"

namespace simdprof::cmd {
namespace {

bool has_something(const RegisterSet& set) { return set.gpr_present != 0 || set.has_vectors(); }

/// Compares the sets of a sample into report.difference; whether there is something to show.
bool differs(const RegisterSample& sample, RegisterReport& report) {
  DiffCounts& counts = report.diff_counts;
  if (!sample.has_registers() || !has_something(sample.sets->user) || !has_something(sample.sets->intr)) {
    ++counts.one_sided;
    return false;
  }
  compare_sets(sample.view(SetKind::user), sample.view(SetKind::intr), report.choice, report.as, report.difference);
  ++counts.compared;
  if (report.difference.not_compared != 0) ++counts.untrusted;
  if (report.difference.runs.empty()) return false;
  ++counts.different;
  return true;
}

void append_value(TextBuffer& out, const RegisterSample& sample, SetKind kind, const RegisterDifference& run,
                  LaneType as) {
  const Presence presence = kind == SetKind::user ? run.user : run.intr;
  append_run_value(out, read_register(sample.view(kind), run.ref), run, presence, as);
}

void append_bit_range(TextBuffer& out, const RegisterDifference& run) {
  fmt::format_to(std::back_inserter(out), "{}:{}", run.first_bit + run.bits - 1, run.first_bit);
}

bool is_whole(const RegisterDifference& run) { return run.bits == register_class_bits(run.ref.kind); }

// "xmm3", "xmm3[2]" for a lane, "ymm3[255:128]" for a part.
void append_place(TextBuffer& out, const RegisterSample& sample, const RegisterDifference& run) {
  append_register_name(out, sample.arch, run.ref);
  if (is_whole(run)) return;
  append_text(out, "[");
  if (run.lane) {
    append_decimal(out, *run.lane);
  } else {
    append_bit_range(out, run);
  }
  append_text(out, "]");
}

void append_json_value(TextBuffer& out, const RegisterSample& sample, SetKind kind, const RegisterDifference& run,
                       LaneType as) {
  const Presence presence = kind == SetKind::user ? run.user : run.intr;
  append_text(out, ",\"");
  append_text(out, set_name(kind));
  append_text(out, "\":");
  if (run.lane && presence == Presence::valid) {
    const RegisterValue value = read_register(sample.view(kind), run.ref);
    return append_run_json(out, value, run, as);
  }
  append_text(out, "\"");
  append_value(out, sample, kind, run, as);
  append_text(out, "\"");
}

}  // namespace

void render_diff_text(TextBuffer& out, const RegisterSample& sample, RegisterReport& report) {
  if (!differs(sample, report)) return;
  constexpr unsigned kPlaceColumns = 10;  // "zmm31[15] "
  append_sample_header(out, sample, report);
  fmt::format_to(std::back_inserter(out), " differ={}", report.difference.runs.size());
  if (report.difference.not_compared != 0) {
    fmt::format_to(std::back_inserter(out), " not-compared={}", report.difference.not_compared);
  }
  append_text(out, "\n");
  for (const RegisterDifference& run : report.difference.runs) {
    append_text(out, "  diff  ");
    const std::size_t start = out.size();
    append_place(out, sample, run);
    append_padding(out, out.size() - start, kPlaceColumns);
    append_text(out, " user=");
    append_value(out, sample, SetKind::user, run, report.as);
    append_text(out, " intr=");
    append_value(out, sample, SetKind::intr, run, report.as);
    append_text(out, "\n");
  }
  append_text(out, "\n");
}

void render_diff_json(TextBuffer& out, const RegisterSample& sample, RegisterReport& report) {
  if (!differs(sample, report)) return;
  append_sample_members(out, sample);
  for (const SetKind kind : {SetKind::user, SetKind::intr}) {
    fmt::format_to(std::back_inserter(out), ",\"{}_source\":\"", set_name(kind));
    append_set_source(out, sample, kind);
    append_text(out, "\"");
  }
  fmt::format_to(std::back_inserter(out), ",\"not_compared\":{},\"differences\":[", report.difference.not_compared);
  bool first = true;
  for (const RegisterDifference& run : report.difference.runs) {
    append_text(out, first ? "{\"name\":\"" : ",{\"name\":\"");
    first = false;
    append_register_name(out, sample.arch, run.ref);
    append_text(out, "\",\"bits\":\"");
    append_bit_range(out, run);
    append_text(out, "\"");
    if (run.lane) fmt::format_to(std::back_inserter(out), ",\"lane\":{}", *run.lane);
    append_json_value(out, sample, SetKind::user, run, report.as);
    append_json_value(out, sample, SetKind::intr, run, report.as);
    append_text(out, "}");
  }
  append_text(out, "]}\n");
}

void render_diff_table_header(TextBuffer& out, char separator) {
  append_column_names(out, kSampleColumns, separator);
  append_column_names(out, "register,bits,lane,user,intr", separator);
  append_line_end(out, separator);
}

void render_diff_table(TextBuffer& out, const RegisterSample& sample, RegisterReport& report, char separator) {
  if (!differs(sample, report)) return;
  TextBuffer shared;
  append_sample_cells(shared, sample, separator);
  for (const RegisterDifference& run : report.difference.runs) {
    append_text(out, {shared.data(), shared.size()});
    append_register_name(out, sample.arch, run.ref);
    out.push_back(separator);
    append_bit_range(out, run);
    out.push_back(separator);
    if (run.lane) append_decimal(out, *run.lane);
    out.push_back(separator);
    append_value(out, sample, SetKind::user, run, report.as);
    out.push_back(separator);
    append_value(out, sample, SetKind::intr, run, report.as);
    append_line_end(out, separator);
  }
}

std::string diff_summary(const DiffCounts& counts) {
  std::string text = fmt::format("{} of {} samples differ between their sets", counts.different, counts.compared);
  if (counts.untrusted != 0) text += fmt::format("; {} have registers that are not compared", counts.untrusted);
  if (counts.one_sided != 0) text += fmt::format("; {} have not both sets", counts.one_sided);
  return text;
}

}  // namespace simdprof::cmd
