#include <array>

#include "cmd/dump_regs_render.h"
#include "cmd/field_text.h"

namespace simdprof::cmd {
namespace {

constexpr unsigned kNameColumns = 6;  // "rflags", "zmm31 "

void append_signed(TextBuffer& out, std::int32_t value) {
  const fmt::format_int text(value);
  append_text(out, {text.data(), text.size()});
}

void append_place(TextBuffer& out, const Location& place) {
  if (place.symbol.empty()) {
    append_text(out, " [unknown]");
  } else {
    append_text(out, " ");
    append_text(out, place.symbol);
    append_text(out, "+");
    append_hex(out, place.symbol_offset);
  }
  append_text(out, " (");
  append_text(out, place.dso);
  append_text(out, ")");
}

}  // namespace

void append_sample_header(TextBuffer& out, const RegisterSample& registers, const RegisterReport& report) {
  const Sample& sample = *registers.hit->sample;
  append_text(out, registers.hit->comm);
  append_text(out, " ");
  append_signed(out, sample.pid);
  append_text(out, "/");
  append_signed(out, sample.tid);
  if (sample.has(abi::PERF_SAMPLE_CPU)) {
    append_text(out, " ");
    append_cpu(out, sample.cpu);
  }
  if (sample.has(abi::PERF_SAMPLE_TIME)) {
    append_text(out, " ");
    append_seconds(out, sample.time_ns, 9);
    append_text(out, ":");
  }
  append_text(out, " ");
  append_text(out, registers.hit->event->name);
  append_text(out, ":");
  if (sample.has(abi::PERF_SAMPLE_IP)) {
    append_text(out, " ");
    append_hex_aligned(out, sample.ip, 0);
    append_place(out, registers.hit->place);
  }
  append_text(out, " mode=");
  append_text(out, cpu_mode_name(sample.mode));
  for (const SetKind kind : report.sets) {
    append_text(out, " ");
    append_text(out, set_name(kind));
    append_text(out, "=");
    append_set_source(out, registers, kind);
  }
}

namespace {

void append_register_line(TextBuffer& out, const SetView& view, RegisterRef ref, const ShortText& head, LaneType as) {
  if (ref.kind == RegisterClass::gpr && view.gprs_trusted) {  // most lines of most dumps
    if (const auto word = view.set->general(ref.number)) {
      PieceWriter line(out, ShortText::kMostBytes + 19);
      line.text(head);
      line.put('0');
      line.put('x');
      line.hex_digits(*word, 16);
      line.put('\n');
      return;
    }
  }
  PieceWriter(out, ShortText::kMostBytes).text(head);
  const RegisterValue value = read_register(view, ref);
  append_lanes_text(out, value, is_vector_class(ref.kind) ? as : LaneType::hex);
  if (ref.kind == RegisterClass::mxcsr && value.presence() == Presence::valid) {
    append_mxcsr_flags(out, view.set->mxcsr);
  }
  append_text(out, "\n");
}

}  // namespace

const ShortText& LineHeads::of(SetKind kind, abi::Arch arch, RegisterRef ref) {
  auto& heads = heads_[static_cast<std::size_t>(kind)][static_cast<std::size_t>(ref.kind)];
  if (heads.size() <= ref.number) heads.resize(ref.number + 1);
  auto& head = heads[ref.number];
  if (!head) {
    TextBuffer text;
    append_text(text, "  ");
    append_text(text, set_name(kind));
    append_text(text, "  ");
    const std::size_t start = text.size();
    append_register_name(text, arch, ref);
    append_padding(text, text.size() - start, kNameColumns);
    append_text(text, " ");
    head.emplace(std::string_view(text.data(), text.size()));
  }
  return *head;
}

void render_registers_text(TextBuffer& out, const RegisterSample& sample, RegisterReport& report) {
  append_sample_header(out, sample, report);
  append_text(out, "\n");
  if (sample.has_registers()) {
    for (const SetKind kind : report.sets) {
      const SetView view = sample.view(kind);
      choose_registers(*view.set, report.choice, report.registers);
      for (const RegisterRef ref : report.registers) {
        append_register_line(out, view, ref, report.heads.of(kind, sample.arch, ref), report.as);
      }
    }
  }
  if (sample.path_names != nullptr) render_path_text(out, sample.path, *sample.path_names);
  append_text(out, "\n");
}

}  // namespace simdprof::cmd
