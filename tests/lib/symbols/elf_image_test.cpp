#include "lib/symbols/elf_image.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "lib/base/fd.h"

namespace simdprof {
namespace {

std::unique_ptr<ElfImage> own_image() {
  auto fd = open_to_read("/proc/self/exe");
  if (!fd) return nullptr;
  auto image = ElfImage::open(std::move(*fd), "/proc/self/exe", {});
  return image ? std::move(*image) : nullptr;
}

TEST(ElfImage, KnowsTheSegmentsOfThisProgram) {
  const auto image = own_image();
  ASSERT_NE(image, nullptr);
  unsigned executable = 0;
  for (const auto& segment : image->segments()) {
    EXPECT_LE(segment.file_bytes, segment.memory_bytes);
    if (segment.executable) ++executable;
  }
  EXPECT_EQ(executable, 1U);
}

TEST(ElfImage, TurnsFileOffsetsIntoAddressesInsideSegmentsOnly) {
  const auto image = own_image();
  ASSERT_NE(image, nullptr);
  for (const auto& segment : image->segments()) {
    if (segment.file_bytes == 0) continue;
    EXPECT_EQ(image->address_of(segment.offset), segment.address);
    EXPECT_EQ(image->address_of(segment.offset + segment.file_bytes - 1), segment.address + segment.file_bytes - 1);
  }
  EXPECT_EQ(image->address_of(std::uint64_t{1} << 60U), std::nullopt);
}

TEST(ElfImage, ReadsConstantsButNothingThatTheProgramCouldHaveChanged) {
  const auto image = own_image();
  ASSERT_NE(image, nullptr);
  EXPECT_EQ(image->read_constant(0, 4), 0x464c457fU);  // "\177ELF"
  for (const auto& segment : image->segments()) {
    if (segment.writable) {
      EXPECT_EQ(image->read_constant(segment.offset + segment.file_bytes - 8, 8), std::nullopt);
    }
  }
  EXPECT_EQ(image->read_constant(std::uint64_t{1} << 60U, 8), std::nullopt);
}

TEST(ElfImage, ReadsBytesAsFarAsTheFileGoes) {
  const auto image = own_image();
  ASSERT_NE(image, nullptr);
  const std::uint64_t size = std::filesystem::file_size("/proc/self/exe");
  const auto bytes = image->bytes_at(0, 8);
  ASSERT_EQ(bytes.size(), 8U);
  EXPECT_EQ(bytes[0], std::byte{0x7f});
  EXPECT_EQ(image->bytes_at(size - 3, 8).size(), 3U);
  EXPECT_EQ(image->bytes_at(size, 8).size(), 0U);
  EXPECT_EQ(image->bytes_at(std::uint64_t{1} << 60U, 8).size(), 0U);
}

TEST(ElfImage, RefusesWhatIsNoElfFile) {
  for (const char* path : {"/proc/self/status", "/dev/null"}) {
    auto fd = open_to_read(path);
    ASSERT_TRUE(fd);
    EXPECT_FALSE(ElfImage::open(std::move(*fd), path, {})) << path;
  }
}

TEST(SameBuildId, AllowsThePaddingOfShortIdsOnly) {
  EXPECT_TRUE(same_build_id("ab12", "ab12"));
  EXPECT_TRUE(same_build_id("ab120000", "ab12"));
  EXPECT_FALSE(same_build_id("ab120001", "ab12"));
  EXPECT_FALSE(same_build_id("ab13", "ab12"));
}

TEST(HexText, WritesTwoLowerCaseDigitsAByte) {
  const unsigned char bytes[] = {0x00, 0x0f, 0xAB};
  EXPECT_EQ(hex_text(bytes, sizeof bytes), "000fab");
}

}  // namespace
}  // namespace simdprof
