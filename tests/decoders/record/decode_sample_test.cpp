#include "decoders/record/decode_sample.h"

#include <gtest/gtest.h>

#include "decoders/record/sample_fields.h"
#include "tests/decoders/record/record_input.h"

namespace simdprof {
namespace {

using namespace abi;
using test::attr_of;
using test::Bytes;
using test::pair;
using test::record_of;
using test::words;
using test::operator+;

constexpr std::uint32_t kSample = PERF_RECORD_SAMPLE;

Sample decoded(const Bytes& payload, const EventAttr& attr, std::uint16_t misc = 0) {
  Sample sample;
  const auto status = decode_sample(record_of(kSample, payload, misc), attr, sample);
  EXPECT_TRUE(status) << (status ? "" : render_error(status.error()));
  return sample;
}

Error refusal(const Bytes& payload, const EventAttr& attr) {
  Sample sample;
  const auto status = decode_sample(record_of(kSample, payload), attr, sample);
  EXPECT_FALSE(status);
  return status ? Error{} : status.error();
}

/// Every field that has a fixed place in the record, with a value of its own each.
struct EveryField {
  EventAttr attr;
  Bytes payload;

  EveryField() {
    attr = attr_of(known_sample_bits() & ~std::uint64_t{PERF_SAMPLE_WEIGHT_STRUCT});
    attr.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_ID | PERF_FORMAT_TOTAL_TIME_ENABLED |
                       PERF_FORMAT_TOTAL_TIME_RUNNING | PERF_FORMAT_LOST;
    attr.branch_sample_type = PERF_SAMPLE_BRANCH_HW_INDEX | PERF_SAMPLE_BRANCH_COUNTERS;
    attr.sample_regs_user = 0x101;  // AX, IP
    attr.sample_regs_intr = 0x80;   // SP
    payload = words({
        77,            // IDENTIFIER
        0x401000,      // IP
        pair(42, 43),  // TID: pid, tid
        1000,          // TIME
        0xadd7,        // ADDR
        77,            // ID
        78,            // STREAM_ID
        pair(3, 0),    // CPU, reserved
        999,           // PERIOD
        2,
        50,
        40,  // READ: nr, enabled, running
        11,
        77,
        1,  //   value, id, lost
        12,
        79,
        2,  //
        3,  // CALLCHAIN: nr
        ~std::uint64_t{511},
        0x401000,
        0x402000,
    });
    payload = payload + test::raw({4, 0, 0, 0, 'r', 'a', 'w', '!'});  // RAW: u32 size, bytes
    payload = payload + words({
                            2,
                            5,  // BRANCH_STACK: nr, hw_idx
                            0x10,
                            0x20,
                            1,  //   from, to, flags
                            0x30,
                            0x40,
                            2,  //
                            0xc1,
                            0xc2,  //   counters
                            2,
                            0xa1,
                            0x401000,  // REGS_USER: abi 64, AX, IP
                            16,
                            0x51,
                            0x52,
                            8,             // STACK_USER: size, 16 bytes, dyn_size
                            600,           // WEIGHT
                            0x1e05080021,  // DATA_SRC
                            0x7,           // TRANSACTION
                            2,
                            0x7ffe,  // REGS_INTR: abi 64, SP
                            0x9000,  // PHYS_ADDR
                            0xc9,    // CGROUP
                            4096,
                            2097152,  // DATA_PAGE_SIZE, CODE_PAGE_SIZE
                            8,
                            0xa0a0,  // AUX: size, bytes
                        });
  }
};

TEST(DecodeSample, ReadsEveryFieldInTheKernelsOrder) {
  const EveryField every;
  const Sample s = decoded(every.payload, every.attr, PERF_RECORD_MISC_USER | PERF_RECORD_MISC_EXACT_IP);
  EXPECT_EQ(s.mode, CpuMode::user);
  EXPECT_TRUE(s.exact_ip());
  EXPECT_EQ(s.id, 77U);
  EXPECT_EQ(s.ip, 0x401000U);
  EXPECT_EQ(s.pid, 42);
  EXPECT_EQ(s.tid, 43);
  EXPECT_EQ(s.time_ns, 1000U);
  EXPECT_EQ(s.addr, 0xadd7U);
  EXPECT_EQ(s.stream_id, 78U);
  EXPECT_EQ(s.cpu, 3U);
  EXPECT_EQ(s.period, 999U);
  EXPECT_EQ(s.read.time_enabled_ns, 50U);
  EXPECT_EQ(s.read.time_running_ns, 40U);
  ASSERT_EQ(s.read.values.size(), 2U);
  EXPECT_EQ(s.read.values[1].value, 12U);
  EXPECT_EQ(s.read.values[1].id, 79U);
  EXPECT_EQ(s.read.values[1].lost, 2U);
  ASSERT_EQ(s.callchain.size(), 3U);
  EXPECT_EQ(s.callchain[0], PERF_CONTEXT_USER);
  EXPECT_EQ(s.callchain[2], 0x402000U);
  EXPECT_EQ(s.raw.size(), 4U);
  EXPECT_EQ(s.branches.hw_index, 5U);
  ASSERT_EQ(s.branches.size(), 2U);
  EXPECT_EQ(s.branches.entries[3], 0x30U);
  EXPECT_EQ(s.branches.counters[1], 0xc2U);
  EXPECT_EQ(s.regs_user.abi, 2U);
  EXPECT_EQ(s.regs_user.mask, 0x101U);
  EXPECT_EQ(s.regs_user.words[1], 0x401000U);
  EXPECT_EQ(s.stack_user.size(), 8U) << "dyn_size bytes of the 16";
  EXPECT_EQ(s.weight, 600U);
  EXPECT_EQ(s.data_src, 0x1e05080021U);
  EXPECT_EQ(s.transaction, 7U);
  EXPECT_EQ(s.regs_intr.words[0], 0x7ffeU);
  EXPECT_EQ(s.phys_addr, 0x9000U);
  EXPECT_EQ(s.cgroup, 0xc9U);
  EXPECT_EQ(s.data_page_size, 4096U);
  EXPECT_EQ(s.code_page_size, 2097152U);
  EXPECT_EQ(s.aux.size(), 8U);
}

// The memory of a decoded sample is used for the next one of its event, and only what that one has is written.
TEST(DecodeSample, NothingOfAnEarlierSampleStaysInTheNext) {
  const EveryField full;
  EventAttr bare_attr = full.attr;
  bare_attr.read_format = 0;
  bare_attr.branch_sample_type = 0;
  const Bytes bare = words({
                         1, 2, pair(3, 4), 5, 6, 7, 8, pair(9, 0), 10,  // IDENTIFIER to PERIOD
                         11,                                            // READ: value alone
                         0,                                             // CALLCHAIN
                     }) +
                     test::raw({0, 0, 0, 0}) +  // RAW
                     words({
                         0,               // BRANCH_STACK
                         0,               // REGS_USER: none
                         0,               // STACK_USER: no bytes, no dyn_size
                         12, 13, 14,      // WEIGHT, DATA_SRC, TRANSACTION
                         0,               // REGS_INTR: none
                         15, 16, 17, 18,  // PHYS_ADDR to CODE_PAGE_SIZE
                         0,               // AUX
                     });
  Sample sample;
  ASSERT_TRUE(decode_sample(record_of(kSample, full.payload), full.attr, sample));
  ASSERT_FALSE(sample.stack_user.empty());
  ASSERT_TRUE(decode_sample(record_of(kSample, bare), bare_attr, sample));
  EXPECT_EQ(sample.id, 7U) << "ID comes after IDENTIFIER";
  EXPECT_EQ(sample.period, 10U);
  EXPECT_EQ(sample.read.time_enabled_ns, 0U);
  ASSERT_EQ(sample.read.values.size(), 1U);
  EXPECT_EQ(sample.read.values[0].id, 0U);
  EXPECT_TRUE(sample.callchain.empty());
  EXPECT_TRUE(sample.raw.empty());
  EXPECT_EQ(sample.branches.hw_index, 0U);
  EXPECT_TRUE(sample.branches.entries.empty());
  EXPECT_TRUE(sample.branches.counters.empty());
  for (const RegisterBlock* block : {&sample.regs_user, &sample.regs_intr}) {
    EXPECT_EQ(block->abi, 0U);
    EXPECT_EQ(block->mask, 0U);
    EXPECT_TRUE(block->words.empty());
    EXPECT_EQ(block->bytes.size(), 8U);
  }
  EXPECT_TRUE(sample.stack_user.empty());
  EXPECT_EQ(sample.code_page_size, 18U);
  EXPECT_TRUE(sample.aux.empty());
}

TEST(DecodeSample, ASampleOfAnotherLayoutStartsAnew) {
  const EveryField full;
  Sample sample;
  ASSERT_TRUE(decode_sample(record_of(kSample, full.payload), full.attr, sample));
  ASSERT_TRUE(decode_sample(record_of(kSample, words({0x42})), attr_of(PERF_SAMPLE_IP), sample));
  EXPECT_EQ(sample.ip, 0x42U);
  EXPECT_EQ(sample.present, PERF_SAMPLE_IP);
  EXPECT_EQ(sample.pid, 0);
  EXPECT_EQ(sample.period, 0U);
  EXPECT_TRUE(sample.callchain.empty());
  EXPECT_EQ(sample.regs_user.abi, 0U);
  EXPECT_EQ(sample.data_page_size, 0U);
}

TEST(DecodeSample, EveryShorterPayloadIsRefused) {
  const EveryField every;
  for (std::size_t size = 0; size < every.payload.size(); ++size) {
    const Bytes cut(every.payload.begin(), every.payload.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(refusal(cut, every.attr).code, Errc::truncated) << size;
  }
}

TEST(DecodeSample, BytesAfterTheLastFieldAreMalformed) {
  const EveryField every;
  const Error error = refusal(every.payload + words({0}), every.attr);
  EXPECT_EQ(error.code, Errc::malformed);
  EXPECT_EQ(error.fact, "8 bytes follow the last field of a sample");
  EXPECT_EQ(error.left_over, 8U);
  EXPECT_EQ(error.offset, 8 + every.payload.size());
}

TEST(DecodeSample, AsManyBytesLeftOverAsCountsOfAnotherWidthTakeAreAHint) {
  const EveryField every;
  const Bytes word = words({0});
  const std::string hint = "; the counts of its SIMD registers may be of another width";
  for (std::size_t count = 1; count <= 8; ++count) {
    Bytes longer = every.payload;
    for (std::size_t i = 0; i < count; ++i) longer = longer + word;
    const Error error = refusal(longer, every.attr);
    EXPECT_EQ(error.left_over, 8 * count);
    EXPECT_EQ(error.fact.ends_with(hint), count == 3 || count == 6) << error.fact;
  }
}

TEST(DecodeSample, AnUnknownSampleTypeBitIsRefusedBeforeDecoding) {
  const Error error = refusal(words({1, 2}), attr_of(PERF_SAMPLE_IP | (1ULL << 25U)));
  EXPECT_EQ(error.code, Errc::unsupported);
  EXPECT_EQ(error.fact, "sample_type bits 0x2000000 are not known");
}

TEST(DecodeSample, AnUnknownReadFormatBitIsRefused) {
  EventAttr attr = attr_of(PERF_SAMPLE_READ);
  attr.read_format = 1ULL << 5U;
  EXPECT_EQ(refusal(words({1, 2}), attr).code, Errc::unsupported);
}

TEST(DecodeSample, CountsFarAboveTheBytesAreTruncatedWithoutAllocation) {
  // 2^61 + 1 words of 8 bytes are 8 bytes when multiplied modulo 2^64.
  const std::uint64_t wraps = (1ULL << 61U) + 1;
  for (const std::uint64_t count : {std::uint64_t{2}, wraps, ~std::uint64_t{0}}) {
    EXPECT_EQ(refusal(words({count, 7}), attr_of(PERF_SAMPLE_CALLCHAIN)).code, Errc::truncated) << count;
    EXPECT_EQ(refusal(words({count, 7}), attr_of(PERF_SAMPLE_BRANCH_STACK)).code, Errc::truncated) << count;
  }
  for (const std::uint64_t bytes : {std::uint64_t{9}, std::uint64_t{1} << 63U, ~std::uint64_t{0}}) {
    EXPECT_EQ(refusal(words({bytes, 7}), attr_of(PERF_SAMPLE_STACK_USER)).code, Errc::truncated) << bytes;
    EXPECT_EQ(refusal(words({bytes, 7}), attr_of(PERF_SAMPLE_AUX)).code, Errc::truncated) << bytes;
  }
  EventAttr group = attr_of(PERF_SAMPLE_READ);
  group.read_format = PERF_FORMAT_GROUP;
  EXPECT_EQ(refusal(words({wraps, 7}), group).code, Errc::truncated);
}

TEST(DecodeSample, AnEmptyUserStackHasNoDynSize) {
  const Sample s = decoded(words({0, 5}), attr_of(PERF_SAMPLE_STACK_USER | PERF_SAMPLE_WEIGHT));
  EXPECT_TRUE(s.stack_user.empty());
  EXPECT_EQ(s.weight, 5U);
}

TEST(DecodeSample, MoreValidStackThanRecordedIsMalformed) {
  const Error error = refusal(words({8, 0x51, 9}), attr_of(PERF_SAMPLE_STACK_USER));
  EXPECT_EQ(error.code, Errc::malformed);
  EXPECT_EQ(error.fact, "stack_user: more valid bytes than were recorded");
}

TEST(DecodeSample, WeightAndWeightStructShareOneWord) {
  EXPECT_EQ(decoded(words({5}), attr_of(PERF_SAMPLE_WEIGHT_STRUCT)).weight, 5U);
}

TEST(DecodeSample, RegistersOfAKernelThreadAreOneWord) {
  EventAttr attr = attr_of(PERF_SAMPLE_REGS_USER | PERF_SAMPLE_WEIGHT);
  attr.sample_regs_user = 0xff0fff;
  const Sample s = decoded(words({0, 5}), attr);
  EXPECT_EQ(s.regs_user.abi, PERF_SAMPLE_REGS_ABI_NONE);
  EXPECT_TRUE(s.regs_user.words.empty());
  EXPECT_EQ(s.weight, 5U);
}

TEST(DecodeSample, ReadsBigEndianInput) {
  Bytes payload;
  test::append_word(payload, 0x401000, 8, std::endian::big);
  test::append_word(payload, 42, 4, std::endian::big);
  test::append_word(payload, 43, 4, std::endian::big);
  test::append_word(payload, 1, 8, std::endian::big);
  test::append_word(payload, 0x402000, 8, std::endian::big);
  Sample s;
  ASSERT_TRUE(decode_sample(record_of(kSample, payload, 0, std::endian::big),
                            attr_of(PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_CALLCHAIN), s));
  EXPECT_EQ(s.ip, 0x401000U);
  EXPECT_EQ(s.pid, 42);
  EXPECT_EQ(s.tid, 43);
  EXPECT_EQ(s.callchain[0], 0x402000U);
}

/// What a big-endian machine writes: every word most significant byte first, two u32 of a word in their own order.
class BigBytes {
 public:
  BigBytes& u64(std::initializer_list<std::uint64_t> values) {
    for (const std::uint64_t value : values) test::append_word(bytes_, value, 8, std::endian::big);
    return *this;
  }
  BigBytes& u32(std::initializer_list<std::uint32_t> values) {
    for (const std::uint32_t value : values) test::append_word(bytes_, value, 4, std::endian::big);
    return *this;
  }
  BigBytes& u16(std::initializer_list<std::uint16_t> values) {
    for (const std::uint16_t value : values) test::append_word(bytes_, value, 2, std::endian::big);
    return *this;
  }
  BigBytes& text(std::string_view characters) {
    bytes_ = bytes_ + test::text(characters);
    return *this;
  }
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

TEST(DecodeSample, ReadsEveryFieldOfABigEndianMachine) {
  EventAttr attr = EveryField().attr;
  attr.sample_type |= PERF_SAMPLE_WEIGHT_STRUCT;
  attr.sample_type &= ~std::uint64_t{PERF_SAMPLE_WEIGHT};
  BigBytes in;
  in.u64({77, 0x401000}).u32({42, 43}).u64({1000, 0xadd7, 77, 78}).u32({3, 0}).u64({999});
  in.u64({1, 50, 40, 11, 77, 1});                                   // READ: nr, enabled, running, value, id, lost
  in.u64({2, ~std::uint64_t{511}, 0x401000});                       // CALLCHAIN
  in.u32({4}).text("raw!");                                         // RAW
  in.u64({1, 5, 0x10, 0x20, (1ULL << 62U) | (3ULL << 44U), 0xc1});  // BRANCH_STACK: predicted, 3 cycles; counter
  in.u64({2, 0xa1, 0x401000});                                      // REGS_USER
  in.u64({8}).text("the stac").u64({8});                            // STACK_USER
  in.u16({3, 2}).u32({600});                                        // WEIGHT_STRUCT: var3, var2, var1 on big endian
  in.u64({0x1e05080021, 7, 2, 0x7ffe, 0x9000, 0xc9, 4096, 2097152, 8}).text("aux data");
  Sample s;
  const auto status = decode_sample(record_of(kSample, in.bytes(), 2, std::endian::big), attr, s);
  ASSERT_TRUE(status) << render_error(status.error());
  EXPECT_EQ(s.id, 77U);
  EXPECT_EQ(s.ip, 0x401000U);
  EXPECT_EQ(s.pid, 42);
  EXPECT_EQ(s.tid, 43);
  EXPECT_EQ(s.time_ns, 1000U);
  EXPECT_EQ(s.cpu, 3U);
  EXPECT_EQ(s.period, 999U);
  EXPECT_EQ(s.read.values.at(0).lost, 1U);
  EXPECT_EQ(s.callchain[0], PERF_CONTEXT_USER);
  EXPECT_EQ(std::to_integer<char>(s.raw[0]), 'r');
  EXPECT_EQ(s.raw.size(), 4U);
  EXPECT_EQ(s.branches.hw_index, 5U);
  EXPECT_EQ(s.branches.to(0), 0x20U);
  EXPECT_EQ(s.branches.flags(0), 2U | (3U << 4U));
  EXPECT_EQ(s.branches.counters[0], 0xc1U);
  EXPECT_EQ(s.regs_user.words[1], 0x401000U);
  EXPECT_EQ(std::to_integer<char>(s.stack_user[0]), 't');
  EXPECT_EQ(s.weight_parts().cost, 600U);
  EXPECT_EQ(s.weight_parts().instruction_latency, 2U);
  EXPECT_EQ(s.weight_parts().third, 3U);
  EXPECT_EQ(s.data_src, 0x1e05080021U);
  EXPECT_EQ(s.regs_intr.words[0], 0x7ffeU);
  EXPECT_EQ(s.code_page_size, 2097152U);
  EXPECT_EQ(std::to_integer<char>(s.aux[0]), 'a');
}

TEST(DecodeSample, CpuModesAboveGuestUserAreUnknown) {
  EXPECT_EQ(decoded(words({1}), attr_of(PERF_SAMPLE_IP), 5).mode, CpuMode::guest_user);
  EXPECT_EQ(decoded(words({1}), attr_of(PERF_SAMPLE_IP), 6).mode, CpuMode::unknown);
}

TEST(SampleFields, NameEachKnownBitOnce) {
  std::uint64_t seen = 0;
  for (const SampleField& field : sample_fields()) {
    EXPECT_EQ(seen & field.bits, 0U) << field.name;
    seen |= field.bits;
  }
  EXPECT_EQ(seen, (1ULL << 25U) - 1) << "PERF_SAMPLE_IP (bit 0) to PERF_SAMPLE_WEIGHT_STRUCT (bit 24)";
}

}  // namespace
}  // namespace simdprof
