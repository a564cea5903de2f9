#include "lib/container/resync.h"

#include <gtest/gtest.h>

#include "tests/lib/container/hand_made.h"

namespace simdprof {
namespace {

using test::TempFolder;

constexpr ChunkOpening kOpening = chunk_opening(0x0807060504030201, 0x100f0e0d0c0b0a09);

const std::vector<std::byte> kOpeningBytes = test::Bytes{}.u64(0x0807060504030201).u64(0x100f0e0d0c0b0a09).get();

/// `size` bytes with openings at `places`.
std::vector<std::byte> bytes_with_openings(std::size_t size, const std::vector<std::size_t>& places) {
  std::vector<std::byte> bytes(size, std::byte{1});
  for (const std::size_t place : places) {
    std::copy(kOpeningBytes.begin(), kOpeningBytes.end(), bytes.begin() + static_cast<std::ptrdiff_t>(place));
  }
  return bytes;
}

TEST(ChunkOpening, IsTwoLittleEndianWords) {
  EXPECT_TRUE(std::equal(kOpening.begin(), kOpening.end(), kOpeningBytes.begin()));
}

TEST(StartsOpening, TakesOneThatTheEndCutOff) {
  for (std::size_t size = 0; size <= 16; ++size) {
    EXPECT_TRUE(starts_opening(std::span(kOpeningBytes).first(size), kOpening)) << size;
  }
  auto longer = kOpeningBytes;
  longer.push_back(std::byte{0});
  EXPECT_TRUE(starts_opening(longer, kOpening));
  for (std::size_t at = 0; at < 16; ++at) {
    auto other = kOpeningBytes;
    other[at] ^= std::byte{0x80};
    EXPECT_FALSE(starts_opening(other, kOpening)) << at;
  }
}

TEST(FindOpening, FindsTheFirstAtOrAfterAPlace) {
  const TempFolder folder;
  const auto file = InputFile::open(folder.store("input", bytes_with_openings(200, {40, 100})), nullptr);
  ASSERT_TRUE(file);
  EXPECT_EQ(find_opening(*file, 0, kOpening).value(), 40U);
  EXPECT_EQ(find_opening(*file, 40, kOpening).value(), 40U);
  EXPECT_EQ(find_opening(*file, 41, kOpening).value(), 100U);
  EXPECT_EQ(find_opening(*file, 101, kOpening).value(), 200U);
  EXPECT_EQ(find_opening(*file, 300, kOpening).value(), 200U);
}

TEST(FindOpening, FindsOneAtEveryPlaceAroundTheEndsOfItsWindows) {
  // The first windows are 256 and 512 bytes long and overlap by 15.
  const TempFolder folder;
  for (std::size_t place = 230; place < 270; ++place) {
    for (const std::size_t further : {std::size_t{0}, std::size_t{497}}) {
      const auto file = InputFile::open(folder.store("input", bytes_with_openings(2000, {place + further})), nullptr);
      ASSERT_TRUE(file);
      ASSERT_EQ(find_opening(*file, 0, kOpening).value(), place + further);
    }
  }
}

TEST(SkipDamage, NotesWhatWasLeftOut) {
  const TempFolder folder;
  const auto file = InputFile::open(folder.store("input", bytes_with_openings(200, {40, 100})), nullptr);
  ASSERT_TRUE(file);
  std::vector<Gap> gaps;
  EXPECT_EQ(skip_damage(*file, 40, kOpening, gaps).value(), 100U);
  EXPECT_EQ(skip_damage(*file, 100, kOpening, gaps).value(), 200U);
  ASSERT_EQ(gaps.size(), 2U);
  EXPECT_EQ(gaps[0].cause, LossCause::chunk_damaged);
  EXPECT_EQ(gaps[0].file_offset, 40U);
  EXPECT_EQ(gaps[0].bytes, 60U);
  EXPECT_EQ(gaps[1].bytes, 100U);
}

}  // namespace
}  // namespace simdprof
