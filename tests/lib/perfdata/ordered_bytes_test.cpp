#include "lib/perfdata/ordered_bytes.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace simdprof::perfdata {
namespace {

TEST(OrderedBytes, WritesTheLowByteFirstForALittleEndianFile) {
  OrderedBytes out(std::endian::little);
  out.u8(1).u16(0x0203).u32(0x04050607).u64(0x08090a0b0c0d0e0f);
  EXPECT_EQ(test::hex(out.take()), "01 03 02 07 06 05 04 0f 0e 0d 0c 0b 0a 09 08");
}

TEST(OrderedBytes, WritesTheHighByteFirstForABigEndianFile) {
  OrderedBytes out(std::endian::big);
  out.u8(1).u16(0x0203).u32(0x04050607).u64(0x08090a0b0c0d0e0f);
  EXPECT_EQ(test::hex(out.take()), "01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f");
}

TEST(OrderedBytes, TextAndZerosHaveNoOrder) {
  OrderedBytes out(std::endian::big);
  out.text("ab").zeros(3);
  EXPECT_EQ(test::hex(out.take()), "61 62 00 00 00");
}

}  // namespace
}  // namespace simdprof::perfdata
