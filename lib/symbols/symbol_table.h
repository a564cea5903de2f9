#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace simdprof {

/// One symbol of a file or of the kernel. `name` must live as long as the table.
struct Symbol {
  enum class Binding : std::uint8_t { local, global, weak };

  std::uint64_t start = 0;
  std::uint64_t end = 0;    ///< one past the last byte; equal to start: size unknown, see SymbolTable
  std::uint64_t limit = 0;  ///< where an unknown size must end (end of the section); 0: no limit
  std::string_view name;    ///< as the linker sees it
  Binding binding = Binding::local;
  bool untyped = false;  ///< STT_NOTYPE: a label of assembler code
};

/// Symbols sorted by address. A symbol of unknown size reaches to the next one; where several start at one place and
/// none has a size, the last of the file does, and the others cover nothing (symbols__fixup_end() of perf).
class SymbolTable {
 public:
  SymbolTable() = default;
  /// @param symbols  in the order of the file: among equals with a size the first wins
  explicit SymbolTable(std::vector<Symbol> symbols);

  /// The best symbol that covers `address`: the one that starts last, of aliases the one perf would choose; or nullptr.
  [[nodiscard]] const Symbol* find(std::uint64_t address) const;
  [[nodiscard]] std::span<const Symbol> all() const { return symbols_; }
  [[nodiscard]] std::size_t index_of(const Symbol& symbol) const {
    return static_cast<std::size_t>(&symbol - symbols_.data());
  }

 private:
  std::vector<Symbol> symbols_;
};

/// The one of two aliases that is shown. Source: choose_best_symbol() of perf (tools/perf/util/symbol.c, Linux 6.1):
/// with a size, typed, not weak, global, fewer leading underscores, longer name; else the first.
const Symbol& better_symbol(const Symbol& first, const Symbol& second);

}  // namespace simdprof
