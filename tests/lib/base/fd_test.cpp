#include "lib/base/fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/bytes.h"

namespace simdprof {
namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

class FdTest : public ::testing::Test {
 protected:
  FdTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "simdprof-fd-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~FdTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string file(const std::string& name, const std::string& content) const {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  std::string folder_;
};

TEST_F(FdTest, ClosesItsDescriptorOnce) {
  std::array<int, 2> pipe_fds{};
  ASSERT_EQ(::pipe(pipe_fds.data()), 0);
  {
    const UniqueFd one{pipe_fds[0]};
    EXPECT_TRUE(one.valid());
    EXPECT_TRUE(is_open(pipe_fds[0]));
  }
  EXPECT_FALSE(is_open(pipe_fds[0]));
  ::close(pipe_fds[1]);
}

TEST_F(FdTest, MovingLeavesTheSourceEmptyAndClosesTheTargetsOldOne) {
  std::array<int, 2> pipe_fds{};
  ASSERT_EQ(::pipe(pipe_fds.data()), 0);
  UniqueFd read_end{pipe_fds[0]};
  UniqueFd write_end{pipe_fds[1]};
  write_end = std::move(read_end);
  EXPECT_FALSE(is_open(pipe_fds[1]));
  EXPECT_EQ(write_end.get(), pipe_fds[0]);
  EXPECT_EQ(write_end.release(), pipe_fds[0]);
  EXPECT_FALSE(write_end.valid());
  EXPECT_TRUE(is_open(pipe_fds[0]));
  ::close(pipe_fds[0]);
}

TEST_F(FdTest, OpensFilesCloseOnExec) {
  const auto fd = open_to_read(file("a", "x"));
  ASSERT_TRUE(fd);
  EXPECT_NE(::fcntl(fd->get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(FdTest, AMissingFileIsNotFoundAndNamed) {
  const auto fd = open_to_read(folder_ + "/absent");
  ASSERT_FALSE(fd);
  EXPECT_EQ(fd.error().code, Errc::not_found);
  EXPECT_EQ(render_error(fd.error()), folder_ + "/absent: cannot open: No such file or directory");
}

TEST_F(FdTest, LoadsFilesOfEverySizeAroundItsReadStep) {
  constexpr std::size_t kStep = std::size_t{64} << 10U;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kStep - 1, kStep, kStep + 1, 3 * kStep}) {
    std::string content(size, 'a');
    if (size != 0) content.back() = 'z';
    const auto text = load_text(file("sized", content));
    ASSERT_TRUE(text) << size;
    EXPECT_EQ(*text, content) << size;
  }
}

TEST_F(FdTest, AFileOverTheLimitIsRefusedAndOneAtTheLimitIsNot) {
  const auto path = file("ten", "0123456789");
  EXPECT_TRUE(load_bytes(path, 10));
  const auto refused = load_bytes(path, 9);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::limit);
  EXPECT_EQ(render_error(refused.error()), path + ": larger than 9 bytes");
}

TEST_F(FdTest, AnEndlessInputIsRefusedInsteadOfRead) {
  const auto refused = load_bytes("/dev/zero", 1 << 20);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::limit);
}

TEST_F(FdTest, ReadingAFolderIsAnErrorNotAnEmptyFile) {
  const auto read = load_bytes(folder_, 100);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::io);
}

TEST_F(FdTest, ReadUpToJoinsTheShortReadsOfAPipe) {
  std::array<int, 2> pipe_fds{};
  ASSERT_EQ(::pipe(pipe_fds.data()), 0);
  const UniqueFd read_end{pipe_fds[0]};
  UniqueFd write_end{pipe_fds[1]};
  std::thread writer([&] {
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(write_all(write_end.get(), test::raw({1, 2, 3})));
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    write_end.reset();
  });
  test::Bytes bytes(20);
  const auto got = read_up_to(read_end.get(), bytes);
  writer.join();
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, 15U);
  EXPECT_EQ(bytes[14], std::byte{3});
}

TEST_F(FdTest, WriteAllCarriesOnThroughAFullPipe) {
  std::array<int, 2> pipe_fds{};
  ASSERT_EQ(::pipe(pipe_fds.data()), 0);
  const UniqueFd read_end{pipe_fds[0]};
  UniqueFd write_end{pipe_fds[1]};
  const test::Bytes sent(300000, std::byte{7});  // several times a pipe's 64 KiB
  std::thread writer([&] {
    ASSERT_TRUE(write_all(write_end.get(), sent));
    write_end.reset();
  });
  test::Bytes received(sent.size() + 1);
  const auto got = read_up_to(read_end.get(), received);
  writer.join();
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, sent.size());
}

TEST_F(FdTest, AFullDeviceIsAnIoError) {
  const UniqueFd full{::open("/dev/full", O_WRONLY | O_CLOEXEC)};
  ASSERT_TRUE(full.valid());
  const auto status = write_all(full.get(), test::raw({1}));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::io);
  EXPECT_EQ(status.error().fact, "cannot write: No space left on device");
}

TEST_F(FdTest, TextIsSeenAsItsBytes) {
  const std::string text = "ab";
  const auto bytes = as_bytes(text);
  ASSERT_EQ(bytes.size(), 2U);
  EXPECT_EQ(bytes[1], std::byte{'b'});
}

}  // namespace
}  // namespace simdprof
