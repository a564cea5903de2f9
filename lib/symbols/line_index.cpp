#include "lib/symbols/line_index.h"

#include <dwarf.h>

#include <algorithm>
#include <optional>
#include <string>

#include "lib/symbols/demangle.h"

namespace simdprof {
namespace {

/// The row of the line table that holds for `address`: the last one at or before it, unless that ends a sequence.
Dwarf_Line* find_row(Dwarf_Lines* lines, std::size_t count, std::uint64_t address) {
  std::size_t low = 0;
  std::size_t high = count;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    Dwarf_Addr at = 0;
    dwarf_lineaddr(dwarf_onesrcline(lines, middle), &at);
    if (at <= address) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == 0) return nullptr;
  Dwarf_Line* row = dwarf_onesrcline(lines, low - 1);
  bool ends = false;
  return dwarf_lineendsequence(row, &ends) == 0 && !ends ? row : nullptr;
}

const char* text_attribute(Dwarf_Die& die, unsigned name) {
  Dwarf_Attribute attribute;
  return dwarf_attr_integrate(&die, name, &attribute) == nullptr ? nullptr : dwarf_formstring(&attribute);
}

}  // namespace

LineIndex::LineIndex(Dwarf* dwarf, Dwarf_Addr bias, InternedText& text, bool demangle)
    : dwarf_(dwarf), bias_(bias), text_(text), demangle_(demangle) {
  load_units();
}

void LineIndex::load_units() {
  Dwarf_CU* unit = nullptr;
  Dwarf_Die die{};
  Dwarf_Die split{};
  std::uint8_t type = 0;
  while (dwarf_get_units(dwarf_, unit, &unit, nullptr, &type, &die, &split) == 0) {
    if (type != DW_UT_compile && type != DW_UT_skeleton) continue;
    const auto index = static_cast<std::uint32_t>(units_.size());
    Unit& added = units_.emplace_back();
    added.die = die;
    added.code = type == DW_UT_skeleton && split.addr != nullptr ? split : die;
    auto ranges = die_ranges(die);
    if (ranges.empty() && !dwarf_hasattr(&die, DW_AT_ranges) && !dwarf_hasattr(&die, DW_AT_low_pc)) {
      load(added);
      ranges = added.scopes.function_ranges();
    }
    for (const ScopeIndex::Range& range : ranges) ranges_.push_back({range.start, range.end, index});
  }
  std::ranges::stable_sort(ranges_, {}, &UnitRange::start);
}

void LineIndex::load(Unit& unit) {
  if (unit.loaded) return;
  unit.loaded = true;
  unit.scopes = ScopeIndex(unit.code);
  if (dwarf_getsrclines(&unit.die, &unit.lines, &unit.line_count) != 0) unit.line_count = 0;
  if (dwarf_getsrcfiles(&unit.die, &unit.files, &unit.file_count) != 0) unit.file_count = 0;
}

LineIndex::Unit* LineIndex::find_unit(std::uint64_t address) {
  const auto above = std::partition_point(ranges_.begin(), ranges_.end(),
                                          [&](const UnitRange& range) { return range.start <= address; });
  // Ranges of different units do not overlap in good files; one step back is enough there.
  constexpr std::ptrdiff_t kLookBack = 8;
  const auto first = above - std::min<std::ptrdiff_t>(kLookBack, above - ranges_.begin());
  for (auto place = above; place != first;) {
    --place;
    if (address < place->end) return &units_[place->unit];
  }
  return nullptr;
}

std::string_view LineIndex::file_name(Unit& unit, const char* path) {
  if (path == nullptr) return {};
  const auto [place, is_new] = unit.file_names.try_emplace(path);
  if (is_new) place->second = text_.intern(path);
  return place->second;
}

std::string_view LineIndex::called_from(Unit& unit, std::uint32_t file) {
  if (file >= unit.file_count) return {};
  return file_name(unit, dwarf_filesrc(unit.files, file, nullptr, nullptr));
}

std::string_view LineIndex::function_name(ScopeIndex::Scope& scope) {
  if (scope.name.data() != nullptr) return scope.name;
  const char* name = text_attribute(scope.die, DW_AT_linkage_name);
  if (name == nullptr) name = text_attribute(scope.die, DW_AT_MIPS_linkage_name);
  if (name == nullptr) name = text_attribute(scope.die, DW_AT_name);
  if (name == nullptr) return {};
  std::optional<std::string> shown;
  if (demangle_) shown = demangle(name);
  scope.name = text_.intern(shown ? *shown : std::string_view(name));
  return scope.name;
}

void LineIndex::locate_in(Unit& unit, std::uint64_t address, std::vector<SourceFrame>& frames) {
  SourceFrame frame;
  if (Dwarf_Line* row = find_row(unit.lines, unit.line_count, address); row != nullptr) {
    int line = 0;
    dwarf_lineno(row, &line);
    frame.line = line > 0 ? static_cast<std::uint32_t>(line) : 0;
    frame.file = file_name(unit, dwarf_linesrc(row, nullptr, nullptr));
  }
  std::uint32_t index = unit.scopes.find(address);
  while (index != ScopeIndex::kNone) {
    ScopeIndex::Scope& scope = unit.scopes.scope(index);
    frame.function = function_name(scope);
    frame.inlined = scope.inlined && scope.parent != ScopeIndex::kNone;
    frames.push_back(frame);
    frame = {};
    frame.file = called_from(unit, scope.call_file);
    frame.line = scope.call_line;
    index = scope.parent;
  }
  if (frames.empty() && (frame.line != 0 || !frame.file.empty())) frames.push_back(frame);
}

std::span<const SourceFrame> LineIndex::locate(std::uint64_t address, std::string_view symbol) {
  const auto [place, is_new] = known_.try_emplace(address);
  std::vector<SourceFrame>& frames = place->second;
  if (!is_new) return frames;
  const std::uint64_t dwarf_address = address - bias_;
  Unit* unit = find_unit(dwarf_address);
  if (unit == nullptr) return frames;
  load(*unit);
  locate_in(*unit, dwarf_address, frames);
  if (!frames.empty() && frames.back().function.empty()) frames.back().function = symbol;
  return frames;
}

}  // namespace simdprof
