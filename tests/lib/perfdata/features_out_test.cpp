#include "lib/perfdata/features_out.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/bytes.h"

// Layouts: tools/perf/Documentation/perf.data-file-format.txt, and header.c of perf 6.1 where it is silent.
namespace simdprof::perfdata {
namespace {

using test::Bytes;
using test::operator+;

constexpr auto kLittle = std::endian::little;
constexpr auto kBig = std::endian::big;

Bytes zeros(std::size_t count) { return Bytes(count); }

Bytes number(std::uint64_t value, std::size_t size, std::endian order = kLittle) {
  Bytes out;
  test::append_word(out, value, size, order);
  return out;
}

TEST(FeaturesOut, TextIsPaddedTo64WithItsNul) {
  EXPECT_EQ(encode_text_feature("vm", kLittle), number(64, 4) + test::text("vm") + zeros(62));
  const std::string longest(63, 'x');
  EXPECT_EQ(encode_text_feature(longest, kLittle), number(64, 4) + test::text(longest) + zeros(1));
  const std::string longer(64, 'x');
  EXPECT_EQ(encode_text_feature(longer, kLittle), number(128, 4) + test::text(longer) + zeros(64));
}

TEST(FeaturesOut, CpuCountsAreAvailableThenOnline) {
  EXPECT_EQ(test::hex(encode_cpu_counts(8, 6, kLittle)), "08 00 00 00 06 00 00 00");
  EXPECT_EQ(test::hex(encode_cpu_counts(8, 6, kBig)), "00 00 00 08 00 00 00 06");
}

TEST(FeaturesOut, ClockDataIsVersionClockWallAndClockTime) {
  EXPECT_EQ(encode_clock_data({4, 0x1122, 0x3344}, kLittle),
            number(1, 4) + number(4, 4) + number(0x3344, 8) + number(0x1122, 8));
  EXPECT_EQ(test::hex(encode_clock_data({4, 0x1122, 0x3344}, kBig)).substr(0, 23), "00 00 00 01 00 00 00 04");
}

TEST(FeaturesOut, CommandLineIsACountAndTexts) {
  const std::vector<std::string> words = {"simdprof", "record"};
  EXPECT_EQ(encode_command_line(words, kLittle), number(2, 4) + number(64, 4) + test::text("simdprof") + zeros(56) +
                                                     number(64, 4) + test::text("record") + zeros(58));
}

TEST(FeaturesOut, SampleTimeIsFirstAndLast) {
  EXPECT_EQ(encode_sample_time(1000, 2000, kLittle), test::words({1000, 2000}));
}

abi::EventAttr every_field() {
  abi::EventAttr attr;
  attr.type = 0x01020304;
  attr.size = 176;
  attr.config = 2;
  attr.sample_period_or_freq = 3;
  attr.sample_type = 4;
  attr.read_format = 5;
  attr.flags = 6;
  attr.wakeup_events_or_watermark = 7;
  attr.bp_type = 8;
  attr.config1_or_bp_addr = 9;
  attr.config2_or_bp_len = 10;
  attr.branch_sample_type = 11;
  attr.sample_regs_user = 12;
  attr.sample_stack_user = 13;
  attr.clockid = -1;
  attr.sample_regs_intr = 14;
  attr.aux_watermark = 15;
  attr.sample_max_stack = 16;
  attr.aux_sample_size = 17;
  attr.aux_action = 18;
  attr.sig_data = 19;
  attr.config3 = 20;
  attr.sample_simd_vec_reg_user = 21;
  return attr;
}

TEST(FeaturesOut, AnAttrHasTheFieldsOfPerf61AndSaysSo) {
  const Bytes expected = number(0x01020304, 4) + number(128, 4) + test::words({2, 3, 4, 5, 6}) + number(7, 4) +
                         number(8, 4) + test::words({9, 10, 11, 12}) + number(13, 4) + number(0xffffffff, 4) +
                         test::words({14}) + number(15, 4) + number(16, 2) + number(0, 2) + number(17, 4) +
                         number(18, 4) + test::words({19});
  EXPECT_EQ(encode_attr(every_field(), kLittle), expected);
}

TEST(FeaturesOut, ABigEndianAttrHasItsBitFieldsFromTheTop) {
  abi::EventAttr attr;
  attr.flags = abi::kAttrDisabled | abi::kAttrSampleIdAll;
  abi::set_precise_ip(attr, 2);
  // disabled is bit 63, precise_ip has bits 48 and 47 with the high one first, sample_id_all is bit 45.
  const Bytes flags = test::words({std::uint64_t{1} << 63U | std::uint64_t{1} << 48U | std::uint64_t{1} << 45U}, kBig);
  const auto bytes = encode_attr(attr, kBig);
  EXPECT_EQ(test::hex(Bytes(bytes.begin() + 40, bytes.begin() + 48)), test::hex(flags));
}

TEST(FeaturesOut, EventDescriptionsHaveAttrIdsAndName) {
  const std::vector<OutEvent> events = {{every_field(), "cycles:u", {7, 8}}};
  const auto expected = number(1, 4) + number(128, 4) + encode_attr(every_field(), kLittle) + number(2, 4) +
                        number(64, 4) + test::text("cycles:u") + zeros(56) + test::words({7, 8});
  EXPECT_EQ(encode_event_descs(events, kLittle), expected);
}

TEST(FeaturesOut, ABuildIdEntryIsFramedLikeARecordAndSaysTheIdsSize) {
  const OutBuildId entry{1, -1, test::raw({0xaa, 0xbb, 0xcc}), "[kernel.kallsyms]"};
  const Bytes expected = number(67, 4) + number(0x8001, 2) + number(36 + 64, 2) + number(0xffffffff, 4) +
                         test::raw({0xaa, 0xbb, 0xcc}) + zeros(17) + test::raw({3, 0, 0, 0}) +
                         test::text("[kernel.kallsyms]") + zeros(64 - 17);
  EXPECT_EQ(encode_build_id_entry(entry, 67, kLittle), expected);
}

}  // namespace
}  // namespace simdprof::perfdata
