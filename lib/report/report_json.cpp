#include <rapidjson/writer.h>

#include <cstring>
#include <string>
#include <string_view>

#include "lib/report/escape.h"
#include "lib/report/view.h"

namespace simdprof {
namespace {

/// What RapidJSON's Writer writes to.
class JsonStream {
 public:
  using Ch = char;
  explicit JsonStream(fmt::memory_buffer& out) : out_(out) {}
  void Put(char c) { out_.push_back(c); }
  void Flush() {}

 private:
  fmt::memory_buffer& out_;
};

/// Members of JSON objects, one call each.
class JsonOut {
 public:
  explicit JsonOut(fmt::memory_buffer& out) : stream_(out), writer_(stream_) {}

  void start_object() { writer_.StartObject(); }
  void end_object() { writer_.EndObject(); }
  void start_array() { writer_.StartArray(); }
  void end_array() { writer_.EndArray(); }
  void name(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void null() { writer_.Null(); }
  void text(std::string_view text) {
    const std::string valid = valid_utf8(text);
    writer_.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
  }
  void number(std::uint64_t value) { writer_.Uint64(value); }

  void text(std::string_view key, std::string_view value) {
    name(key);
    text(value);
  }
  void number(std::string_view key, std::uint64_t value) {
    name(key);
    writer_.Uint64(value);
  }
  void integer(std::string_view key, std::int64_t value) {
    name(key);
    writer_.Int64(value);
  }
  void flag(std::string_view key, bool value) {
    name(key);
    writer_.Bool(value);
  }
  void decimal(std::string_view key, double value) {
    name(key);
    const std::string digits = fmt::format("{:.4f}", value);
    writer_.RawValue(digits.data(), digits.size(), rapidjson::kNumberType);
  }
  void optional(std::string_view key, const std::optional<std::uint64_t>& value) {
    name(key);
    value ? number(*value) : null();
  }

 private:
  JsonStream stream_;
  rapidjson::Writer<JsonStream> writer_;
};

void write_sources(const Quality& quality, JsonOut& json) {
  json.name("sources");
  json.start_array();
  for (const SourceQuality& source : quality.sources) {
    json.start_object();
    json.text("source", source_name(source.kind));
    json.flag("taken", source.error_number == 0);
    if (source.error_number != 0) {
      const char* name = strerrorname_np(source.error_number);
      json.text("errno", name != nullptr ? std::string(name) : fmt::format("{}", source.error_number));
    }
    json.text("explanation", source.explanation);
    json.end_object();
  }
  json.end_array();
}

void write_events(const Quality& quality, JsonOut& json) {
  json.name("events");
  json.start_array();
  for (const EventQuality& event : quality.events) {
    if (event.side_band) continue;
    json.start_object();
    json.text("event", event.name);
    json.number(event.frequency ? "asked_hz" : "asked_period", event.asked);
    json.number("samples", event.samples);
    if (const auto rate = reached_rate(quality, event)) {
      json.decimal("reached_per_second", rate->samples_per_second);
      json.text("seconds_of", rate->of_cpu_time ? "cpu" : "wall");
    }
    json.end_object();
  }
  json.end_array();
}

void write_samples(const Quality& quality, JsonOut& json) {
  json.name("samples");
  json.start_object();
  json.number("all", quality.samples);
  json.number("user", quality.user);
  json.number("kernel", quality.kernel);
  json.number("hypervisor", quality.hypervisor);
  json.number("guest", quality.guest);
  json.number("unknown", quality.unknown_mode);
  json.end_object();
  json.number("vectors_expected", quality.vectors_expected);
  json.number("with_vectors", quality.with_vectors);
  json.number("untrusted_vectors", quality.untrusted_vectors);
}

void write_missing(const Quality& quality, JsonOut& json) {
  json.name("lost");
  json.start_object();
  for (const auto& [cause, count] : quality.ledger.losses()) json.number(loss_cause_name(cause), count);
  json.end_object();
  json.decimal("lost_percent", loss_percent(quality));
  json.flag("loss_unknown", loss_unknown(quality));
  json.number("throttled", quality.throttled);
  json.name("skipped");
  json.start_object();
  for (const auto& [name, skipped] : quality.ledger.skipped()) json.number(name, skipped.count);
  for (const auto& [type, count] : quality.ledger.unknown_types()) json.number(record_name(type), count);
  json.end_object();
  json.name("unresolved");
  json.start_object();
  for (const auto& [reason, count] : quality.unresolved) json.number(unresolved_name(reason), count);
  json.end_object();
}

void write_quality(const Quality& quality, JsonOut& json) {
  json.start_object();
  json.name("command");
  quality.command.empty() ? json.null() : json.text(quality.command);
  json.name("wait_status");
  quality.wait_status ? json.number(static_cast<std::uint32_t>(*quality.wait_status)) : json.null();
  json.optional("duration_ns", quality.duration_ns);
  json.optional("cpu_time_ns", quality.cpu_time_ns);
  write_sources(quality, json);
  write_events(quality, json);
  write_samples(quality, json);
  write_missing(quality, json);
  json.end_object();
}

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

void write_simd(const SimdTally& simd, JsonOut& json) {
  json.name("state");
  if (simd.recorded == 0) {
    json.null();
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
