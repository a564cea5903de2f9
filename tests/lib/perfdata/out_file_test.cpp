#include "lib/perfdata/out_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "tests/support/bytes.h"

namespace simdprof::perfdata {
namespace {

namespace fs = std::filesystem;

class OutFileTest : public ::testing::Test {
 protected:
  OutFileTest() {
    std::string name = "/tmp/simdprof-out-file-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~OutFileTest() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const char* name) const { return folder_ + "/" + name; }
  [[nodiscard]] std::string text_of(const std::string& file) const { return load_text(file).value_or("unreadable"); }
  [[nodiscard]] std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder_)) ++count;
    return count;
  }

  std::string folder_;
};

TEST_F(OutFileTest, AFileHasItsNameOnlyWhenItIsWholeAndIsTheOwnersAlone) {
  auto file = OutFile::create(path("a"));
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->sequential());
  ASSERT_TRUE(file->append(test::text("hello world")));
  ASSERT_TRUE(file->overwrite(6, test::text("there")));
  EXPECT_FALSE(fs::exists(path("a")));
  ASSERT_TRUE(file->finish());
  EXPECT_EQ(text_of(path("a")), "hello there");
  EXPECT_EQ(files(), 1U);
  struct stat status {};
  ASSERT_EQ(::stat(path("a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(OutFileTest, AnUnfinishedFileLeavesNothingAndKeepsTheOldOne) {
  ASSERT_TRUE(OutFile::create(path("a")).and_then(
      [](OutFile file) { return file.append(test::text("old")).and_then([&] { return file.finish(); }); }));
  {
    auto file = OutFile::create(path("a"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->append(test::text("new")));
  }
  EXPECT_EQ(text_of(path("a")), "old");
  EXPECT_EQ(files(), 1U);
}

TEST_F(OutFileTest, AFileOfThatNameIsKeptAsOld) {
  for (const char* text : {"first", "second"}) {
    auto file = OutFile::create(path("a"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->append(test::text(text)));
    ASSERT_TRUE(file->finish());
  }
  EXPECT_EQ(text_of(path("a")), "second");
  EXPECT_EQ(text_of(path("a.old")), "first");
}

TEST_F(OutFileTest, WhatAKilledExportLeftIsReplaced) {
  ASSERT_GE(::symlink("/dev/null", path("a.tmp").c_str()), 0);
  auto file = OutFile::create(path("a"));
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append(test::text("x")));
  ASSERT_TRUE(file->finish());
  EXPECT_EQ(text_of(path("a")), "x");
}

TEST_F(OutFileTest, AFifoIsWrittenInOrder) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  const UniqueFd reader{::open(path("fifo").c_str(), O_RDONLY | O_NONBLOCK)};
  auto file = OutFile::create(path("fifo"));
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->sequential());
  ASSERT_TRUE(file->append(test::text("x")));
  ASSERT_TRUE(file->finish());
  char byte = 0;
  EXPECT_EQ(::read(reader.get(), &byte, 1), 1);
  EXPECT_EQ(byte, 'x');
}

TEST_F(OutFileTest, AFolderIsRefused) {
  const auto file = OutFile::create(folder_);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().fact, "is there, and is not a regular file");
}

TEST_F(OutFileTest, AFolderThatIsNotThereIsNamed) {
  const auto file = OutFile::create(path("no/such/file"));
  ASSERT_FALSE(file);
  EXPECT_EQ(render_error(file.error()), path("no/such/file") + ": cannot create: No such file or directory");
}

TEST_F(OutFileTest, AFullDiskIsAnErrorThatLeavesNothing) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const rlimit small{4, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  {
    auto file = OutFile::create(path("a"));
    ASSERT_TRUE(file);
    const auto written = file->append(test::text("more than that"));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().input, path("a"));
  }
  ::setrlimit(RLIMIT_FSIZE, &old);
  EXPECT_EQ(files(), 0U);
}

}  // namespace
}  // namespace simdprof::perfdata
