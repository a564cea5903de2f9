#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "lib/model/location.h"
#include "lib/symbols/interned_text.h"
#include "lib/symbols/scope_index.h"

namespace simdprof {

/// Source places of one file's addresses. Units are read when an address first falls into them.
class LineIndex {
 public:
  /// @param dwarf      debug information; must outlive this
  /// @param bias       what to add to its addresses to get addresses of the file
  /// @param text       keeps names; must outlive this
  /// @param demangle   show names as the source language writes them
  LineIndex(Dwarf* dwarf, Dwarf_Addr bias, InternedText& text, bool demangle);

  /// Innermost frame first. Cached; the span lives as long as this.
  ///
  /// @param symbol  name of the physical function for when the debug information has none
  std::span<const SourceFrame> locate(std::uint64_t address, std::string_view symbol);

 private:
  struct Unit {
    Dwarf_Die die{};   ///< the unit or its skeleton: lines and files
    Dwarf_Die code{};  ///< the unit or its split unit: functions
    bool loaded = false;
    ScopeIndex scopes;
    Dwarf_Lines* lines = nullptr;
    std::size_t line_count = 0;
    Dwarf_Files* files = nullptr;
    std::size_t file_count = 0;
    std::unordered_map<const char*, std::string_view> file_names;  ///< by libdw's pointer
  };
  struct UnitRange {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    std::uint32_t unit = 0;
  };

  void load_units();
  void load(Unit& unit);
  Unit* find_unit(std::uint64_t address);
  std::string_view file_name(Unit& unit, const char* path);
  std::string_view called_from(Unit& unit, std::uint32_t file);
  std::string_view function_name(ScopeIndex::Scope& scope);
  void locate_in(Unit& unit, std::uint64_t address, std::vector<SourceFrame>& frames);

  Dwarf* dwarf_;
  Dwarf_Addr bias_;
  InternedText& text_;
  bool demangle_;
  std::vector<Unit> units_;
  std::vector<UnitRange> ranges_;  ///< ascending by start
  std::unordered_map<std::uint64_t, std::vector<SourceFrame>> known_;
};

}  // namespace simdprof
