#include <algorithm>
#include <bit>
#include <iterator>

#include "cmd/field_text.h"
#include "cmd/script_render.h"

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

void append_cpu(TextBuffer& out, std::uint32_t cpu) {
  append_text(out, "[");
  if (cpu < 100) append_text(out, cpu < 10 ? "00" : "0");
  append_decimal(out, cpu);
  append_text(out, "] ");
}

void append_time(TextBuffer& out, std::uint64_t time_ns, unsigned digits) {
  fmt::memory_buffer text;  // short: stays on the stack
  append_seconds(text, time_ns, digits);
  append_padding(out, text.size(), digits == 9 ? kTimeColumns + 3 : kTimeColumns);
  append_text(out, {text.data(), text.size()});
  append_text(out, ": ");
}

void append_symbol(TextBuffer& out, const Location& place, std::uint64_t offset, FieldSet fields) {
  if (fields.has(ScriptField::sym)) {
    append_text(out, " ");
    append_text(out, place.symbol.empty() ? std::string_view("[unknown]") : place.symbol);
    if (fields.has(ScriptField::symoff) && !place.symbol.empty()) {
      append_text(out, "+");
      append_hex(out, offset);
    }
  }
  if (!fields.has(ScriptField::dso)) return;
  append_text(out, " (");
  append_text(out, long_dso_name(place));
  if (fields.has(ScriptField::dsoff) && place.reason != Unresolved::no_map) {
    append_text(out, "+");
    append_hex(out, place.dso_address);
  }
  append_text(out, ")");
}

// "\n  file.c:12", or "\n  libc.so.6[9e3f0]" where the line is unknown.
void append_source_line(TextBuffer& out, const Location& place, VirtAddr address) {
  append_text(out, "\n  ");
  if (!place.frames.empty() && !place.frames.front().file.empty()) {
    const std::string_view file = place.frames.front().file;
    const std::size_t slash = file.rfind('/');
    append_text(out, slash == std::string_view::npos ? file : file.substr(slash + 1));
    append_text(out, ":");
    append_decimal(out, place.frames.front().line);
    return;
  }
  append_text(out, place.dso);
  append_text(out, "[");
  const bool is_kernel = place.dso.starts_with("[kernel");
  append_hex_aligned(out, is_kernel ? address : place.dso_address + (address - place.address), 0);
  append_text(out, "]");
}

void append_frame(TextBuffer& out, const Location& place, VirtAddr address, FieldSet fields) {
  append_hex_aligned(out, address, kAddressColumns);
  append_symbol(out, place, place.symbol_offset + (address - place.address), fields);
  if (fields.has(ScriptField::srcline)) append_source_line(out, place, address);
}

void append_chain(TextBuffer& out, SampleSource& source, FieldSet fields, const ScriptView& view) {
  append_text(out, "\n");
  std::size_t shown = 0;
  const bool lines = fields.has(ScriptField::srcline);
  for (const CallFrame& frame : source.call_chain()) {
    if (view.max_stack != 0 && shown++ == view.max_stack) break;
    append_text(out, "\t");
    append_frame(out, source.locate(frame.lookup_address, frame.mode, lines), frame.address, fields);
    append_text(out, "\n");
  }
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
  append_symbol(out, hit.place, hit.place.symbol_offset, fields);
  if (fields.has(ScriptField::srcline)) append_source_line(out, hit.place, hit.sample->ip);
}

// Name of a register word right-aligned in five columns and `:0x`. An XMM register is two words of one name.
void append_register_label(PieceWriter& out, std::string_view known, unsigned number, bool simd_abi) {
  constexpr std::string_view kBlanks = "     ";
  if (!known.empty()) {
    if (known.size() < kBlanks.size()) out.text(kBlanks.substr(known.size()));
    out.text(known);
  } else if (!simd_abi && number >= abi::PERF_REG_X86_XMM0) {
    const unsigned xmm = (number - abi::PERF_REG_X86_XMM0) / 2;
    out.text(xmm < 10 ? " XMM" : "XMM1");
    out.put(static_cast<char>('0' + xmm % 10));
  } else {
    out.text("unknown");
  }
  out.put(':');
}

// " ABI:2    AX:0x1 ...".
void append_registers(TextBuffer& out, const RegisterBlock& block, abi::Arch arch) {
  if (block.abi == abi::PERF_SAMPLE_REGS_ABI_NONE) return;
  constexpr std::size_t kMostOfOne = 8 + 18 + 1;  // label, value, blank
  const bool simd_abi = (block.abi & abi::PERF_SAMPLE_REGS_ABI_SIMD) != 0;
  append_text(out, " ABI:");
  append_decimal(out, block.abi);
  PieceWriter pieces(out, 1 + kMostOfOne * block.words.size());
  pieces.put(' ');
  std::size_t index = 0;
  for (std::uint64_t mask = block.mask; mask != 0 && index < block.words.size(); mask &= mask - 1, ++index) {
    const auto number = static_cast<unsigned>(std::countr_zero(mask));
    append_register_label(pieces, abi::register_name(arch, number, simd_abi), number, simd_abi);
    pieces.hex(block.words[index]);
    pieces.put(' ');
  }
}

// " 0xFROM/0xTO/P/-/-/3/COND " per entry: prediction, in transaction, abort, cycles, type.
void append_branches(TextBuffer& out, const BranchStack& branches) {
  for (std::size_t i = 0; i < branches.size(); ++i) {
    const std::uint64_t flags = branches.entries[3 * i + 2];
    append_text(out, " ");
    append_hex(out, branches.entries[3 * i]);
    append_text(out, "/");
    append_hex(out, branches.entries[3 * i + 1]);
    const char marks[] = {'/', prediction_mark(flags),        '/', (flags & 4U) != 0 ? 'X' : '-',
                          '/', (flags & 8U) != 0 ? 'A' : '-', '/'};
    append_text(out, {marks, sizeof marks});
    append_decimal(out, branch_cycles(flags));
    append_text(out, "/");
    append_text(out, branch_type_name(flags));
    append_text(out, " ");
  }
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
  const bool in_kernel = (hit.sample->addr >> 63U) != 0;  // whoever touched it, the upper half is the kernel's
  const Location place = source.locate(hit.sample->addr, in_kernel ? CpuMode::kernel : CpuMode::user, false);
  append_symbol(out, place, place.symbol_offset, fields);
}

}  // namespace

void render_script_text(TextBuffer& out, const SampleHit& hit, SampleSource& source, const ScriptView& view) {
  const Sample& sample = *hit.sample;
  const FieldSet fields = view.fields[sample.event];
  const bool chain = fields.has(ScriptField::ip) && fields.has(ScriptField::callchain);
  if (fields.has(ScriptField::comm)) append_comm(out, hit.comm, !chain);
  append_task(out, sample, fields);
  if (fields.has(ScriptField::cpu)) append_cpu(out, sample.cpu);
  if (fields.has(ScriptField::time)) append_time(out, sample.time_ns, view.time_digits);
  if (fields.has(ScriptField::period)) {
    append_decimal(out, period_of(hit), 10);
    append_text(out, " ");
  }
  if (fields.has(ScriptField::event)) append_event(out, hit, view);
  if (fields.has(ScriptField::addr)) append_address(out, hit, source, fields);
  if (fields.has(ScriptField::data_src)) append_hex_aligned(out, sample.data_src, kAddressColumns);
  if (fields.has(ScriptField::weight)) append_decimal(out, sample.weight, kAddressColumns);
  append_place(out, hit, source, fields, view);
  if (fields.has(ScriptField::iregs)) append_registers(out, sample.regs_intr, view.arch);
  if (fields.has(ScriptField::uregs)) append_registers(out, sample.regs_user, view.arch);
  if (fields.has(ScriptField::brstack)) append_branches(out, sample.branches);
  if (fields.has(ScriptField::phys_addr)) append_hex_aligned(out, sample.phys_addr, kAddressColumns);
  append_text(out, "\n");
}

}  // namespace simdprof::cmd
