#include "lib/container/crc32.h"

#include <gtest/gtest.h>

#include <string_view>

#include "tests/lib/container/hand_made.h"

namespace simdprof {
namespace {

TEST(Crc32, GivesThePublishedCheckValue) {
  constexpr std::string_view kDigits = "123456789";
  EXPECT_EQ(crc32(std::as_bytes(std::span(kDigits.data(), kDigits.size()))), 0xcbf43926U);
  EXPECT_EQ(crc32({}), 0U);
}

TEST(Crc32, AgreesWithTheBitwiseDefinitionForEveryByte) {
  for (unsigned value = 0; value < 256; ++value) {
    const auto bytes = test::Bytes{}.u8(value).u8(value ^ 0x5aU).get();
    EXPECT_EQ(crc32(bytes), test::slow_crc32(bytes)) << value;
  }
}

}  // namespace
}  // namespace simdprof
