// Symbols and lines of real binaries of other machines, out of the folder of real inputs.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/lib/symbols/mapped_file.h"

namespace simdprof {
namespace {

using test::MappedFile;

struct Expected {
  const char* file;
  const char* function;  ///< as in the symbol table
  const char* shown;
  const char* source;  ///< end of the source file's name; empty: no debug information
};

class CorpusBinary : public testing::TestWithParam<Expected> {};

/// Place in the file of a function, as readelf tells it.
FileOffset offset_of(const std::string& path, const std::string& function) {
  const std::string line =
      test::output_of("readelf -Ws " + path + " | awk '$8 == \"" + function + "\" {print $2; exit}'");
  if (line.empty()) return 0;
  const std::uint64_t address = std::stoull(line, nullptr, 16);
  for (const ElfImage::Segment& segment : test::code_of(path)) {
    if (address >= segment.address && address - segment.address < segment.file_bytes) {
      return address - segment.address + segment.offset;
    }
  }
  return 0;
}

TEST_P(CorpusBinary, NamesItsFunctions) {
  const Expected& expected = GetParam();
  const std::string path = std::string(SIMDPROF_CORPUS_DIR "/") + expected.file;
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  const FileOffset offset = offset_of(path, expected.function);
  ASSERT_NE(offset, 0U) << expected.function;
  MappedFile file(path);
  const Location location = file.lines_at_offset(offset + 4);
  EXPECT_EQ(location.symbol, expected.shown);
  if (*expected.source == '\0') {
    EXPECT_TRUE(location.frames.empty());
    return;
  }
  ASSERT_FALSE(location.frames.empty());
  EXPECT_TRUE(location.frames.back().file.ends_with(expected.source)) << location.frames.back().file;
  EXPECT_GT(location.frames.back().line, 0U);
}

INSTANTIATE_TEST_SUITE_P(Corpus, CorpusBinary,
                         testing::Values(Expected{"elf/simpleperf_runtest_two_functions_arm64", "_Z9Function1v",
                                                  "Function1()", "two_functions.cpp"},
                                         Expected{"elf/simpleperf_runtest_two_functions_x86_64", "_Z9Function2v",
                                                  "Function2()", "two_functions.cpp"},
                                         Expected{"elf/simpleperf_runtest_two_functions_x86", "_Z9Function1v",
                                                  "Function1()", "two_functions.cpp"}),
                         [](const auto& param) {
                           std::string name = std::filesystem::path(param.param.file).filename().string();
                           return name;
                         });

TEST(CorpusMiniDebugInfo, NamesAFunctionThatNoOtherTableHas) {
  const std::string path = SIMDPROF_CORPUS_DIR "/symfs/simpleperf/elf_with_mini_debug_info";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  MappedFile file(path);
  // The hot address of its recording, which perf 6.1 shows as a number.
  const Location location = file.at_offset(0x51c);
  EXPECT_EQ(location.symbol, "GlobalFunc");
  EXPECT_EQ(location.symbol_offset, 0x1aU);
  EXPECT_EQ(location.dso_address, 0x40051cU);
}

}  // namespace
}  // namespace simdprof
