#include "lib/symbols/plt_symbols.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "lib/symbols/elf_symbols.h"
#include "tests/lib/symbols/mapped_file.h"

namespace simdprof {
namespace {

#if defined(__x86_64__)
TEST(PltSymbols, NameEveryEntryAsTheDisassemblerDoes) {
  const std::string path = test::program("symbols_inline_nopie");
  // "0000000000401030 <memcpy@plt>:"
  const std::string listing = test::output_of("objdump -d --no-show-raw-insn " + path + " | grep '@plt>:$'");
  if (listing.empty()) GTEST_SKIP() << "objdump is not installed";
  auto fd = open_to_read(path);
  ASSERT_TRUE(fd);
  const auto image = ElfImage::open(*std::move(fd), path, {});
  ASSERT_TRUE(image);
  InternedText text;
  const SymbolTable table = load_symbols(**image, text);
  std::size_t entries = 0;
  for (std::size_t at = 0; at < listing.size(); at = listing.find('\n', at) + 1) {
    const std::uint64_t address = std::stoull(listing.substr(at, 16), nullptr, 16);
    const std::size_t name = listing.find('<', at) + 1;
    const std::string expected = listing.substr(name, listing.find('>', at) - name);
    const Symbol* symbol = table.find(address + 5);
    ASSERT_NE(symbol, nullptr) << expected;
    // objdump adds the version of the symbol's definition ("@GLIBC_2.2.5").
    EXPECT_EQ(symbol->name.substr(0, symbol->name.find('@')), expected.substr(0, expected.find('@')));
    EXPECT_TRUE(symbol->name.ends_with("@plt"));
    ++entries;
  }
  EXPECT_GT(entries, 5U);
}
#endif

TEST(PltSymbols, OfArm64AreDecodedFromTheirLoads) {
  const std::string path = SIMDPROF_CORPUS_DIR "/elf/simpleperf_runtest_two_functions_arm64";
  auto fd = open_to_read(path);
  if (!fd) GTEST_SKIP() << path << " is not here";
  const auto image = ElfImage::open(*std::move(fd), path, {});
  ASSERT_TRUE(image);
  InternedText text;
  std::vector<Symbol> symbols;
  append_plt_symbols(**image, text, symbols);
  std::set<std::string> names;
  for (const Symbol& symbol : symbols) names.emplace(symbol.name);
  EXPECT_TRUE(names.contains("__libc_init@plt")) << "what every Android program calls";
}

}  // namespace
}  // namespace simdprof
