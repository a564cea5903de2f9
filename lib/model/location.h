#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "lib/base/units.h"

namespace simdprof {

/// Why an address has no symbol. Unknown is a value with a reason, never a guess.
enum class Unresolved : std::uint8_t {
  resolved,
  no_map,            ///< no mapping of the process covers the address
  anonymous_map,     ///< mapped, but by no file (JIT code, stack)
  no_file,           ///< the file is not here
  build_id_differs,  ///< a file is there, but it is not the one that was recorded
  unreadable,        ///< not an ELF file, or damaged
  no_symbols,        ///< the file has neither symbol table nor debug information
  outside_symbols,   ///< no symbol covers the address
  kernel_hidden,     ///< kallsyms is restricted (kptr_restrict, not root) or of another kernel
  guest,             ///< guest address: host symbols do not apply
};
std::string_view unresolved_name(Unresolved reason);

/// One function of an inline chain.
struct SourceFrame {
  std::string_view function;  ///< demangled; empty when unknown
  std::string_view file;      ///< source file; empty when unknown
  std::uint32_t line = 0;     ///< 0 when unknown
  bool inlined = false;       ///< inlined into the next frame of the chain
};

/// Where an address is. All text lives as long as the resolver that made it, and equal text has equal data pointers.
struct Location {
  VirtAddr address = 0;
  std::string_view dso;           ///< short name: "libc.so.6", "[kernel.kallsyms]", "[vdso]", "[unknown]"
  std::string_view dso_path;      ///< as mapped
  std::uint64_t dso_address = 0;  ///< address in the ELF file (what addr2line takes), or the offset for anonymous maps
  std::string_view symbol;        ///< demangled; empty when unresolved
  std::uint64_t symbol_offset = 0;
  Unresolved reason = Unresolved::no_map;
  std::span<const SourceFrame>
      frames;  ///< innermost first, last is the physical function; empty when not asked for or unknown
};

}  // namespace simdprof
