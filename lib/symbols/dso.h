#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/model/location.h"
#include "lib/symbols/elf_image.h"
#include "lib/symbols/file_search.h"
#include "lib/symbols/frame_rules.h"
#include "lib/symbols/interned_text.h"
#include "lib/symbols/line_index.h"
#include "lib/symbols/resolver.h"
#include "lib/symbols/symbol_table.h"

namespace simdprof {

/// Symbols with the names that are shown for them, made when first asked for.
class NamedSymbols {
 public:
  NamedSymbols() = default;
  NamedSymbols(SymbolTable table, bool demangle) : table_(std::move(table)), demangle_(demangle) {
    shown_.resize(table_.all().size());
  }

  [[nodiscard]] const SymbolTable& table() const { return table_; }
  /// Demangled name of a symbol of this table, kept in `text`.
  std::string_view shown_name(const Symbol& symbol, InternedText& text);

 private:
  SymbolTable table_;
  std::vector<std::string_view> shown_;  ///< by index; no data: not yet made
  bool demangle_ = true;
};

/// One mapped file, loaded once for all processes that map it.
struct Dso {
  std::string_view name;  ///< short name, as shown
  std::string_view path;  ///< as mapped
  Unresolved reason = Unresolved::resolved;
  std::string detail;               ///< what is wrong, when reason is not resolved
  std::unique_ptr<ElfImage> image;  ///< nullptr when reason is not resolved (no_symbols: present)
  NamedSymbols symbols;
  std::unique_ptr<LineIndex> lines;  ///< made when first asked for
  bool lines_tried = false;
  std::unique_ptr<FrameRules> frame_rules;  ///< made when a stack is first unwound through the file
};

/// Source places of a file, or nullptr when it has no debug information.
LineIndex* lines_of(Dso& dso, InternedText& text, bool demangle);

/// What a mapping's path says about it.
enum class MapKind : std::uint8_t { file, vdso, anonymous };
MapKind map_kind(std::string_view path);
/// Name of a mapping as reports show it: "libc.so.6", "[vdso]", "//anon".
std::string_view short_name(std::string_view path);

/// Place of `address` in the file of its mapping. A vdso is one image: some kernels give its address as its offset.
FileOffset offset_in_file(const Mapping& mapping, VirtAddr address);

/// The vdso, when the recording's kernel is this one.
FoundFile find_vdso(const SymbolOptions& options, std::string_view build_id);

/// Finds and loads the file of a mapping; never fails, but `reason` tells.
std::unique_ptr<Dso> load_dso(const SymbolOptions& options, std::string_view path, std::string_view build_id,
                              InternedText& text);

}  // namespace simdprof
