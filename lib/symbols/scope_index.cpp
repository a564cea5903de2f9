#include "lib/symbols/scope_index.h"

#include <dwarf.h>

#include <algorithm>

namespace simdprof {
namespace {

// The deepest real nesting seen is about 60.
constexpr std::size_t kDepthLimit = 512;
// Bound on the ranges of one DIE, so that a damaged list does not fill the memory.
constexpr std::size_t kRangeLimit = std::size_t{1} << 18U;

std::uint32_t number_of(Dwarf_Die& die, unsigned attribute_name) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dwarf_attr(&die, attribute_name, &attribute) == nullptr || dwarf_formudata(&attribute, &value) != 0) return 0;
  return static_cast<std::uint32_t>(value);
}

/// Whether functions with code may stand below a DIE of this kind. Classes of C++ only declare theirs: the code of
/// their members stands beside them, with a DW_AT_specification; but classes inside a function (closures of lambdas)
/// hold it, and so do types of Rust and others.
bool may_hold_code(int tag, bool code_in_types) {
  switch (tag) {
    case DW_TAG_subprogram:
    case DW_TAG_inlined_subroutine:
    case DW_TAG_lexical_block:
    case DW_TAG_namespace:
    case DW_TAG_module:
    case DW_TAG_try_block:
    case DW_TAG_catch_block:
    case DW_TAG_with_stmt:
    case DW_TAG_entry_point: return true;
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
    case DW_TAG_union_type:
    case DW_TAG_interface_type:
    case DW_TAG_enumeration_type:
    case DW_TAG_variant_part: return code_in_types;
    default: return false;
  }
}

bool puts_code_in_types(Dwarf_Die& unit) {
  switch (dwarf_srclang(&unit)) {
    case DW_LANG_C:
    case DW_LANG_C89:
    case DW_LANG_C99:
    case DW_LANG_C11:
    case DW_LANG_C_plus_plus:
    case DW_LANG_C_plus_plus_03:
    case DW_LANG_C_plus_plus_11:
    case DW_LANG_C_plus_plus_14:
    case DW_LANG_Mips_Assembler: return false;
    default: return true;
  }
}

}  // namespace

std::vector<ScopeIndex::Range> die_ranges(Dwarf_Die& die) {
  std::vector<ScopeIndex::Range> ranges;
  Dwarf_Addr base = 0;
  Dwarf_Addr start = 0;
  Dwarf_Addr end = 0;
  for (std::ptrdiff_t next = 0; ranges.size() < kRangeLimit;) {
    next = dwarf_ranges(&die, next, &base, &start, &end);
    if (next <= 0) break;
    if (start < end) ranges.push_back({start, end});
  }
  return ranges;
}

ScopeIndex::ScopeIndex(Dwarf_Die unit) {
  walk(unit);
  flatten();
}

std::uint32_t ScopeIndex::add(Dwarf_Die& die, int tag, std::uint32_t parent) {
  const auto ranges = die_ranges(die);
  if (ranges.empty()) return parent;  // a declaration, or the abstract form of an inlined function
  Scope scope;
  scope.die = die;
  scope.inlined = tag == DW_TAG_inlined_subroutine;
  if (scope.inlined) {
    scope.parent = parent;
    scope.call_file = number_of(die, DW_AT_call_file);
    scope.call_line = number_of(die, DW_AT_call_line);
  }
  const auto index = static_cast<std::uint32_t>(scopes_.size());
  scopes_.push_back(scope);
  for (const Range& range : ranges) intervals_.push_back({range.start, range.end, index});
  return index;
}

void ScopeIndex::walk(Dwarf_Die unit) {
  struct Level {
    Dwarf_Die die{};
    std::uint32_t scope = kNone;  ///< what encloses the DIEs of this level
    bool in_function = false;     ///< also below the abstract form of one, which has no scope
  };
  const bool code_in_types = puts_code_in_types(unit);
  std::vector<Level> levels(1);
  // Every DIE visited lies behind the one before: damaged sibling references cannot make the walk come back.
  Dwarf_Off last_offset = dwarf_dieoffset(&unit);
  if (dwarf_child(&unit, &levels.back().die) != 0) return;
  while (!levels.empty()) {
    Level& level = levels.back();
    const Dwarf_Off offset = dwarf_dieoffset(&level.die);
    if (offset <= last_offset) return;
    last_offset = offset;
    const int tag = dwarf_tag(&level.die);
    std::uint32_t inner = level.scope;
    const bool is_function = tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
    if (is_function) inner = add(level.die, tag, level.scope);
    Level below;
    below.scope = inner;
    below.in_function = level.in_function || is_function;
    if (levels.size() < kDepthLimit && may_hold_code(tag, code_in_types || level.in_function) &&
        dwarf_child(&level.die, &below.die) == 0) {
      levels.push_back(below);
      continue;
    }
    while (!levels.empty()) {
      Dwarf_Die next{};
      if (dwarf_siblingof(&levels.back().die, &next) == 0) {
        levels.back().die = next;
        break;
      }
      levels.pop_back();
    }
  }
}

void ScopeIndex::cover(std::uint64_t start, std::uint32_t scope) {
  if (!segments_.empty() && segments_.back().start == start) {
    segments_.back().scope = scope;
  } else if (segments_.empty() || segments_.back().scope != scope) {
    segments_.push_back({start, scope});
  }
}

void ScopeIndex::flatten() {
  // Scopes stand parents first, so at one start the later one lies inside the earlier.
  std::ranges::stable_sort(intervals_, {}, &Interval::start);
  std::vector<Interval> open;  // enclosing intervals, the innermost last
  const auto close_until = [&](std::uint64_t address) {
    while (!open.empty() && open.back().end <= address) {
      const std::uint64_t end = open.back().end;
      open.pop_back();
      while (!open.empty() && open.back().end <= end) open.pop_back();
      cover(end, open.empty() ? kNone : open.back().scope);
    }
  };
  for (const Interval& interval : intervals_) {
    close_until(interval.start);
    open.push_back(interval);
    cover(interval.start, interval.scope);
  }
  close_until(~std::uint64_t{0});
}

std::uint32_t ScopeIndex::find(std::uint64_t address) const {
  const auto above = std::partition_point(segments_.begin(), segments_.end(),
                                          [&](const Segment& segment) { return segment.start <= address; });
  return above == segments_.begin() ? kNone : std::prev(above)->scope;
}

std::vector<ScopeIndex::Range> ScopeIndex::function_ranges() const {
  std::vector<Range> ranges;
  for (const Interval& interval : intervals_) {
    if (!scopes_[interval.scope].inlined) ranges.push_back({interval.start, interval.end});
  }
  return ranges;
}

}  // namespace simdprof
