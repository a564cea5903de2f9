#include <array>
#include <iterator>
#include <string>
#include <string_view>

#include "lib/report/field_writer.h"
#include "lib/report/view.h"

namespace simdprof {
namespace {

constexpr std::array<std::string_view, 13> kSimdHeadings = {"simd_samples", "none",          "xmm",     "ymm", "zmm",
                                                            "dirty_upper",  "mxcsr_samples", "ftz",     "daz", "neon",
                                                            "sve_samples",  "sve",           "sve_bits"};

void write_headings(const SortKeys& keys, bool children, FieldWriter& fields) {
  fields.text("event");
  for (const SortKey key : keys.columns) {
    if (key == SortKey::overhead && children) fields.text("children");
    fields.text(sort_key_name(key));
    if (key == SortKey::sym) {
      for (const std::string_view heading : {"mode", "inlined", "unresolved"}) fields.text(heading);
    }
  }
  for (const std::string_view heading : kSimdHeadings) fields.text(heading);
  fields.end_row();
}

void write_symbol(const TextPool& texts, const Frame& frame, FieldWriter& fields) {
  fields.text(frame_name(texts, frame));
  fields.text(cpu_mode_name(frame.mode));
  fields.text(frame.inlined ? "yes" : "no");
  fields.text(frame.reason == Unresolved::resolved ? "" : unresolved_name(frame.reason));
}

void write_key(const ReportView& view, const Section& section, const Row& row, SortKey key, FieldWriter& fields) {
  const TextPool& texts = view.profile.texts;
  const Frame& frame = row.key.frame;
  switch (key) {
    case SortKey::overhead:
      if (section.children) fields.percent(row.children.period_events, section.total.period_events);
      fields.percent(row.self.period_events, section.total.period_events);
      break;
    case SortKey::samples: fields.number(row.self.samples); break;
    case SortKey::period: fields.number(row.self.period_events); break;
    case SortKey::comm: fields.text(texts.text(row.key.comm)); break;
    case SortKey::pid: fields.number(row.key.pid); break;
    case SortKey::tid: fields.number(row.key.tid); break;
    case SortKey::cpu: fields.number(row.key.cpu); break;
    case SortKey::dso: fields.text(texts.text(frame.dso)); break;
    case SortKey::sym: write_symbol(texts, frame, fields); break;
    case SortKey::srcline: fields.text(texts.text(frame.srcline)); break;
    case SortKey::simd: fields.text(row.key.widest == SimdWidth::unknown ? "" : width_text(row.key.widest)); break;
  }
}

void write_simd(const SimdTally& simd, FieldWriter& fields) {
  fields.number(simd.recorded);
  const std::uint64_t arm64_recorded = simd.arm64_recorded();
  for (const std::uint64_t part : {simd.none, simd.xmm, simd.ymm, simd.zmm, simd.dirty_upper}) {
    fields.count(part, simd.recorded - arm64_recorded);
  }
  fields.number(simd.mxcsr_recorded);
  fields.count(simd.ftz, simd.mxcsr_recorded);
  fields.count(simd.daz, simd.mxcsr_recorded);
  fields.count(simd.neon, arm64_recorded);
  const SimdTally::Sve all_sve = simd.all_sve();
  fields.number(all_sve.recorded);
  fields.count(all_sve.in_use, all_sve.recorded);
  std::string lengths;
  for (std::size_t length = 0; length < simd.sve.size(); ++length) {
    if (simd.sve[length].in_use == 0) continue;
    if (!lengths.empty()) lengths += ' ';
    lengths += std::to_string((length + 1) * kSveStepBits);
  }
  fields.text(lengths);
}

void render_fields(const ReportView& view, bool tabs, fmt::memory_buffer& out) {
  FieldWriter fields(tabs, out);
  const bool children = !view.sections.empty() && view.sections.front().children;
  write_headings(view.profile.keys(), children, fields);
  for (const Section& section : view.sections) {
    for (const Row& row : section.rows) {
      fields.text(event_name(view, section));
      for (const SortKey key : view.profile.keys().columns) write_key(view, section, row, key, fields);
      write_simd(row.simd, fields);
      fields.end_row();
    }
  }
}

}  // namespace

void render_csv(const ReportView& view, fmt::memory_buffer& out) { render_fields(view, false, out); }
void render_tsv(const ReportView& view, fmt::memory_buffer& out) { render_fields(view, true, out); }

}  // namespace simdprof
