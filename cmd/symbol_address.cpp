#include "cmd/symbol_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "lib/base/fd.h"
#include "lib/capture/pmu.h"
#include "lib/capture/proc_maps.h"
#include "lib/symbols/elf_symbols.h"

namespace simdprof::cmd {
namespace {

// Address of the symbol in the file, moved to where the mapping has put it.
std::optional<VirtAddr> find_in(const ProcMapping& mapping, Pid pid, const std::string& symbol) {
  auto fd = open_to_read(fmt::format("/proc/{}/root{}", pid, mapping.path));
  if (!fd) return std::nullopt;
  const auto image = ElfImage::open(std::move(*fd), mapping.path, DebugSearch{});
  if (!image) return std::nullopt;
  const auto mapped_at = (*image)->address_of(mapping.file_offset);
  if (!mapped_at) return std::nullopt;
  InternedText text;
  const SymbolTable symbols = load_symbols(**image, text);
  const auto found = std::find_if(symbols.all().begin(), symbols.all().end(),
                                  [&](const Symbol& candidate) { return candidate.name == symbol; });
  if (found == symbols.all().end()) return std::nullopt;
  return mapping.start + (found->start - *mapped_at);
}

}  // namespace

Result<VirtAddr> find_symbol_address(Pid pid, const std::string& symbol) {
  if (symbol.starts_with("0x")) return parse_number(symbol);
  const auto maps = load_text(fmt::format("/proc/{}/maps", pid));
  if (!maps) return fail(maps.error());
  for (const ProcMapping& mapping : parse_proc_maps(*maps)) {
    if ((mapping.prot & kMappingExecute) == 0 || !mapping.path.starts_with('/')) continue;
    if (const auto address = find_in(mapping, pid, symbol)) return *address;
  }
  return fail(Errc::not_found,
              fmt::format("--snapshot-at: no file that process {} has mapped has a function '{}'", pid, symbol));
}

}  // namespace simdprof::cmd
