#include <fmt/format.h>

#include <iterator>
#include <optional>
#include <string>

#include "cmd/branch_path.h"
#include "cmd/field_text.h"
#include "cmd/script_render.h"
#include "decoders/lanes/instruction.h"

namespace simdprof::cmd {
namespace {

constexpr std::size_t kBranchColumns = 30;
constexpr unsigned kAddressDigits = 16;

/// Lines of one sample.
class BranchCodeText {
 public:
  BranchCodeText(TextBuffer& out, const Sample& sample, SampleSource& source, FieldSet fields, SourceText* text)
      : out_(out), sample_(sample), source_(source), fields_(fields), text_(text) {}

  void add(const BranchStep& step) {
    // As perf has it, a jump that the stack does not have is shown without its source.
    if (step.kind == BranchStep::Kind::stray) sourceless_.reset();
    end();
    switch (step.kind) {
      case BranchStep::Kind::instruction:
      case BranchStep::Kind::no_code: return add_instruction(step);
      case BranchStep::Kind::branch: return add_branch(step);
      case BranchStep::Kind::mismatch: return append_text(out_, "\tmismatch of LBR data and executable\n");
      case BranchStep::Kind::stray: return append_text(out_, "\t... not reaching sample ...\n");
      case BranchStep::Kind::cut: return append_text(out_, "\t... more code than is shown ...\n");
    }
  }

  /// Behind the last step, and between steps: the source of the one before.
  void end() {
    if (!sourceless_) return;
    text_->append(out_, sample_.tid, source_.locate(sourceless_->ip, sourceless_->mode, true));
    sourceless_.reset();
  }

 private:
  struct Place {
    VirtAddr ip = 0;
    CpuMode mode = CpuMode::user;
  };

  void want_source(const BranchStep& step) {
    if (text_ != nullptr) sourceless_ = Place{step.ip, step.mode};
  }

  // "\tmain+12:" where another function begins to run.
  void add_function(const BranchStep& step) {
    const Location& place = source_.locate(step.ip, step.mode, false);
    const VirtAddr begins_at = step.ip - place.symbol_offset;
    if (place.symbol.empty() || (begins_at == function_ && place.symbol == name_)) return;
    function_ = begins_at;
    name_ = place.symbol;
    append_text(out_, "\t");
    append_text(out_, place.symbol);
    if (place.symbol_offset != 0) {
      append_text(out_, "+");
      append_decimal(out_, place.symbol_offset);
    }
    append_text(out_, ":\n");
  }

  void add_code(const BranchStep& step) {
    append_text(out_, "\t");
    append_hex_digits(out_, step.ip, kAddressDigits);
    append_text(out_, "\t");
    if (step.code.empty()) return append_text(out_, "<bad>");
    if (fields_.has(ScriptField::disasm)) return append_instruction(out_, step.arch, step.ip, step.code);
    append_text(out_, "insn: ");
    for (const std::byte byte : step.code) {
      append_hex_digits(out_, std::to_integer<std::uint64_t>(byte), 2);
      append_text(out_, " ");
    }
  }

  void add_instruction(const BranchStep& step) {
    if (!step.continues) add_function(step);
    add_code(step);
    if (fields_.has(ScriptField::brstackinsnlen)) {
      append_text(out_, "\tilen: ");
      append_decimal(out_, step.code.size());
    }
    append_text(out_, "\n");
    if (!step.code.empty()) want_source(step);
  }

  void add_branch(const BranchStep& step) {
    add_function(step);
    const std::size_t begin = out_.size();
    add_code(step);
    constexpr std::size_t kBeforeCode = 2 + kAddressDigits;
    append_padding(out_, out_.size() - begin, kBeforeCode + kBranchColumns);
    append_text(out_, "\t");
    if (fields_.has(ScriptField::brstackinsnlen)) {
      append_text(out_, "ilen: ");
      append_decimal(out_, step.code.size());
      append_text(out_, "\t");
    }
    add_facts(step);
    append_text(out_, "\n");
    want_source(step);
  }

  // "# PRED 3 cycles [12] 1.67 IPC"
  void add_facts(const BranchStep& step) {
    const std::uint64_t flags = sample_.branches.flags(step.entry);
    append_text(out_, "#");
    if ((flags & 2U) != 0) append_text(out_, " PRED");
    if ((flags & 1U) != 0) append_text(out_, " MISPRED");
    if ((flags & 4U) != 0) append_text(out_, " INTX");
    if ((flags & 8U) != 0) append_text(out_, " ABORT");
    const std::uint64_t cycles = branch_cycles(flags);
    if (cycles == 0) return;
    cycles_ += cycles;
    fmt::format_to(std::back_inserter(out_), " {} cycles [{}]", cycles, cycles_);
    if (step.block_instructions == 0) return;
    const auto ipc = static_cast<float>(step.block_instructions) / static_cast<float>(cycles);
    fmt::format_to(std::back_inserter(out_), " {:.2f} IPC", ipc);
  }

  TextBuffer& out_;
  const Sample& sample_;
  SampleSource& source_;
  FieldSet fields_;
  SourceText* text_;
  std::optional<Place> sourceless_;  ///< the step that was shown last and wants its source below it
  VirtAddr function_ = 0;
  std::string name_;
  std::uint64_t cycles_ = 0;
};

}  // namespace

void append_branch_code(TextBuffer& out, const SampleHit& hit, SampleSource& source, FieldSet fields,
                        SourceText* text) {
  const Sample& sample = *hit.sample;
  if (sample.branches.size() == 0) return;
  append_text(out, "\n");
  BranchCodeText lines(out, sample, source, fields, text);
  walk_branch_path(
      sample, has_any_branch(hit.event->attr),
      [&source](VirtAddr at, CpuMode mode, std::size_t most) { return source.code_at(at, mode, most); },
      [&lines](const BranchStep& step) { lines.add(step); });
  lines.end();
}

}  // namespace simdprof::cmd
