#include "lib/abi/perf_event.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "tests/support/bytes.h"

namespace simdprof::abi {
namespace {

/// Where in the struct's bytes a value shows after it was stored: the first byte that is not zero.
template <class Set>
std::size_t first_byte_set(Set set) {
  EventAttr attr;
  set(attr);
  test::Bytes bytes(sizeof attr);
  std::memcpy(bytes.data(), &attr, sizeof attr);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != std::byte{0}) return i;
  }
  return bytes.size();
}

// Offsets as the kernel's header lays them out (kernel sources, uapi linux/perf_event.h).
TEST(EventAttr, FieldsLieWhereTheKernelReadsThem) {
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.type = 1; }), 0U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.size = 1; }), 4U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.config = 1; }), 8U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.sample_period_or_freq = 1; }), 16U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.sample_type = 1; }), 24U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.read_format = 1; }), 32U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.flags = 1; }), 40U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.wakeup_events_or_watermark = 1; }), 48U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.bp_type = 1; }), 52U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.config1_or_bp_addr = 1; }), 56U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.config2_or_bp_len = 1; }), 64U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.branch_sample_type = 1; }), 72U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.sample_regs_user = 1; }), 80U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.sample_stack_user = 1; }), 88U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.clockid = 1; }), 92U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.sample_regs_intr = 1; }), 96U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.aux_watermark = 1; }), 104U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.sample_max_stack = 1; }), 108U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.aux_sample_size = 1; }), 112U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.aux_action = 1; }), 116U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.sig_data = 1; }), 120U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.config3 = 1; }), 128U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.config4 = 1; }), 136U);
}

// TIP-SIMD: PERF_ATTR_SIZE_VER10.
TEST(EventAttr, SimdFieldsLieInTheLastThirtyTwoBytes) {
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.sample_simd_regs_enabled = 1; }), 144U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.sample_simd_pred_reg_qwords = 1; }), 146U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.sample_simd_vec_reg_qwords = 1; }), 148U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.reserved_4 = 1; }), 150U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.sample_simd_pred_reg_intr = 1; }), 152U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.sample_simd_pred_reg_user = 1; }), 156U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.sample_simd_vec_reg_intr = 1; }), 160U);
  EXPECT_EQ(first_byte_set([](EventAttr& a) { a.sample_simd_vec_reg_user = 1; }), 168U);
  EXPECT_EQ(sizeof(EventAttr), 176U);
}

TEST(EventAttr, FlagsStandAtTheBitsOfTheKernelsBitFields) {
  EXPECT_EQ(kAttrFreq, 1ULL << 10U);
  EXPECT_EQ(kAttrEnableOnExec, 1ULL << 12U);
  EXPECT_EQ(kAttrSampleIdAll, 1ULL << 18U);
  EXPECT_EQ(kAttrMmap2, 1ULL << 23U);
  EXPECT_EQ(kAttrCommExec, 1ULL << 24U);
  EXPECT_EQ(kAttrContextSwitch, 1ULL << 26U);
  EXPECT_EQ(kAttrBuildId, 1ULL << 34U);
  EXPECT_EQ(kAttrInheritThread, 1ULL << 35U);
  EXPECT_EQ(kAttrRemoveOnExec, 1ULL << 36U);
  EXPECT_EQ(kAttrSigtrap, 1ULL << 37U);
}

TEST(PreciseIp, TakesTheTwoBitsAfterWatermarkAndNoOther) {
  EventAttr attr;
  attr.flags = kAttrWatermark | kAttrMmapData;
  for (unsigned level = 0; level <= 3; ++level) {
    set_precise_ip(attr, level);
    EXPECT_EQ(precise_ip(attr), level);
    EXPECT_EQ(attr.flags & ~(std::uint64_t{3} << 15U), kAttrWatermark | kAttrMmapData);
  }
  EXPECT_EQ((attr.flags >> 15U) & 3U, 3U);
  set_precise_ip(attr, 0);
  EXPECT_EQ(attr.flags, kAttrWatermark | kAttrMmapData);
}

TEST(RecordTypeName, KnowsTheKernelsTypesAndNoOther) {
  EXPECT_STREQ(record_type_name(1), "MMAP");
  EXPECT_STREQ(record_type_name(9), "SAMPLE");
  EXPECT_STREQ(record_type_name(10), "MMAP2");
  EXPECT_STREQ(record_type_name(14), "SWITCH");
  EXPECT_STREQ(record_type_name(17), "KSYMBOL");
  EXPECT_STREQ(record_type_name(22), "CALLCHAIN_DEFERRED");
  EXPECT_EQ(record_type_name(0), nullptr);
  EXPECT_EQ(record_type_name(23), nullptr);
  EXPECT_EQ(record_type_name(0xffffffff), nullptr);
}

TEST(CallchainContext, MarkersAreTheKernelsNegativeNumbers) {
  EXPECT_EQ(static_cast<std::int64_t>(PERF_CONTEXT_HV), -32);
  EXPECT_EQ(static_cast<std::int64_t>(PERF_CONTEXT_KERNEL), -128);
  EXPECT_EQ(static_cast<std::int64_t>(PERF_CONTEXT_USER), -512);
  EXPECT_EQ(static_cast<std::int64_t>(PERF_CONTEXT_USER_DEFERRED), -640);
  EXPECT_EQ(static_cast<std::int64_t>(PERF_CONTEXT_GUEST), -2048);
  EXPECT_EQ(static_cast<std::int64_t>(PERF_CONTEXT_GUEST_KERNEL), -2176);
  EXPECT_EQ(static_cast<std::int64_t>(PERF_CONTEXT_GUEST_USER), -2560);
  EXPECT_EQ(static_cast<std::int64_t>(PERF_CONTEXT_MAX), -4095);
}

}  // namespace
}  // namespace simdprof::abi
