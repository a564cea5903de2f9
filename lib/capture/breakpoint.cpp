#include "lib/capture/breakpoint.h"

#include <fmt/format.h>

#include "lib/capture/pmu.h"

namespace simdprof {
namespace {

// "rw", "x", ...: bits, or 0 when the letters are no access.
std::uint32_t parse_access(std::string_view letters) {
  std::uint32_t access = 0;
  for (const char letter : letters) {
    std::uint32_t bit = 0;
    if (letter == 'r') bit = kBreakpointRead;
    if (letter == 'w') bit = kBreakpointWrite;
    if (letter == 'x') bit = kBreakpointExecute;
    if (bit == 0 || (access & bit) != 0) return 0;
    access |= bit;
  }
  return access;
}

std::string_view take_until(std::string_view& text, std::string_view stops) {
  const std::string_view taken = text.substr(0, text.find_first_of(stops));
  text.remove_prefix(taken.size());
  return taken;
}

}  // namespace

Result<BreakpointText> parse_breakpoint_text(std::string_view text) {
  BreakpointText breakpoint;
  const auto address = parse_number(take_until(text, "/:"));
  if (!address) return fail(address.error());
  breakpoint.address = *address;
  if (text.starts_with('/')) {
    text.remove_prefix(1);
    const auto length = parse_number(take_until(text, ":"));
    if (!length) return fail(length.error());
    if (*length != 1 && *length != 2 && *length != 4 && *length != 8) {
      return fail(Errc::usage, fmt::format("a breakpoint covers 1, 2, 4 or 8 bytes, not {}", *length));
    }
    breakpoint.length = *length;
  }
  if (text.starts_with(':')) {
    std::string_view rest = text.substr(1);
    const std::string_view letters = take_until(rest, ":");
    breakpoint.access = parse_access(letters);
    if (breakpoint.access != 0) {
      text = rest;
    } else if (letters.find_first_of("rwx") != std::string_view::npos) {
      return fail(Errc::usage, fmt::format("'{}' is no access of a breakpoint; letters are r, w and x", letters));
    }
  }
  if (breakpoint.access == 0) breakpoint.access = kBreakpointRead | kBreakpointWrite;
  const bool executes = (breakpoint.access & kBreakpointExecute) != 0;
  if (executes && breakpoint.access != kBreakpointExecute) {
    return fail(Errc::usage, "a breakpoint on execution cannot watch reads or writes too");
  }
  if (breakpoint.length == 0) breakpoint.length = executes ? sizeof(long) : 4;
  if (text.starts_with(':')) text.remove_prefix(1);
  breakpoint.modifiers = text;
  return breakpoint;
}

}  // namespace simdprof
