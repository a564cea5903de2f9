#include "lib/symbols/line_index.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "lib/symbols/demangle.h"
#include "tests/lib/symbols/mapped_file.h"

namespace simdprof {
namespace {

using test::MappedFile;

struct Frame {
  std::string function;
  std::string file;
  unsigned line = 0;
};
using Chain = std::vector<Frame>;

std::string shown(const std::string& name) {
  const auto text = demangle(name.c_str());
  return text ? *text : name;
}

std::string plain(const std::string& path) { return std::filesystem::path(path).lexically_normal().string(); }

/// "FILE:LINE:COLUMN" or "FILE:LINE".
void set_place(Frame& frame, const std::string& text, bool column) {
  std::size_t end = text.size();
  if (column) end = text.rfind(':');
  const std::size_t colon = text.rfind(':', end - 1);
  frame.file = plain(text.substr(0, colon));
  if (frame.file == "??") frame.file.clear();
  frame.line = static_cast<unsigned>(std::atoi(text.c_str() + colon + 1));
}

/// What llvm-symbolizer says, one chain for each address; empty when it is not installed.
std::vector<Chain> ask_llvm(const std::string& file, const std::vector<std::uint64_t>& addresses) {
  const std::string list = testing::TempDir() + "/simdprof-addresses-" + std::to_string(getpid());
  std::ofstream out(list);
  for (const std::uint64_t address : addresses) out << "0x" << std::hex << address << "\n";
  out.close();
  std::istringstream text(test::output_of("PATH=$PATH:/usr/lib/llvm-14/bin; llvm-symbolizer --obj=" + file +
                                          " --no-demangle --inlines --print-address < " + list + " 2>/dev/null"));
  std::filesystem::remove(list);
  // "0xADDRESS", then pairs of a function (may be empty) and a place, then an empty line.
  std::vector<Chain> chains;
  for (std::string function, place; std::getline(text, function);) {
    if (function.starts_with("0x")) {
      chains.emplace_back();
      continue;
    }
    if (function.empty() && (text.peek() == '0' || text.peek() == EOF)) continue;
    if (!std::getline(text, place) || chains.empty()) break;
    Frame frame;
    frame.function = function == "??" ? "" : shown(function);
    set_place(frame, place, true);
    chains.back().push_back(std::move(frame));
  }
  return chains;
}

std::string text_of(const Chain& chain) {
  std::string text;
  for (const Frame& frame : chain)
    text += "\n    " + frame.function + " " + frame.file + ":" + std::to_string(frame.line);
  return text;
}

Chain chain_of(const Location& location) {
  Chain chain;
  for (const SourceFrame& frame : location.frames) {
    chain.push_back({std::string(frame.function), plain(std::string(frame.file)), frame.line});
  }
  // What has no debug information still has its symbol.
  if (chain.empty()) chain.push_back({std::string(location.symbol), "", 0});
  return chain;
}

/// llvm-symbolizer names the physical function from the symbol table, so both of its names are right.
bool same(const Chain& ours, const Chain& theirs, const Location& location) {
  if (ours.size() != theirs.size()) return false;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const bool last = i + 1 == ours.size();
    const bool same_name = ours[i].function == theirs[i].function || (last && location.symbol == theirs[i].function);
    if (!same_name || ours[i].file != theirs[i].file || ours[i].line != theirs[i].line) return false;
  }
  return true;
}

struct InlinedCase {
  const char* program;
  const char* theirs;  ///< what llvm-symbolizer reads: it does not follow .gnu_debugaltlink, but the code is the same
};

class InlinedProgram : public testing::TestWithParam<InlinedCase> {};

// Every address of the program's code, not only starts of instructions.
TEST_P(InlinedProgram, HasTheChainsOfLlvmSymbolizer) {
  const std::string path = test::program(GetParam().program);
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no dwz, or the compiler is not GCC";
  const auto code = test::code_of(path);
  ASSERT_EQ(code.size(), 1U) << path;
  std::vector<std::uint64_t> addresses;
  for (std::uint64_t i = 0; i < code[0].file_bytes; ++i) addresses.push_back(code[0].address + i);
  const auto theirs = ask_llvm(test::program(GetParam().theirs), addresses);
  if (theirs.empty()) GTEST_SKIP() << "llvm-symbolizer is not installed";
  ASSERT_EQ(theirs.size(), addresses.size());
  MappedFile file(path);
  std::size_t compared = 0;
  std::size_t equal = 0;
  std::size_t longest = 0;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const Location location = file.lines_at_offset(code[0].offset + i);
    // Linkage tables and start-up code have no debug information in either; what they print then is no line (a file
    // name is that of the symbol table's FILE entry).
    if (location.frames.empty() && theirs[i].size() == 1 && theirs[i][0].line == 0) continue;
    ++compared;
    const Chain ours = chain_of(location);
    longest = std::max(longest, ours.size());
    if (same(ours, theirs[i], location)) {
      ++equal;
    } else if (++shown <= 20) {
      std::printf("0x%zx\n  ours%s\n  theirs%s\n", static_cast<std::size_t>(addresses[i]), text_of(ours).c_str(),
                  text_of(theirs[i]).c_str());
    }
  }
  std::printf("%s: %zu of %zu addresses equal, longest chain %zu\n", GetParam().program, equal, compared, longest);
  EXPECT_GE(compared, 10000U);
  EXPECT_GE(equal * 1000, compared * 995) << "at least 99.5 %";
  EXPECT_GE(longest, 6U) << "the program is there to be inlined deeply";
}

INSTANTIATE_TEST_SUITE_P(LineIndex, InlinedProgram,
                         testing::Values(InlinedCase{"symbols_inline_dwarf4", "symbols_inline_dwarf4"},
                                         InlinedCase{"symbols_inline_dwarf5", "symbols_inline_dwarf5"},
                                         InlinedCase{"symbols_inline_nopie", "symbols_inline_nopie"},
                                         InlinedCase{"symbols_inline_split", "symbols_inline_split"},
                                         InlinedCase{"symbols_inline_dwz4", "symbols_inline_dwarf4"},
                                         InlinedCase{"symbols_inline_dwz5", "symbols_inline_dwarf5"}),
                         [](const auto& param) { return std::string(param.param.program); });

}  // namespace
}  // namespace simdprof
