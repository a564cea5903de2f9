#include "lib/symbols/kernel_resolver.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/lib/symbols/own_process.h"

namespace simdprof {
namespace {

/// Address and name of one function of the running kernel; address 0 when they are hidden from this user.
struct Listed {
  VirtAddr address = 0;
  std::string name;
};
Listed find_listed(const std::string& wanted) {
  std::ifstream list("/proc/kallsyms");
  for (std::string line; std::getline(list, line);) {
    const std::size_t name = line.find(' ', line.find(' ') + 1) + 1;
    if (line.substr(name) == wanted) return {std::stoull(line, nullptr, 16), wanted};
  }
  return {};
}

SymbolOptions options_for(const std::string& release) {
  SymbolOptions options;
  options.kernel_release = release;
  return options;
}

TEST(KernelResolver, NamesFunctionsOfTheRunningKernel) {
  const Listed listed = find_listed("schedule");
  if (listed.address == 0) GTEST_SKIP() << "kernel addresses are hidden from this user";
  InternedText text;
  const SymbolOptions options = options_for(test::release());
  KernelResolver kernel(options);
  const Location location = kernel.locate(listed.address + 1, nullptr, nullptr, text);
  EXPECT_EQ(location.symbol, "schedule");
  EXPECT_EQ(location.symbol_offset, 1U);
  EXPECT_EQ(location.dso, "[kernel.kallsyms]");
}

TEST(KernelResolver, FollowsAKernelThatStoodElsewhereWhenItWasRecorded) {
  const Listed listed = find_listed("schedule");
  const Listed base = find_listed("_text");
  if (listed.address == 0 || base.address == 0) GTEST_SKIP() << "kernel addresses are hidden from this user";
  InternedText text;
  const SymbolOptions options = options_for(test::release());
  KernelResolver kernel(options);
  constexpr std::uint64_t kSlide = 0x2a00000;
  Mapping image;
  image.path = "[kernel.kallsyms]_text";
  image.file_offset = base.address + kSlide;
  const Location location = kernel.locate(listed.address + kSlide + 1, nullptr, &image, text);
  EXPECT_EQ(location.symbol, "schedule");
}

TEST(KernelResolver, OfAnotherReleaseIsHidden) {
  InternedText text;
  const SymbolOptions options = options_for("2.6.32-not-this-one");
  KernelResolver kernel(options);
  const Location location = kernel.locate(0xffffffff81000010, nullptr, nullptr, text);
  EXPECT_EQ(location.reason, Unresolved::kernel_hidden);
  EXPECT_TRUE(location.symbol.empty());
  EXPECT_NE(kernel.problem().find("2.6.32-not-this-one"), std::string::npos) << kernel.problem();
}

TEST(KernelResolver, OfAnotherBuildIsHidden) {
  if (!std::ifstream("/sys/kernel/notes").good()) GTEST_SKIP() << "this kernel does not tell its build id";
  InternedText text;
  SymbolOptions options = options_for(test::release());
  options.kernel_build_id = "0123456789abcdef0123456789abcdef01234567";
  KernelResolver kernel(options);
  EXPECT_EQ(kernel.locate(0xffffffff81000010, nullptr, nullptr, text).reason, Unresolved::kernel_hidden);
}

TEST(KernelResolver, NamesKernelSymbolsThatTheRecordingTold) {
  InternedText text;
  const SymbolOptions options = options_for("2.6.32-not-this-one");
  KernelResolver kernel(options);
  Mapping program;
  program.start = 0xffffffffc0500000;
  program.end = 0xffffffffc0500080;
  program.path = "bpf_prog_6deef7357e7b4530";
  program.kernel_symbol = true;
  const Location location = kernel.locate(0xffffffffc0500010, &program, nullptr, text);
  EXPECT_EQ(location.symbol, "bpf_prog_6deef7357e7b4530");
  EXPECT_EQ(location.symbol_offset, 0x10U);
  EXPECT_EQ(location.reason, Unresolved::resolved);
}

TEST(KernelResolver, NamesTheModuleOfAnAddressWithoutSymbols) {
  InternedText text;
  const SymbolOptions options = options_for("2.6.32-not-this-one");
  KernelResolver kernel(options);
  Mapping module;
  module.start = 0xffffffffc0000000;
  module.end = 0xffffffffc0004000;
  module.path = "/lib/modules/2.6.32/kernel/net/nf-tables.ko.xz";
  const Location location = kernel.locate(0xffffffffc0000010, &module, nullptr, text);
  EXPECT_EQ(location.dso, "[nf_tables]");
  EXPECT_EQ(location.reason, Unresolved::kernel_hidden);
}

}  // namespace
}  // namespace simdprof
