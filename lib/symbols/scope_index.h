#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace simdprof {

/// The functions of one compile unit and what was inlined into them, with an interval table from address to the
/// innermost of them. Built by one walk over the unit.
class ScopeIndex {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  struct Scope {
    Dwarf_Die die{};
    std::uint32_t parent = kNone;  ///< enclosing function or inlined function; kNone for a function
    std::uint32_t call_file = 0;   ///< of an inlined function: index in the unit's file table
    std::uint32_t call_line = 0;   ///< 0: not told
    bool inlined = false;
    std::string_view name;  ///< filled by the user of the index; no data: not yet
  };
  struct Range {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
  };

  ScopeIndex() = default;
  /// @param unit  the unit's DIE, of the split unit if there is one
  explicit ScopeIndex(Dwarf_Die unit);

  /// Innermost function at `address`, or kNone.
  [[nodiscard]] std::uint32_t find(std::uint64_t address) const;
  [[nodiscard]] Scope& scope(std::uint32_t index) { return scopes_[index]; }
  /// Ranges of the functions themselves: for units that do not tell their own.
  [[nodiscard]] std::vector<Range> function_ranges() const;

 private:
  struct Interval {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    std::uint32_t scope = kNone;
  };
  struct Segment {
    std::uint64_t start = 0;
    std::uint32_t scope = kNone;  ///< from start to the next segment's start
  };

  void walk(Dwarf_Die unit);
  std::uint32_t add(Dwarf_Die& die, int tag, std::uint32_t parent);
  void flatten();
  void cover(std::uint64_t start, std::uint32_t scope);

  std::vector<Scope> scopes_;        ///< parents before children
  std::vector<Interval> intervals_;  ///< in the order of scopes_
  std::vector<Segment> segments_;    ///< ascending
};

/// Address ranges of a DIE (DW_AT_low_pc and high_pc, or DW_AT_ranges), at most a bounded number.
std::vector<ScopeIndex::Range> die_ranges(Dwarf_Die& die);

}  // namespace simdprof
