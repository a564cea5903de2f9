#include "lib/symbols/kallsyms.h"

#include <gtest/gtest.h>

#include <string>

namespace simdprof {
namespace {

constexpr const char* kText =
    "ffffffff81000000 T _stext\n"
    "ffffffff81000000 T _text\n"
    "ffffffff81000100 T do_one\n"
    "ffffffff81000180 t helper\n"
    "ffffffff81000200 W weak_one\n"
    "ffffffff81000200 T strong_one\n"
    "ffffffff82000000 r constant\n"
    "ffffffffc0000000 t first\t[nf_tables]\n"
    "ffffffffc0000040 t second\t[nf_tables]\n";

TEST(Kallsyms, FindsTheSymbolThatStartsBefore) {
  const auto kernel = parse_kallsyms(kText);
  ASSERT_TRUE(kernel);
  const SymbolTable& table = (*kernel)->table;
  EXPECT_EQ(table.find(0xffffffff8100017f)->name, "do_one");
  EXPECT_EQ(table.find(0xffffffff81000180)->name, "helper");
  EXPECT_EQ(table.find(0xffffffff81000210)->name, "strong_one");
  EXPECT_EQ((*kernel)->image_text, 0xffffffff81000000U);
  EXPECT_EQ((*kernel)->image_stext, 0xffffffff81000000U);
}

TEST(Kallsyms, NamesTheModuleOfASymbol) {
  const auto kernel = parse_kallsyms(kText);
  ASSERT_TRUE(kernel);
  const Symbol* symbol = (*kernel)->table.find(0xffffffffc0000050);
  ASSERT_NE(symbol, nullptr);
  EXPECT_EQ(kallsyms_name(symbol->name), "second");
  EXPECT_EQ(kallsyms_module(symbol->name), "nf_tables");
  EXPECT_EQ(kallsyms_module("do_one"), "");
}

TEST(Kallsyms, AllZeroMeansHidden) {
  const auto kernel = parse_kallsyms("0000000000000000 T _text\n0000000000000000 t helper\n");
  ASSERT_FALSE(kernel);
  EXPECT_EQ(kernel.error().code, Errc::permission);
}

TEST(Kallsyms, CutLinesAreRefusedWithTheirPlace) {
  const std::string text = "ffffffff81000000 T _text\nffffffff81000100 T";
  const auto kernel = parse_kallsyms(text);
  ASSERT_FALSE(kernel);
  EXPECT_EQ(kernel.error().code, Errc::malformed);
  EXPECT_EQ(kernel.error().offset, 25U);
  for (const char* bad : {"x", "ffffffff81000000", "ffffffff81000000 T ", "zz T name\n", "\n"}) {
    EXPECT_FALSE(parse_kallsyms(bad)) << bad;
  }
}

TEST(Kallsyms, ModulesHaveTheirLoadAddress) {
  const auto modules = parse_modules(
      "nf_tables 258048 0 - Live 0xffffffffc0000000\n"
      "fuse 176128 1 - Live 0x0000000000000000\n"
      "broken line\n");
  ASSERT_EQ(modules.size(), 1U) << "0 is hidden, not an address";
  EXPECT_EQ(modules.at("nf_tables"), 0xffffffffc0000000U);
}

}  // namespace
}  // namespace simdprof
