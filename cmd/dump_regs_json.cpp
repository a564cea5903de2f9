#include "cmd/dump_regs_render.h"
#include "cmd/field_text.h"

namespace simdprof::cmd {
namespace {

void append_key(TextBuffer& out, std::string_view key) {
  append_text(out, ",\"");
  append_text(out, key);
  append_text(out, "\":");
}

void append_string(TextBuffer& out, std::string_view key, std::string_view text) {
  append_key(out, key);
  append_json_string(out, text);
}

void append_place(TextBuffer& out, const Sample& sample, const Location& place) {
  append_key(out, "ip");
  append_json_hex(out, sample.ip);
  if (!place.symbol.empty()) {
    append_string(out, "symbol", place.symbol);
    append_key(out, "symbol_offset");
    append_json_hex(out, place.symbol_offset);
  } else {
    append_string(out, "unresolved", unresolved_name(place.reason));
  }
  append_string(out, "dso", place.dso);
}

}  // namespace

void append_sample_members(TextBuffer& out, const RegisterSample& registers) {
  const Sample& sample = *registers.hit->sample;
  append_text(out, "{\"comm\":");
  append_json_string(out, registers.hit->comm);
  fmt::format_to(std::back_inserter(out), ",\"pid\":{},\"tid\":{}", sample.pid, sample.tid);
  if (sample.has(abi::PERF_SAMPLE_CPU)) fmt::format_to(std::back_inserter(out), ",\"cpu\":{}", sample.cpu);
  if (sample.has(abi::PERF_SAMPLE_TIME)) {
    append_text(out, ",\"time\":\"");
    append_seconds(out, sample.time_ns, 9);
    append_text(out, "\"");
  }
  append_string(out, "event", registers.hit->event->name);
  if (sample.has(abi::PERF_SAMPLE_IP)) append_place(out, sample, registers.hit->place);
  append_string(out, "mode", cpu_mode_name(sample.mode));
}

namespace {

void append_set(TextBuffer& out, const RegisterSample& sample, SetKind kind, RegisterReport& report) {
  const SetView view = sample.view(kind);
  append_text(out, "{\"set\":\"");
  append_text(out, set_name(kind));
  append_text(out, "\",\"source\":\"");
  append_set_source(out, sample, kind);
  fmt::format_to(std::back_inserter(out), "\",\"abi\":{}", view.set->abi);
  append_string(out, "gpr_origin", origin_name(view.set->gpr_origin));
  append_string(out, "vector_origin", origin_name(view.set->vector_origin));
  if (view.set->xstate_in_use) {
    append_key(out, "xstate_in_use");
    append_json_hex(out, *view.set->xstate_in_use);
  }
  if (view.set->arm64.vector_bytes != 0) {
    append_key(out, "sve_vector_bytes");
    append_decimal(out, view.set->arm64.vector_bytes);
  }
  append_text(out, ",\"registers\":[");
  choose_registers(*view.set, report.choice, report.registers);
  bool first = true;
  for (const RegisterRef ref : report.registers) {
    if (!first) append_text(out, ",");
    first = false;
    append_register_json(out, sample.arch, ref, read_register(view, ref), report.as);
  }
  append_text(out, "]}");
}

}  // namespace

void render_registers_json(TextBuffer& out, const RegisterSample& sample, RegisterReport& report) {
  append_sample_members(out, sample);
  append_text(out, ",\"sets\":[");
  if (sample.has_registers()) {
    bool first = true;
    for (const SetKind kind : report.sets) {
      if (!first) append_text(out, ",");
      first = false;
      append_set(out, sample, kind, report);
    }
  }
  append_text(out, "]");
  if (sample.path_names != nullptr) render_path_json(out, sample.path);
  append_text(out, "}\n");
}

}  // namespace simdprof::cmd
