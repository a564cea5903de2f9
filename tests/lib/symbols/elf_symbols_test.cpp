#include "lib/symbols/elf_symbols.h"

#include <gtest/gtest.h>

#include "lib/base/fd.h"

extern "C" __attribute__((noinline, used)) int simdprof_elf_symbols_test_marker(int value) { return value * 3 + 1; }

namespace simdprof {
namespace {

TEST(LoadSymbols, FindsAFunctionOfThisProgramByItsName) {
  auto fd = open_to_read("/proc/self/exe");
  ASSERT_TRUE(fd);
  const auto image = ElfImage::open(std::move(*fd), "/proc/self/exe", {});
  ASSERT_TRUE(image) << render_error(image.error());
  InternedText text;
  const SymbolTable table = load_symbols(**image, text);
  const Symbol* marker = nullptr;
  for (const Symbol& symbol : table.all()) {
    if (symbol.name == "simdprof_elf_symbols_test_marker") marker = &symbol;
  }
  ASSERT_NE(marker, nullptr);
  EXPECT_GT(marker->end, marker->start);
  const Symbol* found = table.find(marker->end - 1);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->start, marker->start);
}

}  // namespace
}  // namespace simdprof
