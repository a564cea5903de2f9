#include "lib/abi/attr_bytes.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace simdprof::abi {
namespace {

using test::words;
using test::operator+;

/// 64 bytes: type 1, size 64, config 2, period 3, sample_type 4, read_format 5, flags, wakeup 6, bp_type 7, config1 8.
test::Bytes attr64(std::uint64_t flags, std::endian order) {
  const auto pair = [&](std::uint64_t first, std::uint64_t second) {
    return order == std::endian::little ? first | second << 32U : second | first << 32U;
  };
  return words({pair(1, 64), 2, 3, 4, 5, flags, pair(6, 7), 8}, order);
}

TEST(DecodeAttr, FieldsBeyondItsBytesAreZero) {
  const auto attr = decode_attr(Cursor{attr64(0x41703, std::endian::little)});
  EXPECT_EQ(attr.type, 1U);
  EXPECT_EQ(attr.size, 64U);
  EXPECT_EQ(attr.config, 2U);
  EXPECT_EQ(attr.sample_type, 4U);
  EXPECT_EQ(attr.flags, 0x41703U);
  EXPECT_EQ(attr.bp_type, 7U);
  EXPECT_EQ(attr.config1_or_bp_addr, 8U);
  EXPECT_EQ(attr.sample_regs_user, 0U);
  EXPECT_EQ(attr.sample_simd_vec_reg_user, 0U);
}

TEST(DecodeAttr, BigEndianFlagsAreCountedFromTheOtherEnd) {
  // disabled is the highest bit, sample_id_all (bit 18) the 19th from the top; precise_ip 1 has its low bit below its
  // high bit: the 17th from the top.
  const std::uint64_t flags = 1ULL << 63U | 1ULL << 45U | 1ULL << 47U;
  const auto attr = decode_attr(Cursor{attr64(flags, std::endian::big), 0, std::endian::big});
  EXPECT_EQ(attr.type, 1U);
  EXPECT_EQ(attr.size, 64U);
  EXPECT_EQ(attr.flags, kAttrDisabled | kAttrSampleIdAll | kAttrPreciseIp1);
  EXPECT_EQ(precise_ip(attr), 1U);
}

TEST(DecodeAttr, ALongerAttrSaysNothingUnknownWhenItsTailIsZero) {
  auto bytes = attr64(0, std::endian::little);
  bytes.resize(200);
  EXPECT_FALSE(has_unknown_fields(bytes));
  bytes[175] = std::byte{1};
  EXPECT_FALSE(has_unknown_fields(bytes)) << "the last byte that is known";
  bytes[176] = std::byte{1};
  EXPECT_TRUE(has_unknown_fields(bytes));
}

}  // namespace
}  // namespace simdprof::abi
