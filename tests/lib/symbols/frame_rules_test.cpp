#include "lib/symbols/frame_rules.h"

#include <gtest/gtest.h>

#include "lib/base/fd.h"
#include "lib/symbols/elf_symbols.h"

extern "C" __attribute__((noinline, used)) int simdprof_frame_rules_test_marker(int value) { return value * 5 + 2; }

namespace simdprof {
namespace {

class FrameRulesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto fd = open_to_read("/proc/self/exe");
    ASSERT_TRUE(fd);
    auto opened = ElfImage::open(std::move(*fd), "/proc/self/exe", {});
    ASSERT_TRUE(opened) << render_error(opened.error());
    image_ = std::move(*opened);
  }

  [[nodiscard]] std::uint64_t address_of(std::string_view name) {
    table_ = load_symbols(*image_, text_);
    for (const Symbol& symbol : table_.all()) {
      if (symbol.name == name) return symbol.start;
    }
    return 0;
  }

  InternedText text_;
  SymbolTable table_;
  std::unique_ptr<ElfImage> image_;
};

#if defined(__x86_64__)
// At its first instruction every function is the same: the return address is at the stack pointer, the CFA 8 above it.
TEST_F(FrameRulesTest, AtAFunctionsEntryTheReturnAddressIsOnTopOfTheStack) {
  FrameRules rules(*image_);
  const std::uint64_t entry = address_of("simdprof_frame_rules_test_marker");
  ASSERT_NE(entry, 0U);
  const FrameRule& rule = rules.find(entry);
  ASSERT_TRUE(rule.known);
  EXPECT_FALSE(rule.signal);
  constexpr unsigned kRsp = 7;  // DWARF numbers of the x86-64 psABI
  constexpr unsigned kRip = 16;
  EXPECT_TRUE(rule.cfa_is_simple);
  EXPECT_EQ(rule.cfa_register, kRsp);
  EXPECT_EQ(rule.cfa_offset, 8);
  EXPECT_EQ(rule.return_register, kRip);
  EXPECT_EQ(rule.registers[kRip].kind, RegisterRule::Kind::at_cfa);
  EXPECT_EQ(rule.registers[kRip].offset, -8);
}
#endif

TEST_F(FrameRulesTest, AnAddressOutsideAllCodeHasNoRule) {
  FrameRules rules(*image_);
  EXPECT_FALSE(rules.find(~std::uint64_t{0} - 15).known);
  EXPECT_FALSE(rules.find(0).known);
}

}  // namespace
}  // namespace simdprof
