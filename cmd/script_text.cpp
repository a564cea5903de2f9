#include <fmt/format.h>

#include <array>
#include <bit>
#include <iterator>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "cmd/data_source_text.h"
#include "cmd/field_text.h"
#include "cmd/script_metric.h"
#include "cmd/script_render.h"
#include "decoders/lanes/instruction.h"
#include "lib/base/check.h"

namespace simdprof::cmd {
namespace {

constexpr std::size_t kCommColumns = 16;
constexpr unsigned kTimeColumns = 12;
constexpr unsigned kAddressColumns = 16;

void append_comm(TextBuffer& out, std::string_view comm, bool aligned) {
  if (aligned) append_padding(out, comm.size(), kCommColumns);
  append_text(out, comm);
  append_text(out, " ");
}

// "%5d/%-5d " with both, else "%5d ".
void append_task(TextBuffer& out, const Sample& sample, FieldSet fields) {
  const bool pid = fields.has(ScriptField::pid);
  const bool tid = fields.has(ScriptField::tid);
  const auto sink = std::back_inserter(out);
  if (pid && tid) {
    fmt::format_to(sink, "{:5}/{:<5} ", sample.pid, sample.tid);
  } else if (pid || tid) {
    fmt::format_to(sink, "{:5} ", pid ? sample.pid : sample.tid);
  }
}

void append_time(TextBuffer& out, std::uint64_t time_ns, unsigned digits) {
  fmt::memory_buffer text;  // short: stays on the stack
  append_seconds(text, time_ns, digits);
  append_padding(out, text.size(), digits == 9 ? kTimeColumns + 3 : kTimeColumns);
  append_text(out, {text.data(), text.size()});
  append_text(out, ": ");
}

void append_name(TextBuffer& out, std::string_view symbol, std::uint64_t offset, FieldSet fields) {
  if (!fields.has(ScriptField::sym)) return;
  append_text(out, " ");
  append_text(out, symbol.empty() ? std::string_view("[unknown]") : symbol);
  if (fields.has(ScriptField::symoff) && !symbol.empty()) {
    append_text(out, "+");
    append_hex(out, offset);
  }
}

/// @param address  in the function of `place`, or right behind its last instruction, as a return address may be
void append_symbol(TextBuffer& out, const Location& place, VirtAddr address, FieldSet fields) {
  append_name(out, place.symbol, place.symbol_offset + (address - place.address), fields);
  if (!fields.has(ScriptField::dso)) return;
  append_text(out, " ");
  append_dso_in_parentheses(out, place, address, fields);
}

// "\n  file.c:12", or "\n  libc.so.6[9e3f0]" where the line is unknown.
void append_source_line(TextBuffer& out, const Location& place, const SourceFrame* frame, VirtAddr address) {
  append_text(out, "\n  ");
  if (frame != nullptr && !frame->file.empty()) {
    const std::string_view file = frame->file;
    const std::size_t slash = file.rfind('/');
    append_text(out, slash == std::string_view::npos ? file : file.substr(slash + 1));
    append_text(out, ":");
    append_decimal(out, frame->line);
    return;
  }
  append_text(out, place.dso);
  append_text(out, "[");
  const bool is_kernel = place.dso.starts_with("[kernel");
  append_hex_aligned(out, is_kernel ? address : dso_offset(place, address), 0);
  append_text(out, "]");
}

const SourceFrame* innermost(const Location& place) { return place.frames.empty() ? nullptr : &place.frames.front(); }

void append_frame(TextBuffer& out, const Location& place, VirtAddr address, FieldSet fields) {
  append_hex_aligned(out, address, kAddressColumns);
  append_symbol(out, place, address, fields);
  if (fields.has(ScriptField::srcline)) append_source_line(out, place, innermost(place), address);
}

// The functions that the compiler put into the frame's own, innermost first; `place.frames` ends with the frame's own.
void append_inlined(TextBuffer& out, const Location& place, VirtAddr address, FieldSet fields) {
  for (const SourceFrame& frame : place.frames) {
    if (!frame.inlined) return;
    append_text(out, "\t");
    append_hex_aligned(out, address, kAddressColumns);
    append_name(out, frame.function, place.symbol_offset + (address - place.address), fields);
    if (fields.has(ScriptField::srcline)) append_source_line(out, place, &frame, address);
    append_text(out, " (inlined)\n");
  }
}

void append_chain_frame(TextBuffer& out, const Location& place, VirtAddr address, FieldSet fields,
                        const ScriptView& view) {
  if (!view.inlined) {
    append_text(out, "\t");
    return append_frame(out, place, address, fields);
  }
  append_inlined(out, place, address, fields);
  append_text(out, "\t");
  append_hex_aligned(out, address, kAddressColumns);
  append_symbol(out, place, address, fields);
  const SourceFrame* const own = place.frames.empty() ? nullptr : &place.frames.back();
  if (fields.has(ScriptField::srcline)) append_source_line(out, place, own, address);
}

void append_chain(TextBuffer& out, SampleSource& source, FieldSet fields, const ScriptView& view) {
  constexpr std::size_t kMostKept = 4096;  // 8192 of them take 32 MiB at most
  const auto text = source.chain_text();
  if (text.known && !text.value->empty()) return append_text(out, *text.value);
  const std::size_t begin = out.size();
  append_text(out, "\n");
  std::size_t shown = 0;
  const bool lines = view.inlined || fields.has(ScriptField::srcline);
  for (const CallFrame& frame : source.call_chain()) {
    if (view.max_stack != 0 && shown++ == view.max_stack) break;
    append_chain_frame(out, source.locate(frame.lookup_address, frame.mode, lines), frame.address, fields, view);
    append_text(out, "\n");
  }
  if (text.value == nullptr) return;
  const std::string_view made{out.data() + begin, out.size() - begin};
  text.value->assign(made.size() <= kMostKept ? made : std::string_view{});
}

void append_place(TextBuffer& out, const SampleHit& hit, SampleSource& source, FieldSet fields,
                  const ScriptView& view) {
  if (fields.has(ScriptField::ip) && fields.has(ScriptField::callchain)) {
    return append_chain(out, source, fields, view);
  }
  if (fields.has(ScriptField::ip)) {
    append_text(out, " ");
    append_frame(out, hit.place, hit.sample->ip, fields);
    return;
  }
  append_symbol(out, hit.place, hit.sample->ip, fields);
  if (fields.has(ScriptField::srcline)) append_source_line(out, hit.place, innermost(hit.place), hit.sample->ip);
}

// Name of a register word right-aligned in five columns and `:0x`. An XMM register is two words of one name.
std::string register_label(std::string_view known, unsigned number, bool has_xmm) {
  if (!known.empty()) return fmt::format("{:>5}:0x", known);
  if (!has_xmm || number < abi::PERF_REG_X86_XMM0) return "unknown:0x";
  return fmt::format("{:>5}:0x", fmt::format("XMM{}", (number - abi::PERF_REG_X86_XMM0) / 2));
}

/// The labels of all register numbers. Twenty of them stand in each line: they are made once.
class RegisterLabels {
 public:
  RegisterLabels(abi::Arch arch, bool simd_abi, bool has_xmm) {
    for (unsigned number = 0; number < labels_.size(); ++number) {
      labels_[number] = ShortText(register_label(abi::register_name(arch, number, simd_abi), number, has_xmm));
    }
  }
  [[nodiscard]] const ShortText& operator[](unsigned number) const { return labels_[number]; }

 private:
  std::array<ShortText, 64> labels_;
};

const RegisterLabels& register_labels(abi::Arch arch, bool simd_abi, bool has_xmm) {
  thread_local std::map<std::tuple<abi::Arch, bool, bool>, RegisterLabels> known;
  return known.try_emplace({arch, simd_abi, has_xmm}, arch, simd_abi, has_xmm).first->second;
}

// " ABI:2    AX:0x1 ...".
void append_registers(TextBuffer& out, const RegisterBlock& block, abi::Arch arch) {
  if (block.abi == abi::PERF_SAMPLE_REGS_ABI_NONE) return;
  constexpr std::size_t kMostOfOne = ShortText::kMostBytes + 16 + 1;  // label, value, blank
  const bool simd_abi = block.simd_abi();
  const RegisterLabels& labels = register_labels(arch, simd_abi, has_legacy_xmm(block, arch));
  append_text(out, " ABI:");
  append_decimal(out, block.abi);
  PieceWriter pieces(out, 1 + kMostOfOne * block.words.size());
  pieces.put(' ');
  std::size_t index = 0;
  for (std::uint64_t mask = block.mask; mask != 0 && index < block.words.size(); mask &= mask - 1, ++index) {
    const std::uint64_t value = block.words[index];
    pieces.text(labels[static_cast<unsigned>(std::countr_zero(mask))]);
    pieces.hex_digits(value, hex_digit_count(value));
    pieces.put(' ');
  }
}

// "4K", "2M"; "N/A" where the kernel could not tell.
void append_page_size(TextBuffer& out, std::uint64_t bytes) {
  constexpr std::string_view kUnits = "BKMG";
  append_text(out, " ");
  if (bytes == 0) return append_text(out, "N/A");
  std::size_t unit = 0;
  for (; bytes / 1024 > 1 && unit + 1 < kUnits.size(); ++unit) bytes /= 1024;
  append_decimal(out, bytes);
  out.push_back(kUnits[unit]);
}

// One letter in six columns.
void append_misc(TextBuffer& out, CpuMode mode) {
  out.push_back(mode_letter(mode));
  append_padding(out, 1, 6);
}

void append_event(TextBuffer& out, const SampleHit& hit, const ScriptView& view) {
  const std::string_view name = hit.event->name;
  append_padding(out, name.size(), view.event_columns);
  append_text(out, name);
  append_text(out, ": ");
}

// The data address of page faults is a place of its own.
void append_address(TextBuffer& out, const SampleHit& hit, SampleSource& source, FieldSet fields) {
  append_hex_aligned(out, hit.sample->addr, kAddressColumns);
  if (hit.event->attr.type != abi::PERF_TYPE_SOFTWARE) return;
  const std::uint64_t id = hit.event->attr.config;
  const bool is_fault = id == abi::PERF_COUNT_SW_PAGE_FAULTS || id == abi::PERF_COUNT_SW_PAGE_FAULTS_MIN ||
                        id == abi::PERF_COUNT_SW_PAGE_FAULTS_MAJ;
  if (!is_fault) return;
  const Location place = locate_branch(source, hit.sample->addr);  // whoever touched it
  append_symbol(out, place, place.address, fields);
}

// The word and what it says. perf widens the column as it goes; here it has room for what most accesses say.
void append_access(TextBuffer& out, std::uint64_t data_src) {
  constexpr std::size_t kColumns = 80;
  append_hex_aligned(out, data_src, kAddressColumns);
  append_text(out, " ");
  const std::size_t begin = out.size();
  append_data_source(out, data_src);
  append_padding(out, out.size() - begin, kColumns);
}

// ` ilen: 4 insn: c5 fd 58 c1`, then the instruction as text. A length of 0 stands where the code is not known.
void append_code(TextBuffer& out, const SampleHit& hit, SampleSource& source, FieldSet fields) {
  const auto [arch, bytes] = source.code();
  const unsigned length = instruction_length(arch, bytes);
  if (fields.has(ScriptField::insnlen)) {
    append_text(out, " ilen: ");
    append_decimal(out, length);
  }
  if (length == 0) return;
  if (fields.has(ScriptField::insn)) {
    append_text(out, " insn:");
    for (const std::byte byte : bytes.first(length)) {
      append_text(out, " ");
      append_hex_digits(out, std::to_integer<std::uint64_t>(byte), 2);
    }
  }
  if (!fields.has(ScriptField::disasm)) return;
  append_text(out, "\t\t");
  append_instruction(out, arch, hit.sample->ip, bytes);
}

/// Instructions a cycle, in hundredths that are cut as perf cuts them.
void append_ipc(TextBuffer& out, const SampleHit& hit) {
  if (hit.made == nullptr || hit.made->cycles == 0 || hit.made->cycle_instructions == 0) return;
  const auto [cycles, instructions] = std::pair{hit.made->cycles, hit.made->cycle_instructions};
  const std::uint64_t hundredths = instructions * 100 / cycles;
  fmt::format_to(std::back_inserter(out), " \t IPC: {}.{:02} ({}/{}) ", hundredths / 100, hundredths % 100,
                 instructions, cycles);
}

/// `    main                          4000e8 _start =>           400110 main`, as the kernel's tool shows a branch of a
/// trace.
void append_made_branch(TextBuffer& out, const SampleHit& hit, SampleSource& source, FieldSet fields) {
  const Sample& sample = *hit.sample;
  if (fields.has(ScriptField::callindent)) append_call_indent(out, hit, source, fields);
  if (fields.has(ScriptField::ip)) {
    append_text(out, " ");
    append_hex_aligned(out, sample.ip, kAddressColumns);
    append_symbol(out, hit.place, sample.ip, fields);
  }
  const bool is_alone = !fields.has(ScriptField::ip) && !fields.has(ScriptField::addr);
  if (is_alone && !fields.has(ScriptField::callindent)) append_symbol(out, hit.place, sample.ip, fields);
  if (fields.has(ScriptField::addr)) {
    append_text(out, " => ");
    append_hex_aligned(out, sample.addr, kAddressColumns);
    append_symbol(out, locate_branch(source, sample.addr), sample.addr, fields);
  }
  if (fields.has(ScriptField::ipc)) append_ipc(out, hit);
  const bool has_line = fields.has(ScriptField::srcline) && sample.ip != 0;
  if (has_line) append_source_line(out, hit.place, innermost(hit.place), sample.ip);
  if (fields.has_code()) append_code(out, hit, source, fields);
}

// Whose sample it is, where and when.
void append_start(TextBuffer& out, const SampleHit& hit, FieldSet fields, const ScriptView& view) {
  const Sample& sample = *hit.sample;
  const bool chain = fields.has(ScriptField::ip) && fields.has(ScriptField::callchain);
  if (fields.has(ScriptField::comm)) append_comm(out, hit.comm, !chain);
  append_task(out, sample, fields);
  if (fields.has(ScriptField::cpu)) {
    append_cpu(out, sample.cpu);
    append_text(out, " ");
  }
  if (fields.has(ScriptField::misc)) append_misc(out, sample.mode);
  if (fields.has(ScriptField::tod)) {
    append_wall_time(out, view.clock->wall_at(sample.time_ns), view.time_digits);
    append_text(out, " ");
  }
  if (fields.has(ScriptField::time)) append_time(out, sample.time_ns, view.time_digits);
}

// A line each, which begins as that of a sample.
void append_metric_lines(TextBuffer& out, const SampleHit& hit, FieldSet fields, const ScriptView& view) {
  if (hit.metrics == nullptr) return;
  for (const GroupMetric& metric : *hit.metrics) {
    append_start(out, hit, fields, view);
    append_metric(out, metric);
  }
}

// Below the line of the sample, and below its call chain, which is shown in place of its own address.
void append_source_text(TextBuffer& out, const SampleHit& hit, SampleSource& source, FieldSet fields,
                        const ScriptView& view) {
  if (!fields.has(ScriptField::srccode)) return;
  const Sample& sample = *hit.sample;
  view.source_text->append(out, sample.tid, source.locate(sample.ip, sample.mode, true));
}

}  // namespace

void prepare_script_text(TextBuffer& out, const Sample& sample, const ScriptView& view) {
  if (sample.event >= view.fields.size()) return;
  const FieldSet fields = view.fields[sample.event];
  if (fields.has(ScriptField::iregs)) append_registers(out, sample.regs_intr, view.arch);
  if (fields.has(ScriptField::uregs)) append_registers(out, sample.regs_user, view.arch);
}

void render_script_text(TextOut& lines, const SampleHit& hit, SampleSource& source, const ScriptView& view) {
  TextBuffer& out = lines.buffer();
  const Sample& sample = *hit.sample;
  const FieldSet fields = view.fields[sample.event];
  append_start(out, hit, fields, view);
  if (fields.has(ScriptField::period)) {
    append_decimal(out, period_of(hit), 10);
    append_text(out, " ");
  }
  if (fields.has(ScriptField::event)) append_event(out, hit, view);
  if (fields.has(ScriptField::flags)) append_trace_flags(out, hit);
  if (fields.has(ScriptField::trace)) append_tracepoint(out, hit, source, view);
  if (hit.made != nullptr && hit.made->kind == AuxHit::Kind::branch) {
    append_made_branch(out, hit, source, fields);
    append_text(out, "\n");
    return append_source_text(out, hit, source, fields, view);
  }
  if (fields.has(ScriptField::synth) && hit.made != nullptr) append_synth(out, hit.made->mark);
  if (fields.has(ScriptField::addr)) append_address(out, hit, source, fields);
  if (fields.has(ScriptField::data_src)) append_access(out, sample.data_src);
  if (fields.has(ScriptField::weight)) append_decimal(out, sample.weight_parts().cost, kAddressColumns);
  if (fields.has(ScriptField::ins_lat)) {
    append_decimal(out, sample.weight_parts().instruction_latency, kAddressColumns);
  }
  append_place(out, hit, source, fields, view);
  lines.append(hit.text.text, hit.text.owner);
  if (fields.has(ScriptField::brstack)) {
    append_branches(out, sample.branches, source, fields);
  } else if (fields.has(ScriptField::brstacksym)) {
    append_branch_symbols(out, sample.branches, source, fields);
  } else if (fields.has(ScriptField::brstackoff)) {
    append_branch_offsets(out, sample.branches, source, fields);
  }
  if (fields.has(ScriptField::bpf_output)) append_bpf_output(out, sample.raw);
  if (fields.has_branch_code()) {
    FieldSet own = fields;
    own.remove(ScriptField::disasm);  // then it is said of the code between the branches
    if (own.has_code()) append_code(out, hit, source, own);
    append_branch_code(out, hit, source, fields, fields.has(ScriptField::srccode) ? view.source_text.get() : nullptr);
  } else if (fields.has_code()) {
    append_code(out, hit, source, fields);
  }
  if (fields.has(ScriptField::ipc)) append_ipc(out, hit);
  if (fields.has(ScriptField::phys_addr)) append_hex_aligned(out, sample.phys_addr, kAddressColumns);
  if (fields.has(ScriptField::data_page_size)) append_page_size(out, sample.data_page_size);
  if (fields.has(ScriptField::code_page_size)) append_page_size(out, sample.code_page_size);
  append_text(out, "\n");
  append_source_text(out, hit, source, fields, view);
  append_metric_lines(out, hit, fields, view);
}

}  // namespace simdprof::cmd
