#include <array>

#include "cmd/branch_path.h"
#include "cmd/field_text.h"
#include "cmd/script_render.h"

namespace simdprof::cmd {
namespace {

// "/P/-/-/3/COND ": prediction, in transaction, abort, cycles, type.
void append_flags(TextBuffer& out, std::uint64_t flags) {
  const char marks[] = {'/', prediction_mark(flags),        '/', (flags & 4U) != 0 ? 'X' : '-',
                        '/', (flags & 8U) != 0 ? 'A' : '-', '/'};
  append_text(out, {marks, sizeof marks});
  append_decimal(out, branch_cycles(flags));
  append_text(out, "/");
  append_text(out, branch_type_name(flags));
  append_text(out, " ");
}

void append_address(TextBuffer& out, SampleSource& source, VirtAddr address, FieldSet fields) {
  append_hex(out, address);
  if (fields.has(ScriptField::dso)) append_dso_in_parentheses(out, locate_branch(source, address), address, fields);
}

void append_symbol(TextBuffer& out, SampleSource& source, VirtAddr address, FieldSet fields) {
  const Location place = locate_branch(source, address);
  if (place.symbol.empty()) {
    append_text(out, "[unknown]");
  } else {
    append_text(out, place.symbol);
    append_text(out, "+");
    append_hex(out, place.symbol_offset);
  }
  if (fields.has(ScriptField::dso)) append_dso_in_parentheses(out, place, address, fields);
}

void append_offset(TextBuffer& out, SampleSource& source, VirtAddr address, FieldSet fields) {
  append_hex(out, branch_offset(source, address));
  if (fields.has(ScriptField::dso)) append_dso_in_parentheses(out, locate_branch(source, address), address, fields);
}

/// Both ends of each branch, as `append_end` writes them, and its flags.
void append_each(TextBuffer& out, const BranchStack& branches, SampleSource& source, FieldSet fields,
                 std::string_view lead, void (*append_end)(TextBuffer&, SampleSource&, VirtAddr, FieldSet)) {
  for (std::size_t i = 0; i < branches.size(); ++i) {
    append_text(out, lead);
    append_end(out, source, branches.from(i), fields);
    append_text(out, "/");
    append_end(out, source, branches.to(i), fields);
    append_flags(out, branches.flags(i));
  }
}

}  // namespace

Location locate_branch(SampleSource& source, VirtAddr address) {
  return source.locate(address, mode_of_address(address), false);
}

std::uint64_t branch_offset(const SampleSource& source, VirtAddr address) {
  const CpuMode mode = mode_of_address(address);
  const Mapping* const mapping = source.mapping(address, mode);
  if (mapping == nullptr) return address;
  // The kernel's mappings have no place in a file: their file_offset is an address.
  return address - mapping->start + (mode == CpuMode::kernel ? 0 : mapping->file_offset);
}

char prediction_mark(std::uint64_t branch_flags) {
  if ((branch_flags & 2U) != 0) return 'P';
  return (branch_flags & 1U) != 0 ? 'M' : '-';
}

std::string_view branch_type_name(std::uint64_t branch_flags) {
  static constexpr std::array<std::string_view, 15> kNames = {"",         "COND", "UNCOND",  "IND",    "CALL",
                                                              "IND_CALL", "RET",  "SYSCALL", "SYSRET", "COND_CALL",
                                                              "COND_RET", "ERET", "IRQ",     "SERROR", "NO_TX"};
  static constexpr std::array<std::string_view, 8> kNewNames = {"FAULT_ALGN", "FAULT_DATA", "FAULT_INST", "ARCH_1",
                                                                "ARCH_2",     "ARCH_3",     "ARCH_4",     "ARCH_5"};
  const std::size_t type = (branch_flags >> 20U) & 15U;
  if (type < kNames.size()) return kNames[type];
  const std::size_t new_type = (branch_flags >> 26U) & 15U;  // PERF_BR_EXTEND_ABI: the type is in another field
  return new_type < kNewNames.size() ? kNewNames[new_type] : std::string_view{};
}

std::uint64_t branch_cycles(std::uint64_t branch_flags) { return (branch_flags >> 4U) & 0xffffU; }

void append_branches(TextBuffer& out, const BranchStack& branches, SampleSource& source, FieldSet fields) {
  append_each(out, branches, source, fields, " ", append_address);
}

void append_branch_symbols(TextBuffer& out, const BranchStack& branches, SampleSource& source, FieldSet fields) {
  append_each(out, branches, source, fields, "", append_symbol);
}

void append_branch_offsets(TextBuffer& out, const BranchStack& branches, SampleSource& source, FieldSet fields) {
  append_each(out, branches, source, fields, " ", append_offset);
}

}  // namespace simdprof::cmd
