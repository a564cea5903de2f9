#include "lib/symbols/jit_map.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/lib/symbols/mapped_file.h"

namespace simdprof {
namespace {

TEST(JitMap, NamesTheCodeThatWasAnnounced) {
  const auto jit = parse_jit_map("7f0000001000 40 Function:~run script.js:1\n0x7f0000002000 0x10 other\n");
  ASSERT_NE(jit->table.find(0x7f000000103f), nullptr);
  EXPECT_EQ(jit->table.find(0x7f000000103f)->name, "Function:~run script.js:1");
  EXPECT_EQ(jit->table.find(0x7f0000001040), nullptr);
  EXPECT_EQ(jit->table.find(0x7f0000002000)->name, "other");
}

TEST(JitMap, TheLatestOfTwoEntriesForOneAddressHolds) {
  const auto jit = parse_jit_map("1000 40 oldone\n1000 40 newone\n");
  EXPECT_EQ(jit->table.find(0x1000)->name, "newone");
}

TEST(JitMap, LinesOfAnotherFormAreLeftOut) {
  const auto jit = parse_jit_map("\nx\n1000\n1000 40\n1000 0 empty\nffffffffffffffff 40 wraps\n2000 10 good\n3000 1");
  ASSERT_EQ(jit->table.all().size(), 1U);
  EXPECT_EQ(jit->table.all()[0].name, "good");
}

TEST(JitMap, IsUsedForAnonymousMappings) {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(testing::TempDir()) / ("simdprof-jit-" + std::to_string(getpid()));
  fs::create_directories(root / "tmp");
  std::ofstream(root / "tmp" / ("perf-" + std::to_string(test::kPid) + ".map")) << "7f0000001000 40 compiled_code\n";
  SymbolOptions options;
  options.symfs = root.string();
  test::MappedFile anonymous("//anon", options);
  const Location inside = anonymous.at_offset(0x1004);
  EXPECT_EQ(inside.symbol, "compiled_code");
  EXPECT_EQ(inside.symbol_offset, 4U);
  EXPECT_EQ(inside.dso, "[JIT] tid 42");
  EXPECT_EQ(anonymous.at_offset(0x2000).reason, Unresolved::anonymous_map);
  fs::remove_all(root);
}

TEST(JitMap, WithoutOneAnonymousMappingsHaveNoSymbols) {
  SymbolOptions options;
  options.symfs = "/nonexistent";
  test::MappedFile anonymous("//anon", options);
  const Location location = anonymous.at_offset(0x1004);
  EXPECT_EQ(location.dso, "//anon");
  EXPECT_EQ(location.reason, Unresolved::anonymous_map);
  EXPECT_EQ(location.dso_address, 0x1004U);
}

}  // namespace
}  // namespace simdprof
