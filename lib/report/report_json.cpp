#include <string>
#include <string_view>

#include "lib/report/json_out.h"
#include "lib/report/quality_json.h"
#include "lib/report/view.h"

namespace simdprof {
namespace {

void write_frame(const ReportView& view, const Frame& frame, JsonOut& json) {
  json.name("sym");
  frame.symbol == 0 ? json.null() : json.text(view.profile.texts.text(frame.symbol));
  if (frame.symbol == 0) json.text("address", fmt::format("0x{:x}", frame.start));
  json.text("mode", cpu_mode_name(frame.mode));
  json.flag("inlined", frame.inlined);
  if (frame.reason != Unresolved::resolved) json.text("unresolved", unresolved_name(frame.reason));
}

void write_key(const ReportView& view, const Section& section, const Row& row, SortKey key, JsonOut& json) {
  const TextPool& texts = view.profile.texts;
  switch (key) {
    case SortKey::overhead:
      if (section.children) {
        json.decimal("children", percent_of(row.children.period_events, section.total.period_events));
      }
      json.decimal("overhead", percent_of(row.self.period_events, section.total.period_events));
      break;
    case SortKey::samples: json.number("samples", row.self.samples); break;
    case SortKey::period: json.number("period", row.self.period_events); break;
    case SortKey::comm: json.text("comm", texts.text(row.key.comm)); break;
    case SortKey::pid: json.integer("pid", row.key.pid); break;
    case SortKey::tid: json.integer("tid", row.key.tid); break;
    case SortKey::cpu: json.number("cpu", row.key.cpu); break;
    case SortKey::dso: json.text("dso", texts.text(row.key.frame.dso)); break;
    case SortKey::sym: write_frame(view, row.key.frame, json); break;
    case SortKey::srcline:
      json.name("srcline");
      row.key.frame.srcline == 0 ? json.null() : json.text(texts.text(row.key.frame.srcline));
      break;
    case SortKey::simd:
      json.name("simd");
      row.key.widest == SimdWidth::unknown ? json.null() : json.text(width_text(row.key.widest));
      break;
  }
}

void write_arm64_state(const SimdTally& simd, JsonOut& json) {
  json.start_object();
  json.number("samples", simd.recorded);
  json.number("neon", simd.neon);
  json.number("sve_samples", simd.all_sve().recorded);
  json.name("sve");
  json.start_array();
  for (std::size_t length = 0; length < simd.sve.size(); ++length) {
    if (simd.sve[length].in_use == 0) continue;
    json.start_object();
    json.number("bits", (length + 1) * kSveStepBits);
    json.number("samples", simd.sve[length].in_use);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_simd(const SimdTally& simd, JsonOut& json) {
  json.name("state");
  if (simd.recorded == 0) {
    json.null();
  } else if (simd.arm64_recorded() != 0) {
    write_arm64_state(simd, json);
  } else {
    json.start_object();
    json.number("samples", simd.recorded);
    json.number("none", simd.none);
    json.number("xmm", simd.xmm);
    json.number("ymm", simd.ymm);
    json.number("zmm", simd.zmm);
    json.number("dirty_upper", simd.dirty_upper);
    json.end_object();
  }
  json.name("mxcsr");
  if (simd.mxcsr_recorded == 0) {
    json.null();
  } else {
    json.start_object();
    json.number("samples", simd.mxcsr_recorded);
    json.number("ftz", simd.ftz);
    json.number("daz", simd.daz);
    json.end_object();
  }
}

void write_branches(const ReportView& view, const std::vector<CallNode>& branches, JsonOut& json) {
  json.start_array();
  for (const CallNode& node : branches) {
    json.start_object();
    json.name("frames");
    json.start_array();
    for (const FrameId id : node.run) json.text(frame_name(view.profile.texts, view.profile.frames.at(id)));
    json.end_array();
    json.number("samples", node.weight.samples);
    json.number("period", node.weight.period_events);
    json.name("branches");
    write_branches(view, node.children, json);
    json.end_object();
  }
  json.end_array();
}

void write_section(const ReportView& view, const Section& section, JsonOut& json) {
  std::optional<CallGraphs> graphs;
  if (view.call_graph) graphs.emplace(view.profile, section, *view.call_graph);
  json.start_object();
  json.text("event", event_name(view, section));
  json.number("samples", section.total.samples);
  json.number("period", section.total.period_events);
  json.number("rows_below_limit", section.rows_below_limit);
  json.name("rows");
  json.start_array();
  for (std::size_t i = 0; i < section.rows.size(); ++i) {
    json.start_object();
    for (const SortKey key : view.profile.keys().columns) write_key(view, section, section.rows[i], key, json);
    write_simd(section.rows[i].simd, json);
    if (graphs) {
      json.name("callgraph");
      write_branches(view, graphs->build(i), json);
    }
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace

void render_json(const ReportView& view, fmt::memory_buffer& out) {
  JsonOut json(out);
  json.start_object();
  json.name("quality");
  write_quality(view.quality, json);
  json.name("events");
  json.start_array();
  for (const Section& section : view.sections) write_section(view, section, json);
  json.end_array();
  json.end_object();
  out.push_back('\n');
}

}  // namespace simdprof
