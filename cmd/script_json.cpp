#include <bit>
#include <span>
#include <utility>

#include "cmd/branch_path.h"
#include "cmd/data_source_text.h"
#include "cmd/dump_aux_rows.h"
#include "cmd/field_text.h"
#include "cmd/json_object.h"
#include "cmd/script_metric.h"
#include "cmd/script_render.h"
#include "decoders/lanes/instruction.h"

namespace simdprof::cmd {
namespace {

void add_place(JsonObject& object, const Location& place, VirtAddr address, FieldSet fields) {
  if (fields.has(ScriptField::ip)) object.hex("ip", address);
  if (fields.has(ScriptField::sym)) {
    if (place.symbol.empty()) {
      object.text("unresolved", unresolved_name(place.reason));
    } else {
      object.text("sym", place.symbol);
    }
  }
  if (fields.has(ScriptField::symoff) && !place.symbol.empty()) {
    object.hex("symoff", place.symbol_offset + (address - place.address));
  }
  if (fields.has(ScriptField::dso)) object.text("dso", long_dso_name(place));
  if (fields.has(ScriptField::dsoff) && place.reason != Unresolved::no_map)
    object.hex("dsoff", dso_offset(place, address));
}

// Innermost first; the last is the function that the machine code belongs to.
void add_lines(JsonObject& object, const Location& place) {
  if (place.frames.empty()) return;
  TextBuffer& out = object.key("lines");
  append_text(out, "[");
  bool first = true;
  for (const SourceFrame& frame : place.frames) {
    if (!first) append_text(out, ",");
    first = false;
    JsonObject line(out);
    if (!frame.function.empty()) line.text("function", frame.function);
    if (!frame.file.empty()) line.text("file", frame.file);
    if (frame.line != 0) line.number("line", frame.line);
    line.flag("inlined", frame.inlined);
  }
  append_text(out, "]");
}

void add_source_text(JsonObject& object, SampleSource& source, VirtAddr address, CpuMode mode, const ScriptView& view) {
  const auto text = view.source_text->find(source.locate(address, mode, true));
  if (text) object.text("srccode", *text);
}

void add_chain(JsonObject& object, SampleSource& source, FieldSet fields, const ScriptView& view) {
  TextBuffer& out = object.key("callchain");
  append_text(out, "[");
  std::size_t shown = 0;
  const bool lines = fields.has(ScriptField::srcline);
  for (const CallFrame& frame : source.call_chain()) {
    if (view.max_stack != 0 && shown == view.max_stack) break;
    if (shown++ != 0) append_text(out, ",");
    const Location place = source.locate(frame.lookup_address, frame.mode, lines);
    JsonObject entry(out);
    add_place(entry, place, frame.address, fields);
    if (lines) add_lines(entry, place);
  }
  append_text(out, "]");
}

void add_registers(JsonObject& object, std::string_view name, const RegisterBlock& block, abi::Arch arch) {
  TextBuffer& out = object.key(name);
  if (block.abi == abi::PERF_SAMPLE_REGS_ABI_NONE) return append_text(out, "null");
  const bool simd_abi = block.simd_abi();
  const bool has_xmm = has_legacy_xmm(block, arch);
  JsonObject registers(out);
  registers.number("abi", block.abi);
  std::size_t index = 0;
  for (std::uint64_t mask = block.mask; mask != 0 && index < block.words.size(); mask &= mask - 1, ++index) {
    const auto number = static_cast<unsigned>(std::countr_zero(mask));
    const std::string_view known = abi::register_name(arch, number, simd_abi);
    if (!known.empty()) {
      registers.hex(known, block.words[index]);
    } else if (has_xmm && number >= abi::PERF_REG_X86_XMM0) {
      const unsigned half = number - abi::PERF_REG_X86_XMM0;
      registers.hex(fmt::format("XMM{}{}", half / 2, half % 2 == 0 ? "l" : "h"), block.words[index]);
    } else {
      registers.hex(fmt::format("reg{}", number), block.words[index]);
    }
  }
}

void add_branch_symbol(JsonObject& branch, std::string_view name, std::string_view offset_name, SampleSource& source,
                       VirtAddr address) {
  const Location place = locate_branch(source, address);
  if (place.symbol.empty()) return;
  branch.text(name, place.symbol);
  branch.hex(offset_name, place.symbol_offset);
}

void add_branches(JsonObject& object, const BranchStack& branches, SampleSource& source, FieldSet fields) {
  TextBuffer& out = object.key("brstack");
  append_text(out, "[");
  for (std::size_t i = 0; i < branches.size(); ++i) {
    if (i != 0) append_text(out, ",");
    const std::uint64_t flags = branches.flags(i);
    JsonObject branch(out);
    branch.hex("from", branches.from(i));
    branch.hex("to", branches.to(i));
    if (fields.has(ScriptField::brstacksym)) {
      add_branch_symbol(branch, "from_sym", "from_symoff", source, branches.from(i));
      add_branch_symbol(branch, "to_sym", "to_symoff", source, branches.to(i));
    }
    if (fields.has(ScriptField::brstackoff)) {
      branch.hex("from_off", branch_offset(source, branches.from(i)));
      branch.hex("to_off", branch_offset(source, branches.to(i)));
    }
    const char mark = prediction_mark(flags);
    if (mark != '-') branch.flag("predicted", mark == 'P');
    branch.flag("in_tx", (flags & 4U) != 0);
    branch.flag("abort", (flags & 8U) != 0);
    branch.number("cycles", branch_cycles(flags));
    if (const auto type = branch_type_name(flags); !type.empty()) branch.text("type", type);
  }
  append_text(out, "]");
}

/// @param code  of the one instruction; empty: it is not known
void add_instruction(JsonObject& object, abi::Arch arch, VirtAddr ip, std::span<const std::byte> code,
                     FieldSet fields) {
  if (code.empty()) return;
  if (fields.has(ScriptField::insnlen)) object.number("insnlen", code.size());
  if (fields.has(ScriptField::insn)) {
    append_hex_bytes(object.key("insn"), code);
  }
  if (!fields.has(ScriptField::disasm)) return;
  TextBuffer said;
  append_instruction(said, arch, ip, code);
  object.text("disasm", {said.data(), said.size()});
}

void add_code(JsonObject& object, const SampleHit& hit, SampleSource& source, FieldSet fields) {
  const auto [arch, bytes] = source.code();
  add_instruction(object, arch, hit.sample->ip, bytes.first(instruction_length(arch, bytes)), fields);
}

std::string_view problem_name(const BranchStep& step) {
  switch (step.kind) {
    case BranchStep::Kind::instruction: return {};
    case BranchStep::Kind::branch: return step.code.empty() ? "bad" : "";
    case BranchStep::Kind::no_code: return "bad";
    case BranchStep::Kind::mismatch: return "mismatch";
    case BranchStep::Kind::stray: return "not-reaching-sample";
    case BranchStep::Kind::cut: return "cut";
  }
  return {};
}

void add_step(TextBuffer& out, const BranchStep& step, SampleSource& source, FieldSet fields, const ScriptView& view) {
  JsonObject object(out);
  object.hex("ip", step.ip);
  const Location& place = source.locate(step.ip, step.mode, false);
  if (!place.symbol.empty()) {
    object.text("sym", place.symbol);
    object.hex("symoff", place.symbol_offset);
  }
  FieldSet of_step = fields;
  of_step.add(ScriptField::insn);
  if (fields.has(ScriptField::brstackinsnlen)) of_step.add(ScriptField::insnlen);
  add_instruction(object, step.arch, step.ip, step.code, of_step);
  if (step.kind == BranchStep::Kind::branch) object.number("branch", step.entry);
  if (const auto problem = problem_name(step); !problem.empty()) object.text("problem", problem);
  if (fields.has(ScriptField::srccode)) add_source_text(object, source, step.ip, step.mode, view);
}

void add_branch_code(JsonObject& object, const SampleHit& hit, SampleSource& source, FieldSet fields,
                     const ScriptView& view) {
  TextBuffer& out = object.key("brstackinsn");
  append_text(out, "[");
  bool first = true;
  walk_branch_path(
      *hit.sample, has_any_branch(hit.event->attr),
      [&](VirtAddr at, CpuMode mode, std::size_t most) { return source.code_at(at, mode, most); },
      [&](const BranchStep& step) {
        if (!std::exchange(first, false)) append_text(out, ",");
        add_step(out, step, source, fields, view);
      });
  append_text(out, "]");
}

void add_task(JsonObject& object, const SampleHit& hit, FieldSet fields, const ScriptView& view) {
  const Sample& sample = *hit.sample;
  if (fields.has(ScriptField::comm)) object.text("comm", hit.comm);
  if (fields.has(ScriptField::pid)) object.number("pid", sample.pid);
  if (fields.has(ScriptField::tid)) object.number("tid", sample.tid);
  if (fields.has(ScriptField::cpu)) object.number("cpu", sample.cpu);
  if (fields.has(ScriptField::misc)) object.text("mode", cpu_mode_name(sample.mode));
  if (fields.has(ScriptField::time)) {
    TextBuffer& out = object.key("time");
    append_text(out, "\"");
    append_seconds(out, sample.time_ns, 9);
    append_text(out, "\"");
  }
  if (fields.has(ScriptField::tod)) {
    TextBuffer text;
    append_wall_time(text, view.clock->wall_at(sample.time_ns), 9);
    object.text("tod", {text.data(), text.size()});
  }
  if (fields.has(ScriptField::period)) object.hex("period", period_of(hit));
  if (fields.has(ScriptField::event)) object.text("event", hit.event->name);
  if (fields.has(ScriptField::addr)) object.hex("addr", sample.addr);
  if (fields.has(ScriptField::data_src)) {
    object.hex("data_src", sample.data_src);
    TextBuffer said;
    append_data_source(said, sample.data_src);
    object.text("data_src_text", {said.data(), said.size()});
  }
  if (fields.has(ScriptField::weight)) object.hex("weight", sample.weight_parts().cost);
  if (fields.has(ScriptField::ins_lat)) object.hex("ins_lat", sample.weight_parts().instruction_latency);
}

// What the trace says of a sample that was made of it.
void add_trace_facts(JsonObject& object, const SampleHit& hit, SampleSource& source, FieldSet fields) {
  if (fields.has(ScriptField::flags)) {
    TextBuffer words;
    append_branch_flags(words, hit.made->flags);
    object.text("flags", {words.data(), words.size()});
  }
  if (fields.has(ScriptField::synth)) append_synth_json(object.key("synth"), hit.made->mark);
  const bool branch = hit.made->kind == AuxHit::Kind::branch;
  if (branch && fields.has(ScriptField::addr) && fields.has(ScriptField::sym)) {
    add_branch_symbol(object, "addr_sym", "addr_symoff", source, hit.sample->addr);
  }
  if (branch && fields.has(ScriptField::callindent)) object.number("call_depth", hit.call_depth);
  if (!fields.has(ScriptField::ipc) || hit.made->cycles == 0) return;
  object.number("cycles", hit.made->cycles);
  object.number("cycle_instructions", hit.made->cycle_instructions);
}

}  // namespace

void render_script_json(TextOut& lines, const SampleHit& hit, SampleSource& source, const ScriptView& view) {
  TextBuffer& out = lines.buffer();
  const Sample& sample = *hit.sample;
  const FieldSet fields = view.fields[sample.event];
  {
    JsonObject object(out);
    add_task(object, hit, fields, view);
    if (fields.has(ScriptField::trace)) append_tracepoint_json(object, hit, source, view);
    add_place(object, hit.place, sample.ip, fields);
    if (fields.has(ScriptField::bpf_output)) append_hex_bytes(object.key("bpf_output"), sample.raw);
    if (fields.has(ScriptField::srcline)) add_lines(object, hit.place);
    if (fields.has(ScriptField::srccode)) add_source_text(object, source, sample.ip, sample.mode, view);
    if (fields.has(ScriptField::callchain)) add_chain(object, source, fields, view);
    if (fields.has(ScriptField::iregs)) add_registers(object, "iregs", sample.regs_intr, view.arch);
    if (fields.has(ScriptField::uregs)) add_registers(object, "uregs", sample.regs_user, view.arch);
    if (fields.has(ScriptField::brstack) || fields.has(ScriptField::brstacksym) ||
        fields.has(ScriptField::brstackoff)) {
      add_branches(object, sample.branches, source, fields);
    }
    if (fields.has_code()) add_code(object, hit, source, fields);
    if (fields.has_branch_code()) add_branch_code(object, hit, source, fields, view);
    if (hit.metrics != nullptr) append_metrics_json(object.key("metrics"), source.facts().events, *hit.metrics);
    if (hit.made != nullptr) add_trace_facts(object, hit, source, fields);
    if (fields.has(ScriptField::phys_addr)) object.hex("phys_addr", sample.phys_addr);
    if (fields.has(ScriptField::data_page_size)) object.hex("data_page_size", sample.data_page_size);
    if (fields.has(ScriptField::code_page_size)) object.hex("code_page_size", sample.code_page_size);
  }
  append_text(out, "\n");
}

}  // namespace simdprof::cmd
