#include "lib/symbols/symbol_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace simdprof {
namespace {

Symbol symbol_of(std::string_view name, std::uint64_t start, std::uint64_t size,
                 Symbol::Binding binding = Symbol::Binding::global) {
  Symbol symbol;
  symbol.name = name;
  symbol.start = start;
  symbol.end = start + size;
  symbol.binding = binding;
  return symbol;
}

std::string name_at(const SymbolTable& table, std::uint64_t address) {
  const Symbol* symbol = table.find(address);
  return symbol == nullptr ? "none" : std::string(symbol->name);
}

TEST(SymbolTable, FindsTheSymbolThatCoversAnAddress) {
  const SymbolTable table({symbol_of("b", 0x200, 0x10), symbol_of("a", 0x100, 0x10)});
  EXPECT_EQ(name_at(table, 0xff), "none");
  EXPECT_EQ(name_at(table, 0x100), "a");
  EXPECT_EQ(name_at(table, 0x10f), "a");
  EXPECT_EQ(name_at(table, 0x110), "none") << "a gap belongs to nobody";
  EXPECT_EQ(name_at(table, 0x20f), "b");
  EXPECT_EQ(name_at(SymbolTable(), 0x100), "none");
}

TEST(SymbolTable, ASymbolInsideAnotherIsPreferredAndTheOtherComesBackBehindIt) {
  const SymbolTable table({symbol_of("outer", 0x100, 0x100), symbol_of("inner", 0x140, 0x10)});
  EXPECT_EQ(name_at(table, 0x13f), "outer");
  EXPECT_EQ(name_at(table, 0x14f), "inner");
  EXPECT_EQ(name_at(table, 0x150), "outer");
}

TEST(SymbolTable, ASymbolOfUnknownSizeReachesToTheNext) {
  const SymbolTable table({symbol_of("label", 0x100, 0), symbol_of("next", 0x180, 0x10)});
  EXPECT_EQ(name_at(table, 0x17f), "label");
  EXPECT_EQ(name_at(table, 0x180), "next");
}

TEST(SymbolTable, ASymbolOfUnknownSizeEndsWithItsSection) {
  Symbol label = symbol_of("label", 0x100, 0);
  label.limit = 0x120;
  const SymbolTable table({label, symbol_of("next", 0x180, 0x10)});
  EXPECT_EQ(name_at(table, 0x11f), "label");
  EXPECT_EQ(name_at(table, 0x120), "none");
}

TEST(SymbolTable, TheLastSymbolOfUnknownSizeEndsWithTheNextPage) {
  const SymbolTable table({symbol_of("last", 0x1100, 0)});
  EXPECT_EQ(name_at(table, 0x2ffe), "last");
  EXPECT_EQ(name_at(table, 0x3000), "none");
}

TEST(SymbolTable, ALabelBesideASizedAliasCoversNothingBehindIt) {
  const SymbolTable table({symbol_of("label", 0x100, 0), symbol_of("sized", 0x100, 0x10), symbol_of("next", 0x180, 8)});
  EXPECT_EQ(name_at(table, 0x108), "sized");
  EXPECT_EQ(name_at(table, 0x110), "none");
}

// kallsyms has no sizes. There perf shows the last, whatever choose_best_symbol() would say of aliases that have them.
TEST(SymbolTable, OfAliasesThatHaveNoSizeTheLastOfTheFileIsShown) {
  const SymbolTable table({symbol_of("__do_sys_getppid", 0x100, 0, Symbol::Binding::local),
                           symbol_of("__ia32_sys_getppid", 0x100, 0), symbol_of("__x64_sys_getppid", 0x100, 0),
                           symbol_of("memset", 0x200, 0), symbol_of("__pi_memset", 0x200, 0)});
  EXPECT_EQ(name_at(table, 0x100), "__x64_sys_getppid");
  EXPECT_EQ(name_at(table, 0x1ff), "__x64_sys_getppid");
  EXPECT_EQ(name_at(table, 0x200), "__pi_memset");
}

// The rules of perf's choose_best_symbol(), each with the two given in both orders.
struct AliasCase {
  const char* rule;
  Symbol better;
  Symbol worse;
};
class Aliases : public testing::TestWithParam<AliasCase> {};

TEST_P(Aliases, TheBetterOneIsShownInEitherOrder) {
  const AliasCase& given = GetParam();
  EXPECT_EQ(name_at(SymbolTable({given.better, given.worse}), 0x100), given.better.name) << given.rule;
  EXPECT_EQ(name_at(SymbolTable({given.worse, given.better}), 0x100), given.better.name) << given.rule;
}

Symbol untyped(Symbol symbol) {
  symbol.untyped = true;
  return symbol;
}

INSTANTIATE_TEST_SUITE_P(
    SymbolTable, Aliases,
    testing::Values(
        AliasCase{"with a size", symbol_of("__a", 0x100, 8, Symbol::Binding::weak), symbol_of("b", 0x100, 0)},
        AliasCase{"typed", symbol_of("__a", 0x100, 8, Symbol::Binding::weak), untyped(symbol_of("b", 0x100, 8))},
        AliasCase{"not weak", symbol_of("__a", 0x100, 8, Symbol::Binding::local),
                  symbol_of("b", 0x100, 8, Symbol::Binding::weak)},
        AliasCase{"global", symbol_of("__a", 0x100, 8), symbol_of("b", 0x100, 8, Symbol::Binding::local)},
        AliasCase{"fewer underscores", symbol_of("a", 0x100, 8), symbol_of("__longer", 0x100, 8)},
        AliasCase{"longer", symbol_of("longer", 0x100, 8), symbol_of("short", 0x100, 8)},
        // _ZN1aC1Ev is shown as "a::a()": no underscores, six characters.
        AliasCase{"as shown", symbol_of("_ZN1aC1Ev", 0x100, 8), symbol_of("_ab", 0x100, 8)}));

TEST(SymbolTable, OfEqualAliasesTheFirstOfTheFileIsShown) {
  EXPECT_EQ(name_at(SymbolTable({symbol_of("aaa", 0x100, 8), symbol_of("bbb", 0x100, 8)}), 0x100), "aaa");
  EXPECT_EQ(name_at(SymbolTable({symbol_of("bbb", 0x100, 8), symbol_of("aaa", 0x100, 8)}), 0x100), "bbb");
}

}  // namespace
}  // namespace simdprof
