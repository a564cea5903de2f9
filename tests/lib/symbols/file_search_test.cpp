#include "lib/symbols/file_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/lib/symbols/mapped_file.h"

namespace simdprof {
namespace {

namespace fs = std::filesystem;
using test::MappedFile;

constexpr const char* kSource = R"(
int simdprof_data = 5;
static __attribute__((noinline, used)) int hidden_helper(int a) { return a * simdprof_data; }
int shown_function(int a) { return hidden_helper(a) + 1; }
)";

/// A folder with one small library, compiled with debug information and a build id.
class SmallLibrary : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("simdprof-symbols-" + std::to_string(getpid()));
    fs::create_directories(folder_);
    std::ofstream(folder_ / "small.c") << kSource;
    if (!run(
            "gcc -O1 -g -shared -fPIC -Wl,--build-id=0x0123456789abcdef0123456789abcdef01234567 -o whole.so small.c")) {
      GTEST_SKIP() << "gcc is not installed";
    }
    const auto code = test::code_of(path("whole.so"));
    ASSERT_FALSE(code.empty());
    helper_ = offset_of("hidden_helper", code[0]);
    shown_ = offset_of("shown_function", code[0]);
    ASSERT_NE(helper_, 0U);
    ASSERT_NE(shown_, 0U);
  }
  void TearDown() override { fs::remove_all(folder_); }

  bool run(const std::string& command) const {
    return std::system(("cd " + folder_.string() + " && " + command + " 2>/dev/null").c_str()) == 0;
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  /// Place of a function in the file, as nm tells it.
  [[nodiscard]] FileOffset offset_of(const std::string& name, const ElfImage::Segment& code) const {
    const std::string line = test::output_of("nm " + path("whole.so") + " | grep ' " + name + "$'");
    return line.empty() ? 0 : std::stoull(line, nullptr, 16) - code.address + code.offset;
  }
  static constexpr std::string_view kId = "0123456789abcdef0123456789abcdef01234567";

  fs::path folder_;
  FileOffset helper_ = 0;
  FileOffset shown_ = 0;
};

TEST_F(SmallLibrary, HasItsFunctionsByTheSymbolTable) {
  MappedFile file(path("whole.so"));
  const Location helper = file.at_offset(helper_ + 1);
  EXPECT_EQ(helper.symbol, "hidden_helper");
  EXPECT_EQ(helper.symbol_offset, 1U);
  EXPECT_EQ(helper.dso, "whole.so");
  EXPECT_EQ(helper.dso_path, path("whole.so"));
  EXPECT_EQ(file.at_offset(shown_).symbol, "shown_function");
}

TEST_F(SmallLibrary, StrippedHasItsExportedFunctionsOnly) {
  ASSERT_TRUE(run("objcopy --strip-all whole.so bare.so"));
  MappedFile file(path("bare.so"));
  EXPECT_EQ(file.at_offset(shown_).symbol, "shown_function");
  const Location helper = file.at_offset(helper_);
  EXPECT_TRUE(helper.symbol.empty()) << helper.symbol;
  EXPECT_EQ(helper.reason, Unresolved::outside_symbols);
}

TEST_F(SmallLibrary, IsCompletedByItsDebugLink) {
  ASSERT_TRUE(
      run("objcopy --only-keep-debug whole.so whole.debug && "
          "objcopy --strip-all --remove-section=.note.gnu.build-id --add-gnu-debuglink=whole.debug whole.so "
          "linked.so"));
  MappedFile file(path("linked.so"));
  const Location helper = file.lines_at_offset(helper_);
  EXPECT_EQ(helper.symbol, "hidden_helper");
  ASSERT_EQ(helper.frames.size(), 1U);
  EXPECT_THAT(std::string(helper.frames[0].file), testing::EndsWith("small.c"));
  EXPECT_EQ(helper.frames[0].line, 3U);
}

TEST_F(SmallLibrary, IsNotCompletedByADebugLinkWithAnotherChecksum) {
  ASSERT_TRUE(
      run("objcopy --only-keep-debug whole.so whole.debug && "
          "objcopy --strip-all --remove-section=.note.gnu.build-id --add-gnu-debuglink=whole.debug whole.so "
          "linked.so && printf 'x' >> whole.debug"));
  MappedFile file(path("linked.so"));
  EXPECT_TRUE(file.at_offset(helper_).symbol.empty());
}

TEST_F(SmallLibrary, IsCompletedByItsBuildIdInADebugFolder) {
  ASSERT_TRUE(
      run("mkdir -p dbg/.build-id/01 && "
          "objcopy --only-keep-debug whole.so dbg/.build-id/01/23456789abcdef0123456789abcdef01234567.debug && "
          "objcopy --strip-all whole.so bare.so"));
  SymbolOptions options;
  options.debug_dirs = {path("dbg")};
  MappedFile file(path("bare.so"), options);
  EXPECT_EQ(file.at_offset(helper_).symbol, "hidden_helper");
}

TEST_F(SmallLibrary, ThatIsGoneIsFoundByItsBuildId) {
  ASSERT_TRUE(run("mkdir -p dbg/.build-id/01 && cp whole.so dbg/.build-id/01/23456789abcdef0123456789abcdef01234567"));
  SymbolOptions options;
  options.debug_dirs = {path("dbg")};
  options.build_ids["/gone/lib.so"] = kId;
  MappedFile file("/gone/lib.so", options);
  const Location helper = file.lines_at_offset(helper_);
  EXPECT_EQ(helper.symbol, "hidden_helper");
  EXPECT_EQ(helper.frames.size(), 1U);
}

TEST_F(SmallLibrary, HasMiniDebugInfo) {
  ASSERT_TRUE(
      run("objcopy --strip-all whole.so bare.so && objcopy --strip-debug whole.so mini && "
          "objcopy -S --keep-symbol=hidden_helper mini mini2 && xz -k mini2 && "
          "objcopy --add-section .gnu_debugdata=mini2.xz bare.so packed.so"));
  MappedFile file(path("packed.so"));
  EXPECT_EQ(file.at_offset(helper_).symbol, "hidden_helper");
  EXPECT_EQ(file.at_offset(shown_).symbol, "shown_function");
}

TEST_F(SmallLibrary, WithAnotherBuildIdIsNeverUsed) {
  SymbolOptions options;
  options.build_ids[path("whole.so")] = "ffff456789abcdef0123456789abcdef01234567";
  MappedFile file(path("whole.so"), options);
  const Location helper = file.lines_at_offset(helper_);
  EXPECT_EQ(helper.reason, Unresolved::build_id_differs);
  EXPECT_TRUE(helper.symbol.empty());
  EXPECT_TRUE(helper.frames.empty());
  const auto problems = file.resolver().problems();
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].path, path("whole.so"));
  EXPECT_EQ(problems[0].reason, Unresolved::build_id_differs);
  EXPECT_THAT(problems[0].detail, testing::HasSubstr("0123456789abcdef0123456789abcdef01234567"));
}

TEST_F(SmallLibrary, WithTheRecordedBuildIdIsUsed) {
  SymbolOptions options;
  options.build_ids[path("whole.so")] = kId;
  MappedFile file(path("whole.so"), options);
  EXPECT_EQ(file.at_offset(helper_).symbol, "hidden_helper");
  EXPECT_TRUE(file.resolver().problems().empty());
}

TEST_F(SmallLibrary, IsFoundBelowSymfs) {
  ASSERT_TRUE(run("mkdir -p root/usr/lib && cp whole.so root/usr/lib/small.so"));
  SymbolOptions options;
  options.symfs = path("root");
  MappedFile file("/usr/lib/small.so", options);
  EXPECT_EQ(file.at_offset(helper_).symbol, "hidden_helper");
}

TEST_F(SmallLibrary, ThatWasDeletedIsReplacedByTheSameFileOnly) {
  const std::string mapped = path("whole.so") + " (deleted)";
  SymbolOptions options;
  options.build_ids[mapped] = kId;
  MappedFile same(mapped, options);
  EXPECT_EQ(same.at_offset(helper_).symbol, "hidden_helper");
  options.build_ids[mapped] = "ffff456789abcdef0123456789abcdef01234567";
  MappedFile other(mapped, options);
  EXPECT_TRUE(other.at_offset(helper_).symbol.empty());
  MappedFile unknown(mapped);
  EXPECT_EQ(unknown.at_offset(helper_).reason, Unresolved::no_file) << "without a build id nothing tells";
}

TEST_F(SmallLibrary, ThatIsGoneSaysSo) {
  MappedFile file(path("never.so"));
  const Location location = file.at_offset(helper_);
  EXPECT_EQ(location.reason, Unresolved::no_file);
  EXPECT_EQ(location.dso, "never.so");
  EXPECT_EQ(location.dso_address, helper_) << "the offset is all that is known";
  ASSERT_EQ(file.resolver().problems().size(), 1U);
}

TEST_F(SmallLibrary, WithoutAnySymbolsSaysSo) {
  std::ofstream(folder_ / "empty.c") << "";
  ASSERT_TRUE(
      run("gcc -shared -nostdlib -o empty.so empty.c && objcopy --strip-all empty.so && "
          "objcopy --remove-section=.dynsym empty.so none.so || cp empty.so none.so"));
  MappedFile file(path("none.so"));
  EXPECT_EQ(file.at_offset(0).reason, Unresolved::no_symbols);
}

TEST_F(SmallLibrary, CutAnywhereIsRefusedOrReadWithoutHarm) {
  const auto loaded = load_text(path("whole.so"));
  ASSERT_TRUE(loaded);
  const std::string& whole = *loaded;
  ASSERT_GT(whole.size(), 4096U);
  for (std::size_t size = 0; size < whole.size(); size += size < 1024 ? 1 : 97) {
    std::ofstream(path("cut.so"), std::ios::binary | std::ios::trunc) << whole.substr(0, size);
    MappedFile file(path("cut.so"));
    const Location location = file.lines_at_offset(helper_);
    if (size < 64) {
      EXPECT_EQ(location.reason, Unresolved::unreadable) << size;
    }
    // A file cut behind its code has no section headers: no symbol may come from nowhere.
    EXPECT_TRUE(location.symbol.empty() || location.symbol == "hidden_helper") << size;
  }
}

TEST_F(SmallLibrary, ThatIsNoElfFileIsUnreadable) {
  std::ofstream(path("text.so")) << "this is text, and long enough to be mistaken for an ELF header by nobody at all";
  MappedFile file(path("text.so"));
  EXPECT_EQ(file.at_offset(16).reason, Unresolved::unreadable);
}

TEST_F(SmallLibrary, APipeOrAFolderIsNotOpened) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  MappedFile pipe(path("pipe"));
  EXPECT_EQ(pipe.at_offset(16).reason, Unresolved::no_file);
  MappedFile folder(folder_.string());
  EXPECT_EQ(folder.at_offset(16).reason, Unresolved::no_file);
}

TEST(BuildId, PaddedWithZerosIsTheSame) {
  EXPECT_TRUE(same_build_id("0123abcd", "0123abcd"));
  EXPECT_TRUE(same_build_id("0123abcd00000000", "0123abcd")) << "recorders pad to 20 bytes";
  EXPECT_FALSE(same_build_id("0123abcd00000001", "0123abcd"));
  EXPECT_FALSE(same_build_id("0123abcd", "0123abcd00"));
  EXPECT_FALSE(same_build_id("0123abcd", ""));
}

}  // namespace
}  // namespace simdprof
