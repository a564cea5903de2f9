#include "lib/container/output_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/lib/container/hand_made.h"

namespace simdprof {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;

const std::string kText = "new";

void store_text(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
std::string text_of(const std::string& path) { return load_text(path).value_or("unreadable"); }

TEST(OutputFile, IsReadableByItsOwnerOnly) {
  const TempFolder folder;
  auto file = OutputFile::create(folder.file("data"));
  ASSERT_TRUE(file) << render_error(file.error());
  ASSERT_TRUE(file->append(as_bytes(kText)));
  EXPECT_EQ(file->size(), 3U);
  EXPECT_EQ(text_of(folder.file("data")), "new");
  EXPECT_EQ(fs::status(folder.file("data")).permissions() & ~fs::perms::owner_all, fs::perms::none);
}

TEST(OutputFile, KeepsTheOldFileOnce) {
  const TempFolder folder;
  store_text(folder.file("data"), "first");
  ASSERT_TRUE(OutputFile::create(folder.file("data"))->append(as_bytes(kText)));
  EXPECT_EQ(text_of(folder.file("data.old")), "first");
  ASSERT_TRUE(OutputFile::create(folder.file("data")));
  EXPECT_EQ(text_of(folder.file("data.old")), "new");
  EXPECT_EQ(text_of(folder.file("data")), "");
}

TEST(OutputFile, AnEmptyFileIsNotWorthKeeping) {
  const TempFolder folder;
  store_text(folder.file("data.old"), "worth it");
  store_text(folder.file("data"), "");
  ASSERT_TRUE(OutputFile::create(folder.file("data")));
  EXPECT_EQ(text_of(folder.file("data.old")), "worth it");
}

TEST(OutputFile, ReplacesALinkAndLeavesItsTarget) {
  const TempFolder folder;
  store_text(folder.file("target"), "precious");
  fs::create_symlink(folder.file("target"), folder.file("link"));
  ASSERT_TRUE(OutputFile::create(folder.file("link"))->append(as_bytes(kText)));
  EXPECT_EQ(text_of(folder.file("target")), "precious");
  EXPECT_FALSE(fs::is_symlink(folder.file("link")));
  fs::create_symlink(folder.file("nowhere"), folder.file("dangling"));
  EXPECT_TRUE(OutputFile::create(folder.file("dangling")));
  EXPECT_FALSE(fs::exists(folder.file("nowhere")));
}

TEST(OutputFile, WritesToADeviceAsItIs) {
  auto file = OutputFile::create("/dev/null");
  ASSERT_TRUE(file) << render_error(file.error());
  EXPECT_TRUE(file->append(as_bytes(kText)));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  auto full = OutputFile::create("/dev/full");
  ASSERT_TRUE(full);
  const auto appended = full->append(as_bytes(kText));
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().code, Errc::io);
  EXPECT_EQ(appended.error().input, "/dev/full");
  EXPECT_EQ(full->size(), 0U);
}

TEST(OutputFile, RefusesAFolderAndAMissingOne) {
  const TempFolder folder;
  const auto refused = OutputFile::create(folder.file("."));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fact, "is there, and is not a regular file");
  const auto missing = OutputFile::create(folder.file("absent/data"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
}

}  // namespace
}  // namespace simdprof
