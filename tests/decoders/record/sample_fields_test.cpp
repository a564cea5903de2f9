#include "decoders/record/sample_fields.h"

#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <vector>

#include "tests/support/bytes.h"

namespace simdprof {
namespace {

using test::words;

/// One field by its name, read from `payload`; what is left and refused is checked by the test.
struct OneField {
  abi::EventAttr attr;
  Sample sample;
  const char* refused = nullptr;
  bool failed = false;
  std::size_t left = 0;

  OneField(const std::string& name, const test::Bytes& payload, const abi::EventAttr& with = {}) : attr(with) {
    SampleReader reader{Cursor{payload}, attr, sample};
    for (const SampleField& field : sample_fields()) {
      if (name == field.name) field.read(reader);
    }
    refused = reader.refused;
    failed = reader.in.failed();
    left = reader.in.remaining();
  }
};

// uapi linux/perf_event.h, comment on PERF_RECORD_SAMPLE: fields and bits in the order of the record.
TEST(SampleFields, StandInTheOrderOfTheKernelsHeader) {
  const std::vector<std::uint64_t> order = {
      1U << 16U,              // IDENTIFIER
      1U << 0U,               // IP
      1U << 1U,               // TID
      1U << 2U,               // TIME
      1U << 3U,               // ADDR
      1U << 6U,               // ID
      1U << 9U,               // STREAM_ID
      1U << 7U,               // CPU
      1U << 8U,               // PERIOD
      1U << 4U,               // READ
      1U << 5U,               // CALLCHAIN
      1U << 10U,              // RAW
      1U << 11U,              // BRANCH_STACK
      1U << 12U,              // REGS_USER
      1U << 13U,              // STACK_USER
      1U << 14U | 1U << 24U,  // WEIGHT or WEIGHT_STRUCT, which share a word
      1U << 15U,              // DATA_SRC
      1U << 17U,              // TRANSACTION
      1U << 18U,              // REGS_INTR
      1U << 19U,              // PHYS_ADDR
      1U << 21U,              // CGROUP
      1U << 22U,              // DATA_PAGE_SIZE
      1U << 23U,              // CODE_PAGE_SIZE
      1U << 20U,              // AUX, last although its bit is not
  };
  ASSERT_EQ(sample_fields().size(), order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    EXPECT_EQ(sample_fields()[i].bits, order[i]) << sample_fields()[i].name;
}

TEST(SampleFields, NameEveryBitOnceAndNoOther) {
  std::uint64_t seen = 0;
  for (const SampleField& field : sample_fields()) {
    EXPECT_EQ(seen & field.bits, 0U) << field.name;
    seen |= field.bits;
  }
  EXPECT_EQ(seen, known_sample_bits());
  EXPECT_EQ(known_sample_bits(), 0x1ffffffU);  // bits 0 to 24
}

TEST(SampleFields, ThreadAndCpuAreHalvesOfTheirWords) {
  const OneField task("tid", words({0x0000002b0000002a}));
  EXPECT_EQ(task.sample.pid, 42);
  EXPECT_EQ(task.sample.tid, 43);
  const OneField cpu("cpu", words({0xffffffff00000003}));
  EXPECT_EQ(cpu.sample.cpu, 3U);
  EXPECT_EQ(cpu.left, 0U);
}

TEST(SampleFields, RawSizeIsFourBytesAndItsDataFollowsAtOnce) {
  const auto payload = test::raw({4, 0, 0, 0, 1, 2, 3, 4});
  const OneField field("raw", payload);
  ASSERT_EQ(field.sample.raw.size(), 4U);
  EXPECT_EQ(field.sample.raw[0], std::byte{1});
  EXPECT_FALSE(field.failed);
}

TEST(SampleFields, ACountThatNoRecordCouldHoldIsAFailureNotAnAllocation) {
  for (const char* name : {"callchain", "branch_stack", "stack_user", "aux"}) {
    EXPECT_TRUE(OneField(name, words({0xffffffffffffffff})).failed) << name;
    EXPECT_TRUE(OneField(name, words({0x2000000000000001, 1})).failed) << name;  // times 8 it wraps to 8
  }
  EXPECT_TRUE(OneField("raw", test::raw({255, 255, 255, 255, 0, 0, 0, 0})).failed);
}

TEST(SampleFields, AnEmptyUserStackHasNoSecondSize) {
  const OneField field("stack_user", words({0, 77}));
  EXPECT_TRUE(field.sample.stack_user.empty());
  EXPECT_EQ(field.left, 8U);
  EXPECT_FALSE(field.failed);
}

TEST(SampleFields, AUserStackIsCutToItsValidBytes) {
  const auto payload = words({16, 0x1111, 0x2222, 8});
  const OneField field("stack_user", payload);
  EXPECT_EQ(field.sample.stack_user.size(), 8U);
  EXPECT_EQ(field.left, 0U);
}

TEST(SampleFields, MoreValidStackThanWasRecordedIsRefused) {
  const OneField field("stack_user", words({8, 0x1111, 9}));
  ASSERT_NE(field.refused, nullptr);
  EXPECT_TRUE(field.sample.stack_user.empty());
}

TEST(SampleFields, AnUnknownReadFormatIsRefusedBeforeItIsRead) {
  abi::EventAttr attr;
  attr.read_format = 1ULL << 40U;
  const OneField field("read", words({1, 2, 3}), attr);
  ASSERT_NE(field.refused, nullptr);
  EXPECT_EQ(field.left, 24U);
}

TEST(SampleFields, BranchEntriesAreThreeWordsAndCountersFollowThem) {
  abi::EventAttr attr;
  attr.branch_sample_type = abi::PERF_SAMPLE_BRANCH_HW_INDEX | abi::PERF_SAMPLE_BRANCH_COUNTERS;
  const auto payload = words({2, 7, 10, 11, 12, 20, 21, 22, 91, 92});
  const OneField field("branch_stack", payload, attr);
  EXPECT_EQ(field.sample.branches.hw_index, 7U);
  EXPECT_EQ(field.sample.branches.size(), 2U);
  EXPECT_EQ(field.sample.branches.entries[3], 20U);
  ASSERT_EQ(field.sample.branches.counters.size(), 2U);
  EXPECT_EQ(field.sample.branches.counters[1], 92U);
  EXPECT_EQ(field.left, 0U);
}

}  // namespace
}  // namespace simdprof
