#include "lib/perfdata/sample_encode.h"

#include <gtest/gtest.h>

#include "lib/abi/perf_event.h"
#include "tests/support/bytes.h"

// Layouts: uapi linux/perf_event.h, comments on PERF_RECORD_SAMPLE and on struct sample_id.
namespace simdprof::perfdata {
namespace {

using test::Bytes;
using test::words;
using test::operator+;

constexpr auto kLittle = std::endian::little;

/// A sample record by hand, with its views set as a decoder would.
struct HandMade {
  Bytes payload;
  Sample sample;
  [[nodiscard]] RawRecord raw() const {
    RawRecord record;
    record.type = abi::PERF_RECORD_SAMPLE;
    record.payload = payload;
    return record;
  }
  [[nodiscard]] std::span<const std::byte> part(std::size_t first_word, std::size_t count) const {
    return std::span(payload).subspan(8 * first_word, 8 * count);
  }
};

Bytes encoded(const HandMade& made, const SampleChange& change) {
  OrderedBytes out(kLittle);
  encode_sample(made.raw(), made.sample, change, out);
  return out.take();
}

TEST(EncodeSample, AnIdentifierComesFirst) {
  HandMade made{words({0x401000, 0x0000002b0000002a, 77}), {}};
  made.sample.present = abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME;
  SampleChange change;
  change.id = 9;
  EXPECT_EQ(encoded(made, change), words({9, 0x401000, 0x0000002b0000002a, 77}));
}

TEST(EncodeSample, AnIdentifierAndAnIdAreReplaced) {
  HandMade made{words({5, 0x401000, 0x0000002b0000002a, 77, 5, 1}), {}};
  made.sample.present = abi::PERF_SAMPLE_IDENTIFIER | abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID |
                        abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_ID | abi::PERF_SAMPLE_PERIOD;
  SampleChange change;
  change.id = 9;
  EXPECT_EQ(encoded(made, change), words({9, 0x401000, 0x0000002b0000002a, 77, 9, 1}));
}

/// IDENTIFIER, REGS_USER of two registers, STACK_USER of eight bytes, REGS_INTR of one register.
HandMade with_registers() {
  HandMade made{words({5, 2, 0x11, 0x12, 8, 0x55, 8, 2, 0x21}), {}};
  made.sample.present = abi::PERF_SAMPLE_IDENTIFIER | abi::PERF_SAMPLE_REGS_USER | abi::PERF_SAMPLE_STACK_USER |
                        abi::PERF_SAMPLE_REGS_INTR;
  made.sample.regs_user.abi = 2;
  made.sample.regs_user.bytes = made.part(1, 3);
  made.sample.regs_intr.abi = 2;
  made.sample.regs_intr.bytes = made.part(7, 2);
  return made;
}

TEST(EncodeSample, RegisterSectionsThatDoNotChangeStayByteByByte) {
  const HandMade made = with_registers();
  SampleChange change;
  change.id = 5;
  EXPECT_EQ(encoded(made, change), made.payload);
}

TEST(EncodeSample, AReplacedSectionHasOneWordForEachBitOfItsMaskAscending) {
  const HandMade made = with_registers();
  SampleChange change;
  change.id = 5;
  change.user.emplace();
  change.user->abi = 2;
  change.user->mask = std::uint64_t{1} << 8U | std::uint64_t{1} << 32U | std::uint64_t{1} << 33U;
  change.user->words[8] = 0x401000;
  change.user->words[32] = 0xaaaa;
  change.user->words[33] = 0xbbbb;
  change.user->words[34] = 0xdead;
  EXPECT_EQ(encoded(made, change), words({5, 2, 0x401000, 0xaaaa, 0xbbbb, 8, 0x55, 8, 2, 0x21}));
}

TEST(EncodeSample, AReplacedSectionWithoutAbiHasNoWords) {
  const HandMade made = with_registers();
  SampleChange change;
  change.id = 5;
  change.intr.emplace();
  change.intr->mask = 0xff;
  EXPECT_EQ(encoded(made, change), words({5, 2, 0x11, 0x12, 8, 0x55, 8, 0}));
}

TEST(EncodeSample, DroppedSectionsLeaveTheFieldsBetweenThem) {
  const HandMade made = with_registers();
  SampleChange change;
  change.id = 5;
  change.drop_registers = true;
  EXPECT_EQ(encoded(made, change), words({5, 8, 0x55, 8}));
}

TEST(EncodeSample, AStackCopyLosesItsFarEndAndSaysSo) {
  // IDENTIFIER, STACK_USER of four words of which three mean something, REGS_INTR without registers.
  HandMade made{words({5, 32, 0xa, 0xb, 0xc, 0xd, 24, 0}), {}};
  made.sample.present = abi::PERF_SAMPLE_IDENTIFIER | abi::PERF_SAMPLE_STACK_USER | abi::PERF_SAMPLE_REGS_INTR;
  made.sample.stack_user = made.part(2, 3);
  made.sample.regs_intr.bytes = made.part(7, 1);
  EXPECT_EQ(stack_copy_bytes(made.raw(), made.sample), 32U);
  SampleChange change;
  change.id = 5;
  change.cut_stack_bytes = 8;
  EXPECT_EQ(encoded(made, change), words({5, 24, 0xa, 0xb, 0xc, 24, 0}));
  change.cut_stack_bytes = 16;
  EXPECT_EQ(encoded(made, change), words({5, 16, 0xa, 0xb, 16, 0}));
}

TEST(EncodeSample, CountersOfBranchEntriesGo) {
  HandMade made{words({5, 1, 0xa, 0xb, 0xc, 0xdd, 0}), {}};
  made.sample.present = abi::PERF_SAMPLE_IDENTIFIER | abi::PERF_SAMPLE_BRANCH_STACK | abi::PERF_SAMPLE_REGS_USER;
  made.sample.branches.entries = WordView(made.part(2, 3));
  made.sample.branches.counters = WordView(made.part(5, 1));
  made.sample.regs_user.bytes = made.part(6, 1);
  SampleChange change;
  change.id = 5;
  EXPECT_EQ(encoded(made, change), words({5, 1, 0xa, 0xb, 0xc, 0}));
}

TEST(EncodeSample, ADeferredCallChainEndsBeforeItsMarker) {
  constexpr std::uint64_t kDeferred = ~std::uint64_t{0} - 639;
  HandMade made{words({5, 4, 0xffffffffffffff80, 0xffffffff81000000, kDeferred, 0xc00c1e, 99}), {}};
  made.sample.present = abi::PERF_SAMPLE_IDENTIFIER | abi::PERF_SAMPLE_CALLCHAIN | abi::PERF_SAMPLE_WEIGHT;
  made.sample.callchain = WordView(made.part(2, 4));
  EXPECT_TRUE(has_deferred_chain(made.sample));
  SampleChange change;
  change.id = 5;
  change.drop_deferred_chain = true;
  EXPECT_EQ(encoded(made, change), words({5, 2, 0xffffffffffffff80, 0xffffffff81000000, 99}));
}

TEST(EncodeSample, ABigEndianSampleGetsBigEndianWords) {
  HandMade made{words({0x401000, 2, 0x11}, std::endian::big), {}};
  made.sample.present = abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_REGS_USER;
  made.sample.regs_user.bytes = made.part(1, 2);
  SampleChange change;
  change.id = 9;
  change.user.emplace();
  change.user->abi = 2;
  change.user->mask = 1;
  change.user->words[0] = 0x33;
  OrderedBytes out(std::endian::big);
  encode_sample(made.raw(), made.sample, change, out);
  EXPECT_EQ(out.take(), words({9, 0x401000, 2, 0x33}, std::endian::big));
}

Bytes trailer(const Bytes& recorded, std::uint64_t sample_type, std::uint64_t id) {
  OrderedBytes out(kLittle);
  append_trailer(recorded, sample_type, id, out);
  return out.take();
}

TEST(AppendTrailer, AnIdentifierIsTheLastWord) {
  const std::uint64_t type = abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_CPU;
  EXPECT_EQ(trailer(words({0x2b0000002a, 77, 3}), type, 9), words({0x2b0000002a, 77, 3, 9}));
}

TEST(AppendTrailer, RecordedIdsAreReplaced) {
  const std::uint64_t type = abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_ID |
                             abi::PERF_SAMPLE_STREAM_ID | abi::PERF_SAMPLE_CPU | abi::PERF_SAMPLE_IDENTIFIER;
  EXPECT_EQ(trailer(words({0x2b0000002a, 77, 5, 6, 3, 5}), type, 9), words({0x2b0000002a, 77, 9, 6, 3, 9}));
}

TEST(AppendTrailer, ARecordWithoutOneGetsZerosOfTheSameShape) {
  const std::uint64_t type = abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_CPU;
  EXPECT_EQ(trailer({}, type, 0), words({0, 0, 0, 0}));
}

}  // namespace
}  // namespace simdprof::perfdata
