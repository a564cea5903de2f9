#include "lib/symbols/source_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace simdprof {
namespace {

/// Files in a folder that is gone after the test.
class SourceFilesTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(folder_.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path_of(std::string_view name) const { return folder_ + "/" + std::string(name); }
  std::string write(std::string_view name, std::string_view text) const {
    const std::string path = path_of(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

 private:
  std::string folder_ = testing::TempDir() + "simdprof-source-XXXXXX";
};

TEST_F(SourceFilesTest, LinesAreCountedFromOne) {
  const std::string path = write("a.c", "first\n\n  third\n");
  SourceFiles files;
  EXPECT_EQ(files.find_line(path, 1), "first");
  EXPECT_EQ(files.find_line(path, 2), "");
  EXPECT_EQ(files.find_line(path, 3), "  third");
}

TEST_F(SourceFilesTest, ThereIsNoLineZeroAndNoneBehindTheEnd) {
  const std::string path = write("a.c", "first\nsecond\n");
  SourceFiles files;
  EXPECT_EQ(files.find_line(path, 0), std::nullopt);
  EXPECT_EQ(files.find_line(path, 3), std::nullopt);
  EXPECT_EQ(files.find_line(path, 64), std::nullopt);
  EXPECT_EQ(files.find_line(path, 65), std::nullopt);
  EXPECT_EQ(files.find_line(path, 0xffffffff), std::nullopt);
}

TEST_F(SourceFilesTest, ALongLineIsCut) {
  const std::string path = write("a.c", std::string(10000, 'x') + "\nsecond\n");
  SourceFiles files;
  EXPECT_EQ(files.find_line(path, 1)->size(), SourceFiles::kMostLineBytes);
  EXPECT_EQ(files.find_line(path, 2), "second");
}

TEST_F(SourceFilesTest, WhatCouldNotBeReadIsNotAskedForAgain) {
  SourceFiles files;
  EXPECT_EQ(files.find_line(path_of("late.c"), 1), std::nullopt);
  const std::string path = write("late.c", "first\n");
  EXPECT_EQ(files.find_line(path, 1), std::nullopt);
  EXPECT_EQ(SourceFiles().find_line(path, 1), "first");
}

TEST_F(SourceFilesTest, FilesThatPushEachOtherOutAreReadSoOftenOnly) {
  const std::string one = write("one.c", "first of one\n"), other = write("other.c", "first of other\n");
  SourceFiles files({.files = 1, .bytes = 1000, .bytes_read = 60});
  int found = 0;
  for (int i = 0; i < 10; ++i) found += files.find_line(i % 2 == 0 ? one : other, 1) ? 1 : 0;
  EXPECT_EQ(found, 4 + 3) << "four times read; the last of them stays";
}

TEST_F(SourceFilesTest, TheLastLineNeedsNoEnd) {
  const std::string path = write("a.c", "first\nsecond");
  SourceFiles files;
  EXPECT_EQ(files.find_line(path, 2), "second");
  EXPECT_EQ(files.find_line(path, 3), std::nullopt);
  EXPECT_EQ(files.find_line(write("one.c", "x"), 1), "x");
}

TEST_F(SourceFilesTest, ACarriageReturnBelongsToTheLineEnd) {
  const std::string path = write("a.c", "first\r\nse\rcond\r\n\r\nlast\r");
  SourceFiles files;
  EXPECT_EQ(files.find_line(path, 1), "first");
  EXPECT_EQ(files.find_line(path, 2), "se\rcond");
  EXPECT_EQ(files.find_line(path, 3), "");
  EXPECT_EQ(files.find_line(path, 4), "last");
}

TEST_F(SourceFilesTest, EveryLineOfALongFileIsFound) {
  std::string text;
  for (int number = 1; number <= 1000; ++number) text += std::to_string(number) + "\n";
  const std::string path = write("long.c", text);
  SourceFiles files;
  for (std::uint32_t number = 1; number <= 1000; ++number) {
    ASSERT_EQ(files.find_line(path, number), std::to_string(number));
  }
  EXPECT_EQ(files.find_line(path, 1001), std::nullopt);
}

TEST_F(SourceFilesTest, AnEmptyFileHasNoLines) {
  SourceFiles files;
  EXPECT_EQ(files.find_line(write("empty.c", ""), 1), std::nullopt);
}

TEST_F(SourceFilesTest, BytesAreGivenAsTheyAre) {
  using std::string_view_literals::operator""sv;
  const std::string path = write("binary", "\x7f\0\xff\n\0\n"sv);
  SourceFiles files;
  EXPECT_EQ(files.find_line(path, 1), "\x7f\0\xff"sv);
  EXPECT_EQ(files.find_line(path, 2), "\0"sv);
}

TEST_F(SourceFilesTest, OnlyRegularFilesAreOpened) {
  SourceFiles files;
  const std::string fifo = path_of("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(files.find_line(fifo, 1), std::nullopt);  // and does not wait for a writer
  EXPECT_EQ(files.find_line("/dev/zero", 1), std::nullopt);
  EXPECT_EQ(files.find_line("/", 1), std::nullopt);
  EXPECT_EQ(files.find_line(path_of("absent.c"), 1), std::nullopt);
  EXPECT_EQ(files.find_line("", 1), std::nullopt);
}

TEST_F(SourceFilesTest, AFileThatIsTooLongIsNotRead) {
  SourceFiles files({.files = 8, .bytes = 6});
  EXPECT_EQ(files.find_line(write("fits.c", "12345\n"), 1), "12345");
  EXPECT_EQ(files.find_line(write("long.c", "123456\n"), 1), std::nullopt);
  const std::string huge = write("huge.c", "");
  ASSERT_EQ(::truncate(huge.c_str(), off_t{1} << 40U), 0);
  SourceFiles usual;
  EXPECT_EQ(usual.find_line(huge, 1), std::nullopt);
}

TEST_F(SourceFilesTest, WhatWasNotUsedForLongestIsForgottenFirst) {
  SourceFiles files({.files = 2, .bytes = 1000});
  const std::string first = write("1.c", "first\n");
  const std::string second = write("2.c", "second\n");
  files.find_line(first, 1);
  files.find_line(second, 1);
  files.find_line(first, 1);
  files.find_line(write("3.c", "third\n"), 1);
  std::filesystem::remove(first);
  std::filesystem::remove(second);
  EXPECT_EQ(files.find_line(first, 1), "first");
  EXPECT_EQ(files.find_line(second, 1), std::nullopt);
}

TEST_F(SourceFilesTest, TextIsKeptUpToALimit) {
  SourceFiles files({.files = 8, .bytes = 10});
  const std::string first = write("1.c", "12345\n");
  EXPECT_EQ(files.find_line(first, 1), "12345");
  EXPECT_EQ(files.find_line(write("2.c", "1234\n"), 1), "1234");  // 10 bytes together
  EXPECT_EQ(files.find_line(write("3.c", "\n"), 1), "");
  std::filesystem::remove(first);
  EXPECT_EQ(files.find_line(first, 1), std::nullopt);
}

}  // namespace
}  // namespace simdprof
