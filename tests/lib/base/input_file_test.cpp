#include "lib/base/input_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <thread>

#include "tests/lib/container/hand_made.h"

namespace simdprof {
namespace {

using test::TempFolder;

constexpr std::uint64_t kSecondWord = 0x464f5250444d4953;  // "SIMDPROF"

bool starts_like_a_recording(std::span<const std::byte> start) {
  return start.size() > 8 && start[8] == std::byte{'S'};
}

/// Half a megabyte that starts like a recording, no two words of which are the same.
std::vector<std::byte> counted_words() {
  test::Bytes bytes;
  for (std::uint64_t i = 0; i < 65536; ++i) bytes.u64(i == 1 ? kSecondWord : i * 0x9e3779b97f4a7c15U);
  return bytes.get();
}

TEST(InputFile, ReadsAtAnyPlaceAndFewerAtTheEnd) {
  const TempFolder folder;
  const auto bytes = test::Bytes{}.u64(0x0706050403020100).get();
  const auto file = InputFile::open(folder.store("input", bytes), nullptr);
  ASSERT_TRUE(file) << render_error(file.error());
  EXPECT_EQ(file->size(), 8U);
  std::array<std::byte, 4> buffer{};
  ASSERT_EQ(file->read_at(2, buffer).value(), 4U);
  EXPECT_EQ(buffer[0], std::byte{2});
  EXPECT_EQ(file->read_at(6, buffer).value(), 2U);
  EXPECT_EQ(buffer[1], std::byte{7});
  EXPECT_EQ(file->read_at(8, buffer).value(), 0U);
  EXPECT_EQ(file->read_at(1U << 30U, buffer).value(), 0U);
}

TEST(InputFile, APipeIsCopiedAndReadLikeAFile) {
  const TempFolder folder;
  ASSERT_EQ(::mkfifo(folder.file("fifo").c_str(), 0600), 0);
  const auto bytes = counted_words();
  std::thread feeder{[&] {
    const UniqueFd out{::open(folder.file("fifo").c_str(), O_WRONLY)};
    EXPECT_TRUE(write_all(out.get(), bytes));
  }};
  const auto file = InputFile::open(folder.file("fifo"), starts_like_a_recording);
  feeder.join();
  ASSERT_TRUE(file) << render_error(file.error());
  ASSERT_EQ(file->size(), bytes.size());
  std::vector<std::byte> back(bytes.size());
  ASSERT_EQ(file->read_at(0, back).value(), back.size());
  EXPECT_EQ(back, bytes);
}

TEST(InputFile, AStreamThatIsNoRecordingIsNotCopiedToItsEnd) {
  const auto file = InputFile::open("/dev/zero", starts_like_a_recording);  // it has none
  ASSERT_TRUE(file) << render_error(file.error());
  EXPECT_LE(file->size(), std::uint64_t{1} << 20U);
}

TEST(InputFile, TheCopyOfAPipeHasNoNameAndNeedsAFolderForIt) {
  const TempFolder folder;
  ASSERT_EQ(::mkfifo(folder.file("fifo").c_str(), 0600), 0);
  std::filesystem::create_directory(folder.file("tmp"));
  const char* before = std::getenv("TMPDIR");
  const std::string saved = before != nullptr ? before : "";
  for (const std::string name : {"tmp", "absent"}) {
    ::setenv("TMPDIR", folder.file(name).c_str(), 1);
    std::thread feeder{[&] { const UniqueFd out{::open(folder.file("fifo").c_str(), O_WRONLY)}; }};
    const auto file = InputFile::open(folder.file("fifo"), starts_like_a_recording);
    feeder.join();
    EXPECT_EQ(file.has_value(), name == "tmp");
    EXPECT_EQ(file ? folder.file("absent") : file.error().input, folder.file("absent"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.file("tmp")));
  before != nullptr ? ::setenv("TMPDIR", saved.c_str(), 1) : ::unsetenv("TMPDIR");
}

}  // namespace
}  // namespace simdprof
