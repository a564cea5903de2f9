#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/model/event.h"

namespace simdprof::cmd {

/// One bit a field of `script -F`.
enum class ScriptField : std::uint64_t {
  comm = std::uint64_t{1} << 0U,
  tid = std::uint64_t{1} << 1U,
  pid = std::uint64_t{1} << 2U,
  time = std::uint64_t{1} << 3U,
  cpu = std::uint64_t{1} << 4U,
  period = std::uint64_t{1} << 5U,
  event = std::uint64_t{1} << 6U,
  addr = std::uint64_t{1} << 7U,
  data_src = std::uint64_t{1} << 8U,
  weight = std::uint64_t{1} << 9U,
  ip = std::uint64_t{1} << 10U,
  sym = std::uint64_t{1} << 11U,
  symoff = std::uint64_t{1} << 12U,
  dso = std::uint64_t{1} << 13U,
  dsoff = std::uint64_t{1} << 14U,
  srcline = std::uint64_t{1} << 15U,
  callchain = std::uint64_t{1} << 16U,
  iregs = std::uint64_t{1} << 17U,
  uregs = std::uint64_t{1} << 18U,
  brstack = std::uint64_t{1} << 19U,
  phys_addr = std::uint64_t{1} << 20U,
  misc = std::uint64_t{1} << 21U,
  ins_lat = std::uint64_t{1} << 22U,
  brstacksym = std::uint64_t{1} << 23U,
  data_page_size = std::uint64_t{1} << 24U,
  code_page_size = std::uint64_t{1} << 25U,
  brstackoff = std::uint64_t{1} << 26U,
  ipc = std::uint64_t{1} << 27U,
  insn = std::uint64_t{1} << 28U,
  insnlen = std::uint64_t{1} << 29U,
  disasm = std::uint64_t{1} << 30U,
  flags = std::uint64_t{1} << 31U,
  callindent = std::uint64_t{1} << 32U,
  brstackinsn = std::uint64_t{1} << 33U,
  brstackinsnlen = std::uint64_t{1} << 34U,
  tod = std::uint64_t{1} << 35U,
  trace = std::uint64_t{1} << 36U,
  bpf_output = std::uint64_t{1} << 37U,
  srccode = std::uint64_t{1} << 38U,
  synth = std::uint64_t{1} << 39U,
  metric = std::uint64_t{1} << 40U,
};

class FieldSet {
 public:
  constexpr FieldSet() = default;
  [[nodiscard]] constexpr bool has(ScriptField field) const { return (bits_ & static_cast<std::uint64_t>(field)) != 0; }
  /// A field that is made of the code at the address.
  [[nodiscard]] constexpr bool has_code() const {
    return has(ScriptField::insn) || has(ScriptField::insnlen) || has(ScriptField::disasm);
  }
  /// The code between the branches.
  [[nodiscard]] constexpr bool has_branch_code() const {
    return has(ScriptField::brstackinsn) || has(ScriptField::brstackinsnlen);
  }
  constexpr void add(ScriptField field) { bits_ |= static_cast<std::uint64_t>(field); }
  constexpr void remove(ScriptField field) { bits_ &= ~static_cast<std::uint64_t>(field); }
  friend bool operator==(const FieldSet&, const FieldSet&) = default;

 private:
  std::uint64_t bits_ = 0;
};

/// What `-F` chose. A field that the user did not name is left out where an event does not have it.
struct FieldChoice {
  FieldSet shown;
  FieldSet named;    ///< by the user
  FieldSet unnamed;  ///< of the default, and not named
  FieldSet of_made;  ///< shown too, of samples that --itrace makes
};

/// What `-F` chose for events of each type.
class FieldChoices {
 public:
  /// The same for all.
  explicit FieldChoices(const FieldChoice& all) { of_type_.fill(all); }

  [[nodiscard]] const FieldChoice& of(const EventDesc& event) const;
  /// For events of any type.
  [[nodiscard]] bool shows(ScriptField field) const;
  [[nodiscard]] bool shows_branch_code() const;
  void hide(ScriptField field);
  /// Another list of `-F`, which changes the choice so far: `type:` in front of it says of which events.
  /// @return usage, naming the valid fields or types
  Status change(std::string_view list);

 private:
  static constexpr std::size_t kTypes = 7;
  std::array<FieldChoice, kTypes> of_type_;
};

/// comm, tid, cpu, time, period, event, trace, synth, bpf-output, ip, sym, symoff, dso, callchain; as in the kernel's
/// tool, period and, without a call chain, the place are left out for tracepoints, and period for what has synth.
FieldChoices default_fields();

/// Parses the kernel tool's field lists, one an option: names separated by commas that replace the default, or `+name`
/// and `-name` that change it; the two forms do not mix in one list. `hw:`, `sw:`, `trace:`, `raw:`, `break:` and
/// `synth:` in front are for events of this type alone: hardware, software, tracepoints, raw events of the CPU,
/// breakpoints, and what --itrace makes. No list, and an empty one, is the default.
/// @return usage, naming the valid fields or types
Result<FieldChoices> parse_fields(std::span<const std::string> lists);
/// Of one list.
Result<FieldChoices> parse_fields(const std::string& list);
/// All field names, separated by commas.
std::string field_names();

/// The fields that samples of each event have, out of `choices`.
/// @return unsupported when the user named a field that samples of no event carry
Result<std::vector<FieldSet>> fields_of_events(const EventTable& events, const FieldChoices& choices);

}  // namespace simdprof::cmd
