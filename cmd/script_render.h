#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "cmd/json_object.h"
#include "cmd/sample_source.h"
#include "cmd/script_fields.h"
#include "cmd/script_source.h"
#include "cmd/text_out.h"
#include "decoders/lanes/lane_text.h"
#include "decoders/tracepoint/tracepoint_text.h"

namespace simdprof::cmd {

/// How `script` shows samples.
struct ScriptView {
  std::vector<FieldSet> fields;   ///< by event
  std::size_t event_columns = 0;  ///< longest event name
  std::size_t max_stack = 0;      ///< frames of a call chain; 0: all
  unsigned time_digits = 6;
  std::optional<abi::ClockReference> clock;  ///< there where field tod is shown
  std::shared_ptr<const TracepointText> tracepoints;
  bool inlined = false;  ///< text: a line for each inlined function of a call chain
  abi::Arch arch = abi::Arch::unknown;
  std::shared_ptr<SourceText> source_text;  ///< there where field srccode is shown
};

/// Events counted per sample where the sample does not say: attr.sample_period.
std::uint64_t period_of(const SampleHit& hit);
/// The path as mapped, or the short name of what is no file: "[kernel.kallsyms]".
std::string_view long_dso_name(const Location& place);
/// Whether words 32..63 of a register section are XMM registers, two words each.
bool has_legacy_xmm(const RegisterBlock& block, abi::Arch arch);
/// Where `address` is in the file of `place`, which a return address was looked up for by the call before it.
std::uint64_t dso_offset(const Location& place, VirtAddr address);
/// `(path)`, with the place of `address` in the file where field dsoff is shown.
void append_dso_in_parentheses(TextBuffer& out, const Location& place, VirtAddr address, FieldSet fields);
/// 'K', 'U', 'H', 'G' (guest kernel), 'g' (guest user); a blank when the mode is unknown.
char mode_letter(CpuMode mode);

/// Either end of a branch. Branches go from any mode to any other: whoever is in the upper half is the kernel.
Location locate_branch(SampleSource& source, VirtAddr address);
/// Where an end of a branch lies in what is mapped there: in the file, in the kernel's image or module. The address
/// itself where nothing is known to be mapped.
std::uint64_t branch_offset(const SampleSource& source, VirtAddr address);
/// 'M' mispredicted, 'P' predicted, '-' not told: bits 0 and 1 of a branch entry's flags.
char prediction_mark(std::uint64_t branch_flags);
/// "COND", "CALL", ...: bits 20..23 of a branch entry's flags, and 26..29 for types that came later; empty when the
/// kernel did not classify the branch. Source: uapi linux/perf_event.h, PERF_BR_*.
std::string_view branch_type_name(std::uint64_t branch_flags);
/// Cycles since the branch before: bits 4..19.
std::uint64_t branch_cycles(std::uint64_t branch_flags);

/// ` 0xFROM/0xTO/P/-/-/3/COND ` a branch, with the file of each address where field dso is shown.
void append_branches(TextBuffer& out, const BranchStack& branches, SampleSource& source, FieldSet fields);
/// The same with symbols and offsets in place of addresses, and no blank before.
void append_branch_symbols(TextBuffer& out, const BranchStack& branches, SampleSource& source, FieldSet fields);

/// The same with offsets in the mapped files, as branch_offset() has them.
void append_branch_offsets(TextBuffer& out, const BranchStack& branches, SampleSource& source, FieldSet fields);

/// The code that ran between the branches, an instruction a line, as walk_branch_path() finds it.
///
/// @param text  of the source of each instruction, shown below it; nullptr: none is shown
void append_branch_code(TextBuffer& out, const SampleHit& hit, SampleSource& source, FieldSet fields, SourceText* text);

/// What a sample that --itrace made says of its branch or instruction, in the words of the kernel's tool: "tr end
/// syscall"; 21 columns between blanks, empty for a sample that was recorded.
void append_trace_flags(TextBuffer& out, const SampleHit& hit);
/// The function that a branch calls or leaves, by four blanks a call to the right; nothing for other branches. The file
/// that the branch is in comes before it where field dso is shown and no address is.
void append_call_indent(TextBuffer& out, const SampleHit& hit, SampleSource& source, FieldSet fields);

/// The formats of the recording's tracepoints.
std::shared_ptr<const TracepointText> read_tracepoints(const RecordingFacts& facts, std::endian order);
/// What the raw bytes of a tracepoint's sample mean; `[format not recorded]` where the recording does not tell.
void append_tracepoint(TextBuffer& out, const SampleHit& hit, SampleSource& source, const ScriptView& view);
/// `,"trace":"text","trace_fields":{...}` without the comma before: the text, and each field of the tracepoint's own,
/// as the manual tells; or `"trace_raw"` where the recording has no format.
void append_tracepoint_json(JsonObject& object, const SampleHit& hit, SampleSource& source, const ScriptView& view);
/// The raw bytes of a bpf-output sample, eight a line, and the text that they are where they are one.
void append_bpf_output(TextBuffer& out, std::span<const std::byte> raw);

/// What a packet beside the flow of a trace says, in the words of the kernel's tool, to a width of 34 columns:
/// ` cbr: 21 freq: 2100 MHz ( 75%) `.
void append_synth(TextBuffer& out, const AuxMarkFacts& mark);
/// The same as an object of JSON.
void append_synth_json(TextBuffer& out, const AuxMarkFacts& mark);

/// Of a sample in the layout of the kernel's tool: the part that needs the sample alone, its registers.
void prepare_script_text(TextBuffer& out, const Sample& sample, const ScriptView& view);
/// One sample in the layout of the kernel's tool; `hit.text` is what prepare_script_text made of it.
void render_script_text(TextOut& out, const SampleHit& hit, SampleSource& source, const ScriptView& view);
/// One sample as one JSON object and a newline.
void render_script_json(TextOut& out, const SampleHit& hit, SampleSource& source, const ScriptView& view);

}  // namespace simdprof::cmd
