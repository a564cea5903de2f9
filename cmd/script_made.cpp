#include <algorithm>
#include <array>
#include <string_view>

#include "cmd/field_text.h"
#include "cmd/script_render.h"
#include "lib/model/aux_trace.h"

namespace simdprof::cmd {
namespace {

constexpr std::size_t kFlagColumns = 21;
constexpr std::size_t kKindColumns = 15;
constexpr std::size_t kMarkColumns = 6;

struct BranchName {
  std::uint32_t flags;
  std::string_view name;
};

// Source: tools/perf/util/trace-event-scripting.c, sample_flags.
constexpr std::array kNames = {
    BranchName{kAuxBranch | kAuxCall, "call"},
    BranchName{kAuxBranch | kAuxReturn, "return"},
    BranchName{kAuxBranch | kAuxConditional, "jcc"},
    BranchName{kAuxBranch, "jmp"},
    BranchName{kAuxBranch | kAuxCall | kAuxInterrupt, "int"},
    BranchName{kAuxBranch | kAuxReturn | kAuxInterrupt, "iret"},
    BranchName{kAuxBranch | kAuxCall | kAuxSyscall, "syscall"},
    BranchName{kAuxBranch | kAuxReturn | kAuxSyscall, "sysret"},
    BranchName{kAuxBranch | kAuxAsync, "async"},
    BranchName{kAuxBranch | kAuxCall | kAuxAsync | kAuxInterrupt, "hw int"},
    BranchName{kAuxBranch | kAuxTxAbort, "tx abrt"},
    BranchName{kAuxBranch | kAuxTraceBegin, "tr strt"},
    BranchName{kAuxBranch | kAuxTraceEnd, "tr end"},
    BranchName{kAuxBranch | kAuxCall | kAuxVmEntry, "vmentry"},
    BranchName{kAuxBranch | kAuxCall | kAuxVmExit, "vmexit"},
};

std::string_view find_name(std::uint32_t flags) {
  const auto found =
      std::find_if(kNames.begin(), kNames.end(), [flags](const auto& one) { return one.flags == flags; });
  return found == kNames.end() ? std::string_view{} : found->name;
}

// "tr strt jmp", "call", ...; empty where there is no name for these flags.
void append_name(TextBuffer& out, std::uint32_t flags) {
  if (const std::string_view name = find_name(flags); !name.empty()) return append_text(out, name);
  for (const auto& [flag, lead] : {std::pair{kAuxTraceBegin, "tr strt "}, std::pair{kAuxTraceEnd, "tr end  "}}) {
    const std::string_view name = (flags & flag) != 0 ? find_name(flags & ~std::uint32_t{flag}) : std::string_view{};
    if (name.empty()) continue;
    append_text(out, lead);
    return append_text(out, name);
  }
}

// One letter a flag, in the order of AuxBranchFlag.
void append_letters(TextBuffer& out, std::uint32_t flags) {
  constexpr std::string_view kLetters = "bcrosyiABExgh";
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    if (((flags >> i) & 1U) != 0) out.push_back(kLetters[i]);
  }
}

void append_blanks(TextBuffer& out, std::size_t begin, std::size_t columns) {
  append_padding(out, out.size() - begin, columns);
}

}  // namespace

void append_trace_flags(TextBuffer& out, const SampleHit& hit) {
  const std::uint32_t flags = hit.made != nullptr ? hit.made->flags & ~std::uint32_t{kAuxMispredicted} : 0;
  append_text(out, "  ");
  const std::size_t begin = out.size();
  append_name(out, flags & ~std::uint32_t{kAuxInTx});
  if (out.size() == begin) {
    append_letters(out, flags);
  } else if ((flags & kAuxInTx) != 0) {
    append_blanks(out, begin, kKindColumns + kMarkColumns - 3);
    append_text(out, "(x)");
  }
  append_blanks(out, begin, kFlagColumns);
  append_text(out, " ");
}

void append_call_indent(TextBuffer& out, const SampleHit& hit, SampleSource& source, FieldSet fields) {
  constexpr std::size_t kStep = 32;  // so that few lines move their neighbours' columns
  constexpr std::size_t kGap = 4;
  const std::uint32_t flags = hit.made->flags;
  const Sample& sample = *hit.sample;
  const bool to_target = (flags & (kAuxCall | kAuxTraceBegin)) != 0;
  const bool from_source = (flags & (kAuxReturn | kAuxTraceEnd)) != 0;
  if (fields.has(ScriptField::dso) && !fields.has(ScriptField::ip) && !fields.has(ScriptField::addr)) {
    append_text(out, "(");
    append_text(out, long_dso_name(hit.place));
    append_text(out, ")\t");
  }
  const std::size_t begin = out.size();
  if (to_target || from_source) {
    const VirtAddr address = to_target ? sample.addr : sample.ip;
    const Location place = to_target ? locate_branch(source, address) : hit.place;
    append_padding(out, 0, std::size_t{hit.call_depth} * 4);
    if (!place.symbol.empty()) {
      append_text(out, place.symbol);
    } else if (address != 0) {
      append_hex_aligned(out, address, 16);
    }
  }
  const std::size_t width = out.size() - begin;
  append_padding(out, width, width == 0 ? kStep : (width + kGap + kStep - 1) / kStep * kStep);
}

}  // namespace simdprof::cmd
