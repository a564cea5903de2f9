#include "lib/symbols/scope_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "lib/symbols/elf_image.h"
#include "tests/lib/symbols/mapped_file.h"

namespace simdprof {
namespace {

/// Every function of a program with deep inlining: libdw itself is asked whether the DIE found holds the address.
class ScopesOf : public testing::TestWithParam<const char*> {};

TEST_P(ScopesOf, TheInnermostFunctionAndAllAroundItHoldTheAddress) {
  const std::string path = test::program(GetParam());
  auto image = ElfImage::open(*open_to_read(path), path, {});
  ASSERT_TRUE(image) << render_error(image.error());
  Dwarf_Addr bias = 0;
  Dwarf* dwarf = (*image)->dwarf(bias);
  ASSERT_NE(dwarf, nullptr);
  std::size_t addresses = 0;
  std::size_t deepest = 0;
  Dwarf_Off offset = 0;
  Dwarf_Off next = 0;
  for (std::size_t header = 0; dwarf_nextcu(dwarf, offset, &next, &header, nullptr, nullptr, nullptr) == 0;
       offset = next) {
    Dwarf_Die unit{};
    ASSERT_NE(dwarf_offdie(dwarf, offset + header, &unit), nullptr);
    ScopeIndex index{unit};
    for (const ScopeIndex::Range& range : index.function_ranges()) {
      for (std::uint64_t address = range.start; address < range.end; address += 3) {
        std::size_t depth = 0;
        std::uint32_t found = index.find(address);
        ASSERT_NE(found, ScopeIndex::kNone) << std::hex << address;
        for (; found != ScopeIndex::kNone; found = index.scope(found).parent, ++depth) {
          ScopeIndex::Scope& scope = index.scope(found);
          ASSERT_EQ(dwarf_haspc(&scope.die, address), 1) << std::hex << address;
          EXPECT_EQ(scope.inlined, scope.parent != ScopeIndex::kNone)
              << "the outermost is a function, the others are inlined";
        }
        deepest = std::max(deepest, depth);
        ++addresses;
      }
    }
  }
  EXPECT_GT(addresses, 100U);
  EXPECT_GE(deepest, 3U) << "the program is made of deep inlining";
}

INSTANTIATE_TEST_SUITE_P(Programs, ScopesOf, testing::Values("symbols_inline_dwarf4", "symbols_inline_dwarf5"));

TEST(ScopeIndex, AnEmptyIndexFindsNothing) {
  const ScopeIndex index;
  EXPECT_EQ(index.find(0x401000), ScopeIndex::kNone);
  EXPECT_TRUE(index.function_ranges().empty());
}

}  // namespace
}  // namespace simdprof
