#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "cmd/aux_loss.h"
#include "decoders/lanes/lane_text.h"
#include "lib/base/result.h"
#include "lib/model/aux_trace.h"

namespace simdprof::cmd {

/// One line of `dump-aux`, whatever it is about. An absent value is not recorded.
struct AuxRow {
  enum class Kind : std::uint8_t { packet, branch, instruction, memory, event, error, loss };

  explicit AuxRow(Kind what, const AuxPlace& where) : kind(what), place(where) {}

  Kind kind;
  AuxPlace place;
  std::optional<VirtAddr> ip;
  std::optional<VirtAddr> addr;
  std::uint32_t flags = 0;               ///< AuxBranchFlag
  std::uint64_t instructions = 0;        ///< 0: not known
  std::uint64_t cycles = 0;              ///< 0: not known
  std::uint64_t cycle_instructions = 0;  ///< that ran in these cycles; 0: not known
  std::optional<std::uint64_t> size;     ///< bytes: of a packet, an instruction, a loss
  std::span<const std::byte> bytes;      ///< of an instruction
  const AuxMemory* memory = nullptr;
  std::string_view name;
  std::optional<std::uint64_t> value;
  std::string_view text;
  std::uint64_t end_ns = AuxPlace::kNoAuxTime;  ///< of a loss
};

AuxRow row_of(const AuxPacket& packet);
AuxRow row_of(const AuxBranch& branch);
AuxRow row_of(const AuxInstruction& instruction);
AuxRow row_of(const AuxMemory& memory);
AuxRow row_of(const AuxEvent& event);
AuxRow row_of(const AuxError& error);
AuxRow row_of(const AuxLoss& loss);

/// "call", "return,conditional", "branch", "begin", ...
void append_branch_flags(TextBuffer& out, std::uint32_t flags);

/// How rows are written.
struct AuxLayout {
  enum class Format : std::uint8_t { text, jsonl, csv, tsv };
  Format format = Format::text;
  std::vector<std::size_t> columns;  ///< numbers of aux_columns(); empty: text has a line made for each kind, all
                                     ///< others have all columns
};

/// Names of all columns, in their order.
std::vector<std::string_view> aux_columns();
/// "ip,addr" to numbers.
/// @return usage for a name that is none
Result<std::vector<std::size_t>> parse_aux_columns(std::string_view text);

/// The heading of csv and tsv; nothing for others.
void append_aux_heading(TextBuffer& out, const AuxLayout& layout);
/// One line with its end. Text with columns ip and addr reads as the kernel's tool writes these fields.
void append_aux_row(TextBuffer& out, const AuxLayout& layout, const AuxRow& row);

/// The line made for its kind, for people.
void append_aux_line(TextBuffer& out, const AuxRow& row);

}  // namespace simdprof::cmd
