#include "lib/capture/ptrace_image.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/support/xsave_table.h"

namespace simdprof {
namespace {

template <class T>
void put(std::vector<std::byte>& bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof(T));
}

// Every byte tells its component: 0x10 + number.
std::vector<std::byte> make_xsave(std::uint64_t xstate_bv) {
  const auto table = test::zen4_table();
  std::vector<std::byte> bytes(table.max_bytes);
  for (unsigned i = 0; i < abi::kXsaveComponents; ++i) {
    const auto& component = table.components[i];
    for (std::uint32_t k = 0; k < component.size; ++k) bytes[component.offset + k] = static_cast<std::byte>(0x10 + i);
  }
  put<std::uint32_t>(bytes, 24, 0x9fc0);  // MXCSR
  put<std::uint64_t>(bytes, 464, 0x2e7);  // what the system lets in
  put<std::uint64_t>(bytes, 512, xstate_bv);
  put<std::uint64_t>(bytes, 520, 0);
  return bytes;
}

TEST(ImageReader, TakesTheComponentsInUseInAscendingOrder) {
  ImageReader reader(test::zen4_table(), VectorPlan{});
  RegisterImage image;
  ASSERT_TRUE(reader.unpack(make_xsave(0x7), image));
  EXPECT_EQ(image.available, 0x2e7U);
  EXPECT_EQ(image.in_use, 0x7U);
  EXPECT_EQ(image.stored, 0x7U);
  EXPECT_EQ(image.mxcsr, 0x9fc0U);
  ASSERT_EQ(image.data.size(), 160U + 256 + 256);
  EXPECT_EQ(image.data[0], std::byte{0x10});
  EXPECT_EQ(image.data[160], std::byte{0x11});
  EXPECT_EQ(image.data[160 + 256], std::byte{0x12});
}

TEST(ImageReader, LeavesOutWhatIsInItsInitialState) {
  ImageReader reader(test::zen4_table(), VectorPlan{});
  RegisterImage image;
  ASSERT_TRUE(reader.unpack(make_xsave(0x2), image));
  EXPECT_EQ(image.stored, 0x2U);
  EXPECT_EQ(image.data.size(), 256U);
}

TEST(ImageReader, LeavesOutWhatWasNotAskedForAndSaysThatItIsInUse) {
  ImageReader reader(test::zen4_table(), VectorPlan{true, false, false, false});
  RegisterImage image;
  ASSERT_TRUE(reader.unpack(make_xsave(0xe7), image));
  EXPECT_EQ(image.in_use, 0xe7U);
  EXPECT_EQ(image.stored, 0x3U);
  EXPECT_EQ(image.data.size(), 160U + 256);
}

TEST(ImageReader, NeverTakesProtectionKeys) {
  ImageReader reader(test::zen4_table(), VectorPlan{});
  RegisterImage image;
  ASSERT_TRUE(reader.unpack(make_xsave(0x2e7), image));
  EXPECT_EQ(image.stored, 0xe7U);
}

TEST(ImageReader, EveryShorterImageIsRefusedOrHoldsWhatItClaims) {
  const auto whole = make_xsave(0xe7);
  constexpr std::size_t kNeeded = 1408 + 1024;
  ImageReader reader(test::zen4_table(), VectorPlan{});
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    RegisterImage image;
    EXPECT_EQ(reader.unpack(std::span(whole).first(size), image), size >= kNeeded) << size;
  }
}

TEST(ReadGeneralRegisters, TakesIpAndSystemCallOfA64BitThread) {
  std::vector<std::byte> block(216);
  put<std::uint64_t>(block, 15 * 8, 202);
  put<std::uint64_t>(block, 16 * 8, 0x401000);
  RegisterImage image;
  ASSERT_TRUE(read_general_registers(block, image));
  EXPECT_EQ(image.syscall, 202);
  EXPECT_EQ(image.ip, 0x401000U);
}

TEST(ReadGeneralRegisters, ANegativeOrigRaxIsNoSystemCall) {
  std::vector<std::byte> block(216);
  put<std::int64_t>(block, 15 * 8, -1);
  RegisterImage image;
  ASSERT_TRUE(read_general_registers(block, image));
  EXPECT_EQ(image.syscall, -1);
}

TEST(ReadGeneralRegisters, KnowsA32BitThreadByTheSize) {
  std::vector<std::byte> block(68);
  put<std::int32_t>(block, 11 * 4, -1);
  put<std::uint32_t>(block, 12 * 4, 0x8048000);
  RegisterImage image;
  ASSERT_TRUE(read_general_registers(block, image));
  EXPECT_EQ(image.syscall, -1);
  EXPECT_EQ(image.ip, 0x8048000U);
}

TEST(ReadGeneralRegisters, RefusesAnyOtherSize) {
  for (const std::size_t size : {0U, 67U, 69U, 215U, 217U}) {
    RegisterImage image;
    EXPECT_FALSE(read_general_registers(std::vector<std::byte>(size), image)) << size;
  }
}

}  // namespace
}  // namespace simdprof
