#include "lib/symbols/symbol_table.h"

#include <algorithm>
#include <string>
#include <utility>

#include "lib/symbols/demangle.h"

namespace simdprof {
namespace {

// How far find() looks back for a symbol that encloses the nearest ones, in symbols: nesting is rare and shallow.
constexpr std::size_t kLookBack = 64;
// A last symbol of unknown size reaches to the end of the next page, as in perf.
constexpr std::uint64_t kPageBytes = 4096;

std::size_t leading_underscores(std::string_view name) { return std::min(name.find_first_not_of('_'), name.size()); }

/// Names compare as they are shown, so a mangled C++ name has no underscores.
std::string shown_name(const Symbol& symbol) {
  std::string name(symbol.name);
  if (auto demangled = demangle(name.c_str())) return *std::move(demangled);
  return name;
}

const Symbol& better_name(const Symbol& first, const Symbol& second) {
  if (first.name == second.name) return first;
  const std::string a = shown_name(first);
  const std::string b = shown_name(second);
  const std::size_t underscores_a = leading_underscores(a);
  const std::size_t underscores_b = leading_underscores(b);
  if (underscores_a != underscores_b) return underscores_a < underscores_b ? first : second;
  return a.size() < b.size() ? second : first;
}

/// Gives symbols of unknown size their end: of aliases to the last, as perf does. That names `__x64_sys_getppid`, not
/// `__ia32_sys_getppid`, in kallsyms. Beside an alias of known size they stay empty, so they cover nothing.
void end_sizeless(std::vector<Symbol>& symbols) {
  for (std::size_t first = 0; first < symbols.size();) {
    const std::uint64_t start = symbols[first].start;
    std::size_t next = first;
    bool known = false;
    for (; next < symbols.size() && symbols[next].start == start; ++next) known |= symbols[next].end != start;
    const std::uint64_t page_end = (start | (kPageBytes - 1)) + kPageBytes;
    const std::uint64_t reach = next < symbols.size() ? symbols[next].start : std::max(page_end, start);
    Symbol& last = symbols[next - 1];
    if (!known) last.end = last.limit > start ? std::min(reach, last.limit) : reach;
    first = next;
  }
}

}  // namespace

const Symbol& better_symbol(const Symbol& first, const Symbol& second) {
  const bool sized_first = first.end != first.start;
  const bool sized_second = second.end != second.start;
  if (sized_first != sized_second) return sized_first ? first : second;
  if (first.untyped != second.untyped) return first.untyped ? second : first;
  const bool weak_first = first.binding == Symbol::Binding::weak;
  const bool weak_second = second.binding == Symbol::Binding::weak;
  if (weak_first != weak_second) return weak_first ? second : first;
  const bool global_first = first.binding == Symbol::Binding::global;
  const bool global_second = second.binding == Symbol::Binding::global;
  if (global_first != global_second) return global_first ? first : second;
  return better_name(first, second);
}

SymbolTable::SymbolTable(std::vector<Symbol> symbols) : symbols_(std::move(symbols)) {
  std::ranges::stable_sort(symbols_, {}, &Symbol::start);
  end_sizeless(symbols_);
}

const Symbol* SymbolTable::find(std::uint64_t address) const {
  const auto above = std::partition_point(symbols_.begin(), symbols_.end(),
                                          [&](const Symbol& symbol) { return symbol.start <= address; });
  const Symbol* best = nullptr;
  std::size_t steps = 0;
  for (auto place = above; place != symbols_.begin();) {
    --place;
    if (best != nullptr && place->start != best->start) break;
    if (best == nullptr && ++steps > kLookBack) break;
    if (address >= place->end) continue;
    best = best == nullptr ? &*place : &better_symbol(*place, *best);
  }
  return best;
}

}  // namespace simdprof
