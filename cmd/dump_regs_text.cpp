#include <array>

#include "cmd/dump_regs_render.h"
#include "cmd/field_text.h"

namespace simdprof::cmd {
namespace {

constexpr std::size_t kMostOfHex = 18;
constexpr unsigned kNameColumns = 6;  // "rflags", "zmm31 "

// ` name+0x1f (file)`.
void put_place(PieceWriter& pieces, const Location& place) {
  if (place.symbol.empty()) {
    pieces.text(" [unknown]");
  } else {
    pieces.put(' ');
    pieces.text(place.symbol);
    pieces.put('+');
    pieces.hex(place.symbol_offset);
  }
  pieces.text(" (");
  pieces.text(place.dso);
  pieces.put(')');
}

void append_sample_place(TextBuffer& out, const RegisterSample& registers) {
  // Numbers of two tasks, a CPU, a time, an address and an offset, and what stands between them.
  constexpr std::size_t kMostOfRest = 2 * kMostOfDecimal + kMostOfCpu + kMostOfSeconds + 2 * kMostOfHex + 32;
  const SampleHit& hit = *registers.hit;
  const Sample& sample = *hit.sample;
  PieceWriter pieces(
      out, hit.comm.size() + hit.event->name.size() + hit.place.symbol.size() + hit.place.dso.size() + kMostOfRest);
  pieces.text(hit.comm);
  pieces.put(' ');
  put_decimal(pieces, sample.pid);
  pieces.put('/');
  put_decimal(pieces, sample.tid);
  if (sample.has(abi::PERF_SAMPLE_CPU)) {
    pieces.put(' ');
    put_cpu(pieces, sample.cpu);
  }
  if (sample.has(abi::PERF_SAMPLE_TIME)) {
    pieces.put(' ');
    put_seconds(pieces, sample.time_ns, 9);
    pieces.put(':');
  }
  pieces.put(' ');
  pieces.text(hit.event->name);
  pieces.put(':');
  if (sample.has(abi::PERF_SAMPLE_IP)) {
    pieces.put(' ');
    pieces.hex_digits(sample.ip, hex_digit_count(sample.ip));
    put_place(pieces, hit.place);
  }
}

void append_set_sources(TextBuffer& out, const RegisterSample& registers, const RegisterReport& report) {
  append_text(out, " mode=");
  append_text(out, cpu_mode_name(registers.hit->sample->mode));
  for (const SetKind kind : report.sets) {
    append_text(out, " ");
    append_text(out, set_name(kind));
    append_text(out, "=");
    append_set_source(out, registers, kind);
  }
}

}  // namespace

void append_sample_header(TextBuffer& out, const RegisterSample& registers, const RegisterReport& report) {
  append_sample_place(out, registers);
  append_set_sources(out, registers, report);
}

namespace {

void append_register_line(TextBuffer& out, const SetView& view, const RegisterLines::Line& line, LaneType as) {
  const RegisterRef ref = line.ref;
  PieceWriter(out, ShortText::kMostBytes).text(line.head);
  const RegisterValue value = read_register(view, ref);
  append_lanes_text(out, value, is_vector_class(ref.kind) ? as : LaneType::hex);
  if (ref.kind == RegisterClass::mxcsr && value.presence() == Presence::valid) {
    append_mxcsr_flags(out, view.set->mxcsr);
  }
  append_text(out, "\n");
}

// Most lines of most dumps.
void append_words(TextBuffer& out, const RegisterSet& set, const std::vector<RegisterLines::Line>& lines) {
  constexpr std::size_t kMostOfOne = ShortText::kMostBytes + 19;  // head, 0x, sixteen digits, line end
  PieceWriter pieces(out, lines.size() * kMostOfOne);
  for (const auto& [ref, head] : lines) {
    pieces.text(head);
    pieces.put('0');
    pieces.put('x');
    pieces.hex_digits(set.gpr[ref.number], 16);
    pieces.put('\n');
  }
}

}  // namespace

const ShortText& RegisterLines::head(SetKind kind, abi::Arch arch, RegisterRef ref) {
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

const RegisterLines::Chosen& RegisterLines::of(SetKind kind, const RegisterSet& set, const RegisterChoice& choice) {
  Kept& kept = kept_[static_cast<std::size_t>(kind)];
  const bool same = kept.valid && !set.has_vectors() && kept.arch == set.arch && kept.abi == set.abi &&
                    kept.gpr_present == set.gpr_present;
  if (same) return kept.chosen;
  kept.valid = !set.has_vectors();
  kept.arch = set.arch;
  kept.abi = set.abi;
  kept.gpr_present = set.gpr_present;
  choose_registers(set, choice, refs_);
  kept.chosen.lines.clear();
  kept.chosen.words = true;
  for (const RegisterRef ref : refs_) {
    kept.chosen.lines.push_back({ref, head(kind, set.arch, ref)});
    kept.chosen.words = kept.chosen.words && ref.kind == RegisterClass::gpr && set.general(ref.number);
  }
  return kept.chosen;
}

void append_register_lines(TextBuffer& out, const RegisterSample& sample, RegisterReport& report) {
  append_set_sources(out, sample, report);
  append_text(out, "\n");
  if (!sample.has_registers()) return;
  for (const SetKind kind : report.sets) {
    const SetView view = sample.view(kind);
    const auto& [lines, words] = report.lines.of(kind, *view.set, report.choice);
    if (words && view.gprs_trusted) {
      append_words(out, *view.set, lines);
    } else {
      for (const RegisterLines::Line& line : lines) append_register_line(out, view, line, report.as);
    }
  }
}

namespace {

void append_tail(TextBuffer& out, const RegisterSample& sample) {
  if (sample.path_names != nullptr) render_path_text(out, sample.path, *sample.path_names);
  append_text(out, "\n");
}

}  // namespace

void render_registers_text(TextBuffer& out, const RegisterSample& sample, RegisterReport& report) {
  append_sample_place(out, sample);
  append_register_lines(out, sample, report);
  append_tail(out, sample);
}

void render_registers_around(TextOut& out, const RegisterSample& sample, const NotedText& lines) {
  append_sample_place(out.buffer(), sample);
  out.append(lines.text, lines.owner);
  append_tail(out.buffer(), sample);
}

}  // namespace simdprof::cmd
