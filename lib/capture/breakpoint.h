#pragma once

#include <cstdint>
#include <string_view>

#include "lib/base/result.h"

namespace simdprof {

/// Access kinds of a hardware breakpoint. Source: uapi linux/hw_breakpoint.h.
enum BreakpointAccess : std::uint32_t {
  kBreakpointRead = 1,
  kBreakpointWrite = 2,
  kBreakpointExecute = 4,
};

/// `addr[/len][:rwx][:modifiers]`, the text after "mem:".
struct BreakpointText {
  std::uint64_t address = 0;
  std::uint64_t length = 0;    ///< bytes; without `/len` 4, or the size of a word for execution, as perf does
  std::uint32_t access = 0;    ///< BreakpointAccess bits; read and write without `:rwx`
  std::string_view modifiers;  ///< letters after the last ':'
};

/// @return usage when the address, length or access cannot be read, or a length the hardware has not (1, 2, 4, 8)
Result<BreakpointText> parse_breakpoint_text(std::string_view text);

}  // namespace simdprof
