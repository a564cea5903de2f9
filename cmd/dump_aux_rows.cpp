#include "cmd/dump_aux_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cmd/field_text.h"
#include "lib/base/shown_text.h"
#include "lib/report/escape.h"

namespace simdprof::cmd {
namespace {

using Kind = AuxRow::Kind;
using Number = std::optional<std::uint64_t>;

/// By Kind.
constexpr std::array<std::string_view, 7> kKindNames = {"packet", "branch", "insn", "mem", "event", "error", "loss"};
constexpr unsigned kAddressColumns = 16;

Number when(bool known, std::uint64_t value) { return known ? Number(value) : std::nullopt; }
Number known_id(std::int64_t id) { return when(id >= 0, static_cast<std::uint64_t>(id)); }
template <typename Field>
Number of_memory(const AuxRow& row, std::uint32_t bit, Field AuxMemory::*field) {
  if (row.memory == nullptr || (row.memory->present & bit) == 0) return std::nullopt;
  return row.memory->*field;
}

enum class Style : std::uint8_t { decimal, hex, seconds, text, branch_flags, bytes, ipc };

/// One column: a number, or text that is looked up in the row by its style.
struct Column {
  std::string_view name;
  Style style;
  Number (*number)(const AuxRow&);
  std::string_view (*text)(const AuxRow&);
};

constexpr std::array kColumns = {
    Column{"kind", Style::text, nullptr,
           [](const AuxRow& row) { return kKindNames[static_cast<std::size_t>(row.kind)]; }},
    Column{"time", Style::seconds,
           [](const AuxRow& row) { return when(row.place.time_ns != AuxPlace::kNoAuxTime, row.place.time_ns); },
           nullptr},
    Column{"end", Style::seconds,
           [](const AuxRow& row) { return when(row.end_ns != AuxPlace::kNoAuxTime, row.end_ns); }, nullptr},
    Column{"cpu", Style::decimal, [](const AuxRow& row) { return known_id(row.place.cpu); }, nullptr},
    Column{"pid", Style::decimal, [](const AuxRow& row) { return known_id(row.place.pid); }, nullptr},
    Column{"tid", Style::decimal, [](const AuxRow& row) { return known_id(row.place.tid); }, nullptr},
    Column{"index", Style::decimal,
           [](const AuxRow& row) { return when(row.place.index != AuxBuffer::kNoIndex, row.place.index); }, nullptr},
    Column{"offset", Style::hex, [](const AuxRow& row) { return Number(row.place.offset); }, nullptr},
    Column{"size", Style::decimal, [](const AuxRow& row) { return row.size; }, nullptr},
    Column{"ip", Style::hex, [](const AuxRow& row) { return row.ip; }, nullptr},
    Column{"addr", Style::hex, [](const AuxRow& row) { return row.addr; }, nullptr},
    Column{"flags", Style::branch_flags, [](const AuxRow& row) { return when(row.flags != 0, row.flags); }, nullptr},
    Column{"instructions", Style::decimal,
           [](const AuxRow& row) { return when(row.instructions != 0, row.instructions); }, nullptr},
    Column{"cycles", Style::decimal, [](const AuxRow& row) { return when(row.cycles != 0, row.cycles); }, nullptr},
    Column{"ipc", Style::ipc,
           [](const AuxRow& row) { return when(row.cycles != 0 && row.cycle_instructions != 0, row.cycles); }, nullptr},
    Column{"bytes", Style::bytes, [](const AuxRow& row) { return when(!row.bytes.empty(), 1); }, nullptr},
    Column{"phys", Style::hex,
           [](const AuxRow& row) { return of_memory(row, AuxMemory::kPhysical, &AuxMemory::physical_address); },
           nullptr},
    Column{"latency", Style::decimal,
           [](const AuxRow& row) { return of_memory(row, AuxMemory::kTotalLatency, &AuxMemory::total_latency); },
           nullptr},
    Column{"issue", Style::decimal,
           [](const AuxRow& row) { return of_memory(row, AuxMemory::kIssueLatency, &AuxMemory::issue_latency); },
           nullptr},
    Column{
        "translate", Style::decimal,
        [](const AuxRow& row) { return of_memory(row, AuxMemory::kTranslateLatency, &AuxMemory::translate_latency); },
        nullptr},
    Column{"events", Style::hex,
           [](const AuxRow& row) {
             return when(row.memory != nullptr && row.memory->events != 0,
                         row.memory != nullptr ? row.memory->events : 0);
           },
           nullptr},
    Column{"source", Style::hex,
           [](const AuxRow& row) { return of_memory(row, AuxMemory::kSource, &AuxMemory::source); }, nullptr},
    Column{"context", Style::decimal,
           [](const AuxRow& row) { return of_memory(row, AuxMemory::kContext, &AuxMemory::context); }, nullptr},
    Column{"name", Style::text, nullptr, [](const AuxRow& row) { return row.name; }},
    Column{"value", Style::hex, [](const AuxRow& row) { return row.value; }, nullptr},
    Column{"text", Style::text, nullptr, [](const AuxRow& row) { return row.text; }},
};

void append_bytes(TextBuffer& out, std::span<const std::byte> bytes) {
  bool first = true;
  for (const std::byte byte : bytes) {
    fmt::format_to(std::back_inserter(out), "{}{:02x}", first ? "" : " ", std::to_integer<unsigned>(byte));
    first = false;
  }
}

/// "0.25": instructions a cycle, cut to hundredths as perf cuts them.
void append_ipc(TextBuffer& out, const AuxRow& row) {
  const std::uint64_t hundredths = row.cycle_instructions * 100 / row.cycles;  // instructions were counted one by one
  fmt::format_to(std::back_inserter(out), "{}.{:02}", hundredths / 100, hundredths % 100);
}

/// The value as text, or nothing where the row has none. Hexadecimal numbers have no prefix.
void append_value(TextBuffer& out, const Column& column, const AuxRow& row) {
  if (column.style == Style::text) return append_text(out, column.text(row));
  const Number number = column.number(row);
  if (!number) return;
  switch (column.style) {
    case Style::decimal: return append_decimal(out, *number);
    case Style::hex: return append_hex_aligned(out, *number, 0);
    case Style::seconds: return append_seconds(out, *number, 9);
    case Style::branch_flags: return append_branch_flags(out, row.flags);
    case Style::bytes: return append_bytes(out, row.bytes);
    case Style::ipc: return append_ipc(out, row);
    case Style::text: return;
  }
}

bool has_value(const Column& column, const AuxRow& row) {
  return column.style == Style::text ? !column.text(row).empty() : column.number(row).has_value();
}

void append_member(TextBuffer& out, const Column& column, const AuxRow& row) {
  append_json_string(out, column.name);
  append_text(out, ":");
  switch (column.style) {
    case Style::decimal: return append_decimal(out, *column.number(row));
    case Style::hex: return append_json_hex(out, *column.number(row));
    case Style::text: return append_json_string(out, column.text(row));
    case Style::seconds:
    case Style::branch_flags:
    case Style::bytes:
    case Style::ipc: break;
  }
  TextBuffer value;
  append_value(value, column, row);
  append_json_string(out, {value.data(), value.size()});
}

void append_json_row(TextBuffer& out, const std::vector<std::size_t>& columns, const AuxRow& row) {
  append_text(out, "{");
  bool first = true;
  for (const std::size_t number : columns) {
    if (!has_value(kColumns[number], row)) continue;
    if (!first) append_text(out, ",");
    first = false;
    append_member(out, kColumns[number], row);
  }
  append_text(out, "}\n");
}

void append_table_row(TextBuffer& out, const std::vector<std::size_t>& columns, const AuxRow& row, bool tabs) {
  TextBuffer value;
  bool first = true;
  for (const std::size_t number : columns) {
    if (!first) out.push_back(tabs ? '\t' : ',');
    first = false;
    value.clear();
    append_value(value, kColumns[number], row);
    const std::string_view field{value.data(), value.size()};
    tabs ? append_tsv(out, field) : append_csv(out, field);
  }
  append_text(out, tabs ? "\n" : "\r\n");
}

void append_ipc_field(TextBuffer& out, std::string_view ipc, const AuxRow& row) {
  if (ipc.empty()) return;
  fmt::format_to(std::back_inserter(out), " \t IPC: {} ({}/{}) ", ipc, row.cycle_instructions, row.cycles);
}

/// As the kernel's tool writes the fields: an address takes 16 columns, and that of a branch's target follows an arrow.
void append_text_row(TextBuffer& out, const std::vector<std::size_t>& columns, const AuxRow& row) {
  TextBuffer value;
  for (const std::size_t number : columns) {
    const Column& column = kColumns[number];
    value.clear();
    append_value(value, column, row);
    if (column.style == Style::ipc) {
      append_ipc_field(out, {value.data(), value.size()}, row);
      continue;
    }
    const bool address = column.name == "ip" || column.name == "addr";
    append_text(out, column.name == "addr" ? " => " : " ");
    if (address) append_padding(out, value.size(), kAddressColumns);
    if (!address && value.size() == 0) append_text(out, "-");
    append_shown(out, {value.data(), value.size()});
  }
  append_text(out, "\n");
}

std::vector<std::size_t> all_columns() {
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < kColumns.size(); ++i) columns.push_back(i);
  return columns;
}

const std::vector<std::size_t>& shown_columns(const AuxLayout& layout) {
  static const std::vector<std::size_t> kAll = all_columns();
  return layout.columns.empty() ? kAll : layout.columns;
}

struct FlagName {
  std::uint32_t flag;
  std::string_view name;
};
constexpr std::array kFlagNames = {
    FlagName{kAuxTraceBegin, "begin"},     FlagName{kAuxTraceEnd, "end"},        FlagName{kAuxCall, "call"},
    FlagName{kAuxReturn, "return"},        FlagName{kAuxConditional, "cond"},    FlagName{kAuxSyscall, "syscall"},
    FlagName{kAuxAsync, "async"},          FlagName{kAuxInterrupt, "interrupt"}, FlagName{kAuxTxAbort, "tx-abort"},
    FlagName{kAuxInTx, "in-tx"},           FlagName{kAuxVmEntry, "vm-entry"},    FlagName{kAuxVmExit, "vm-exit"},
    FlagName{kAuxMispredicted, "mispred"},
};

}  // namespace

void append_branch_flags(TextBuffer& out, std::uint32_t flags) {
  bool first = true;
  for (const FlagName& known : kFlagNames) {
    if ((flags & known.flag) == 0) continue;
    if (!first) append_text(out, "+");
    first = false;
    append_text(out, known.name);
  }
  if (first && (flags & kAuxBranch) != 0) append_text(out, "jump");
}

AuxRow row_of(const AuxPacket& packet) {
  AuxRow row(Kind::packet, packet.place);
  row.size = packet.bytes;
  row.name = packet.name;
  row.text = packet.text;
  return row;
}

AuxRow row_of(const AuxBranch& branch) {
  AuxRow row(Kind::branch, branch.place);
  row.ip = branch.from;
  row.addr = branch.to;
  row.flags = branch.flags;
  row.instructions = branch.instructions;
  row.cycles = branch.cycles;
  row.cycle_instructions = branch.cycle_instructions;
  return row;
}

AuxRow row_of(const AuxInstruction& instruction) {
  AuxRow row(Kind::instruction, instruction.place);
  row.ip = instruction.ip;
  row.flags = instruction.flags;
  if (instruction.size != 0) row.size = instruction.size;
  row.bytes = std::span(instruction.bytes).first(std::min<std::size_t>(instruction.size, instruction.bytes.size()));
  return row;
}

AuxRow row_of(const AuxMemory& memory) {
  AuxRow row(Kind::memory, memory.place);
  if ((memory.present & AuxMemory::kIp) != 0) row.ip = memory.ip;
  if ((memory.present & AuxMemory::kVirtual) != 0) row.addr = memory.virtual_address;
  if (!row.addr && (memory.present & AuxMemory::kTarget) != 0) row.addr = memory.target;
  row.memory = &memory;
  row.name = memory.operation;
  return row;
}

AuxRow row_of(const AuxEvent& event) {
  AuxRow row(Kind::event, event.place);
  if (event.ip != 0) row.ip = event.ip;
  row.name = event.name;
  row.value = event.value;
  row.text = event.text;
  return row;
}

AuxRow row_of(const AuxError& error) {
  AuxRow row(Kind::error, error.place);
  if (error.ip != 0) row.ip = error.ip;
  row.name = error.code;
  row.text = error.text;
  return row;
}

AuxRow row_of(const AuxLoss& loss) {
  AuxPlace place;
  place.index = loss.index;
  place.cpu = loss.cpu;
  place.tid = loss.tid;
  place.offset = loss.offset;
  place.time_ns = loss.from_ns;
  AuxRow row(Kind::loss, place);
  row.end_ns = loss.to_ns;
  row.size = loss.bytes;
  row.name = aux_loss_name(loss.cause);
  return row;
}

std::vector<std::string_view> aux_columns() {
  std::vector<std::string_view> names;
  names.reserve(kColumns.size());
  for (const Column& column : kColumns) names.push_back(column.name);
  return names;
}

Result<std::vector<std::size_t>> parse_aux_columns(std::string_view text) {
  std::vector<std::size_t> columns;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view name = text.substr(begin, end - begin);
    const auto found =
        std::find_if(kColumns.begin(), kColumns.end(), [name](const Column& column) { return column.name == name; });
    if (found == kColumns.end()) {
      return fail(Errc::usage, fmt::format("--fields {}: '{}' is no column; they are {}", text, name,
                                           fmt::join(aux_columns(), ", ")));
    }
    columns.push_back(static_cast<std::size_t>(found - kColumns.begin()));
    begin = end + 1;
  }
  return columns;
}

void append_aux_heading(TextBuffer& out, const AuxLayout& layout) {
  const bool tabs = layout.format == AuxLayout::Format::tsv;
  if (!tabs && layout.format != AuxLayout::Format::csv) return;
  bool first = true;
  for (const std::size_t number : shown_columns(layout)) {
    if (!first) out.push_back(tabs ? '\t' : ',');
    first = false;
    append_text(out, kColumns[number].name);
  }
  append_text(out, tabs ? "\n" : "\r\n");
}

void append_aux_row(TextBuffer& out, const AuxLayout& layout, const AuxRow& row) {
  switch (layout.format) {
    case AuxLayout::Format::text:
      if (layout.columns.empty() || row.kind == Kind::error) return append_aux_line(out, row);
      return append_text_row(out, layout.columns, row);
    case AuxLayout::Format::jsonl: return append_json_row(out, shown_columns(layout), row);
    case AuxLayout::Format::csv: return append_table_row(out, shown_columns(layout), row, false);
    case AuxLayout::Format::tsv: return append_table_row(out, shown_columns(layout), row, true);
  }
}

}  // namespace simdprof::cmd
