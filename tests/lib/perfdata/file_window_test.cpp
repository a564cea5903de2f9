#include "lib/perfdata/file_window.h"

#include <gtest/gtest.h>

#include "tests/lib/perfdata/hand_perf_data.h"

namespace simdprof::perfdata {
namespace {

TEST(FileWindow, GivesTheBytesOfAnyPlaceAcrossItsBuffer) {
  test::Bytes bytes;
  for (std::uint64_t i = 0; i < FileWindow::kBytes / 8 + 100; ++i) test::append_word(bytes, i, 8);
  const test::TempPath path{bytes};
  const auto file = InputFile::open(path.path(), nullptr);
  ASSERT_TRUE(file);
  FileWindow window(*file, bytes.size());
  for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{16}, FileWindow::kBytes - 8, FileWindow::kBytes}) {
    const auto got = window.at(offset, 16);
    ASSERT_TRUE(got);
    ASSERT_EQ(got->size(), 16U);
    EXPECT_EQ(Cursor{*got}.u64(), offset / 8);
  }
}

TEST(FileWindow, GivesFewerBytesAtItsEndThoughTheFileGoesOn) {
  const test::TempPath path{test::words({1, 2, 3})};
  const auto file = InputFile::open(path.path(), nullptr);
  ASSERT_TRUE(file);
  FileWindow window(*file, 16);
  EXPECT_EQ(window.at(8, 16)->size(), 8U);
  EXPECT_EQ(window.at(16, 8)->size(), 0U);
  EXPECT_EQ(window.at(24, 8)->size(), 0U);
}

}  // namespace
}  // namespace simdprof::perfdata
