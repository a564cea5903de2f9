#include "lib/model/sample.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace simdprof {
namespace {

TEST(CpuModeName, TellsGuestFromHost) {
  EXPECT_EQ(cpu_mode_name(CpuMode::user), "user");
  EXPECT_EQ(cpu_mode_name(CpuMode::guest_user), "guest-user");
  EXPECT_EQ(cpu_mode_name(CpuMode::guest_kernel), "guest-kernel");
  EXPECT_EQ(cpu_mode_name(CpuMode::unknown), "unknown");
}

TEST(RegisterBlock, SaysTheSameInOneFormWithTheSameWords) {
  const auto words = test::words({1, 2});
  const auto other = test::words({1, 3});
  RegisterBlock a;
  a.abi = abi::PERF_SAMPLE_REGS_ABI_64;
  a.mask = 3;
  a.words = WordView(words);
  RegisterBlock b = a;
  EXPECT_TRUE(a.says_the_same(b));
  b.words = WordView(other);
  EXPECT_FALSE(a.says_the_same(b));
  b = a;
  b.mask = 5;
  EXPECT_FALSE(a.says_the_same(b));
  b = a;
  b.simd = WordView(words);
  EXPECT_FALSE(a.says_the_same(b));
  b = a;
  b.nr_vectors = 1;
  EXPECT_FALSE(a.says_the_same(b));
  EXPECT_TRUE(RegisterBlock{}.says_the_same(RegisterBlock{}));
}

BranchStack stack_of(const test::Bytes& bytes, std::endian order) {
  BranchStack branches;
  branches.entries = WordView(bytes, order);
  return branches;
}

TEST(BranchStack, FlagsOfALittleEndianMachineAreTheWord) {
  // mispredicted, 17 cycles, type CALL.
  const auto bytes = test::words({0x401000, 0x402000, 1U | (17U << 4U) | (4U << 20U)});
  const auto branches = stack_of(bytes, std::endian::little);
  ASSERT_EQ(branches.size(), 1U);
  EXPECT_EQ(branches.from(0), 0x401000U);
  EXPECT_EQ(branches.to(0), 0x402000U);
  EXPECT_EQ(branches.flags(0), 1U | (17U << 4U) | (4U << 20U));
}

TEST(BranchStack, ABigEndianMachineFillsBitFieldsFromTheHighestBit) {
  // mispred is bit 63, predicted 62, in_tx 61, abort 60, cycles 59..44, type 43..40, spec 39..38, new_type 37..34, priv
  // 33..31.
  const std::uint64_t big = (1ULL << 62U) | (1ULL << 60U) | (0x1234ULL << 44U) | (4ULL << 40U) | (2ULL << 38U) |
                            (9ULL << 34U) | (5ULL << 31U);
  const auto bytes = test::words({1, 2, 3, 0xa, 0xb, big}, std::endian::big);
  const auto branches = stack_of(bytes, std::endian::big);
  ASSERT_EQ(branches.size(), 2U);
  EXPECT_EQ(branches.from(1), 0xaU);
  EXPECT_EQ(branches.to(1), 0xbU);
  const std::uint64_t little = 2U | 8U | (0x1234U << 4U) | (4U << 20U) | (2U << 24U) | (9U << 26U) | (5ULL << 30U);
  EXPECT_EQ(branches.flags(1), little);
  const auto mispredicted = test::words({1, 2, 1ULL << 63U}, std::endian::big);
  EXPECT_EQ(stack_of(mispredicted, std::endian::big).flags(0), 1U);
}

TEST(WeightParts, AreThreeOnlyWithWeightStruct) {
  Sample sample;
  sample.weight = 0x0003'0002'0000'0258;
  sample.present = abi::PERF_SAMPLE_WEIGHT;
  EXPECT_EQ(sample.weight_parts().cost, 0x0003'0002'0000'0258U);
  EXPECT_EQ(sample.weight_parts().instruction_latency, 0U);
  sample.present = abi::PERF_SAMPLE_WEIGHT_STRUCT;
  EXPECT_EQ(sample.weight_parts().cost, 0x258U);
  EXPECT_EQ(sample.weight_parts().instruction_latency, 2U);
  EXPECT_EQ(sample.weight_parts().third, 3U);
}

}  // namespace
}  // namespace simdprof
