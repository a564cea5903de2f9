#include "cmd/dump_regs_render.h"
#include "cmd/field_text.h"
#include "lib/report/escape.h"

namespace simdprof::cmd {
namespace {

void append_cell(TextBuffer& out, std::string_view text, char separator) {
  if (separator == ',') {
    append_csv(out, text);
  } else {
    append_tsv(out, text);
  }
  out.push_back(separator);
}

}  // namespace

void append_sample_cells(TextBuffer& out, const RegisterSample& registers, char separator) {
  const Sample& sample = *registers.hit->sample;
  const Location& place = registers.hit->place;
  if (sample.has(abi::PERF_SAMPLE_TIME)) append_seconds(out, sample.time_ns, 9);
  out.push_back(separator);
  if (sample.has(abi::PERF_SAMPLE_CPU)) append_decimal(out, sample.cpu);
  fmt::format_to(std::back_inserter(out), "{0}{1}{0}{2}{0}", separator, sample.pid, sample.tid);
  append_cell(out, registers.hit->comm, separator);
  append_cell(out, registers.hit->event->name, separator);
  if (sample.has(abi::PERF_SAMPLE_IP)) append_hex(out, sample.ip);
  out.push_back(separator);
  append_cell(out, place.symbol, separator);
  if (!place.symbol.empty()) append_hex(out, place.symbol_offset);
  out.push_back(separator);
  append_cell(out, place.dso, separator);
  append_cell(out, cpu_mode_name(sample.mode), separator);
}

void append_line_end(TextBuffer& out, char separator) { append_text(out, separator == ',' ? "\r\n" : "\n"); }

void append_column_names(TextBuffer& out, std::string_view names, char separator) {
  for (const char c : names) out.push_back(c == ',' ? separator : c);
}

namespace {

void append_register_cells(TextBuffer& out, const RegisterSample& sample, RegisterRef ref, const RegisterValue& value,
                           const RegisterReport& report, char separator) {
  append_register_name(out, sample.arch, ref);
  out.push_back(separator);
  append_text(out, presence_word(value));
  out.push_back(separator);
  append_text(out, origin_name(value.origin));
  out.push_back(separator);
  if (value.presence() == Presence::valid || !value.presence()) append_hex_value(out, value);
  if (report.as == LaneType::hex) return;
  if (is_vector_class(ref.kind)) return append_lanes_delimited(out, value, report.as, report.lane_columns, separator);
  for (unsigned column = 0; column < report.lane_columns; ++column) out.push_back(separator);
}

}  // namespace

void render_table_header(TextBuffer& out, const RegisterReport& report, char separator) {
  append_column_names(out, kSampleColumns, separator);
  append_column_names(out, "set,register,presence,origin,value", separator);
  for (unsigned column = 0; column < report.lane_columns; ++column) {
    fmt::format_to(std::back_inserter(out), "{}lane{}", separator, column);
  }
  append_line_end(out, separator);
}

void render_registers_table(TextBuffer& out, const RegisterSample& sample, RegisterReport& report, char separator) {
  if (!sample.has_registers()) return;
  TextBuffer shared;  // grows on the stack up to 500 bytes
  append_sample_cells(shared, sample, separator);
  for (const SetKind kind : report.sets) {
    const SetView view = sample.view(kind);
    choose_registers(*view.set, report.choice, report.registers);
    for (const RegisterRef ref : report.registers) {
      append_text(out, {shared.data(), shared.size()});
      append_text(out, set_name(kind));
      out.push_back(separator);
      append_register_cells(out, sample, ref, read_register(view, ref), report, separator);
      append_line_end(out, separator);
    }
  }
}

}  // namespace simdprof::cmd
