#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/model/event.h"

namespace simdprof::cmd {

/// One bit a field of `script -F`.
enum class ScriptField : std::uint32_t {
  comm = 1U << 0U,
  tid = 1U << 1U,
  pid = 1U << 2U,
  time = 1U << 3U,
  cpu = 1U << 4U,
  period = 1U << 5U,
  event = 1U << 6U,
  addr = 1U << 7U,
  data_src = 1U << 8U,
  weight = 1U << 9U,
  ip = 1U << 10U,
  sym = 1U << 11U,
  symoff = 1U << 12U,
  dso = 1U << 13U,
  dsoff = 1U << 14U,
  srcline = 1U << 15U,
  callchain = 1U << 16U,
  iregs = 1U << 17U,
  uregs = 1U << 18U,
  brstack = 1U << 19U,
  phys_addr = 1U << 20U,
  misc = 1U << 21U,
  ins_lat = 1U << 22U,
  brstacksym = 1U << 23U,
  data_page_size = 1U << 24U,
  code_page_size = 1U << 25U,
  brstackoff = 1U << 26U,
  ipc = 1U << 27U,
  insn = 1U << 28U,
  insnlen = 1U << 29U,
  disasm = 1U << 30U,
};

class FieldSet {
 public:
  constexpr FieldSet() = default;
  [[nodiscard]] constexpr bool has(ScriptField field) const { return (bits_ & static_cast<std::uint32_t>(field)) != 0; }
  /// A field that is made of the code at the address.
  [[nodiscard]] constexpr bool has_code() const {
    return has(ScriptField::insn) || has(ScriptField::insnlen) || has(ScriptField::disasm);
  }
  constexpr void add(ScriptField field) { bits_ |= static_cast<std::uint32_t>(field); }
  constexpr void remove(ScriptField field) { bits_ &= ~static_cast<std::uint32_t>(field); }
  friend bool operator==(const FieldSet&, const FieldSet&) = default;

 private:
  std::uint32_t bits_ = 0;
};

/// What `-F` chose. A field that the user did not name is left out where an event does not have it.
struct FieldChoice {
  FieldSet shown;
  FieldSet named;  ///< by the user
};

/// comm, tid, cpu, time, period, event, ip, sym, symoff, dso, callchain.
FieldChoice default_fields();

/// Parses the kernel tool's field list: names separated by commas that replace the default, or `+name` and `-name` that
/// change it; the two forms do not mix. An empty list is the default.
/// @return usage, naming the valid fields
Result<FieldChoice> parse_fields(std::string_view list);
/// All field names, separated by commas.
std::string field_names();

/// The fields that samples of each event have, out of `choice`.
/// @return unsupported when the user named a field that samples of no event carry
Result<std::vector<FieldSet>> fields_of_events(const EventTable& events, const FieldChoice& choice);

}  // namespace simdprof::cmd
