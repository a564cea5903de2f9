#include "lib/model/own_record.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/bytes.h"

// Expected bytes are written out from man/simdprof-format.5, never by an encoder.
namespace simdprof {
namespace {

using test::hex;
using test::raw;
using test::text;
using test::words;
using test::operator+;

TEST(RecordBuilder, WritesTypeMiscAndSizeBeforeTheLittleEndianPayload) {
  const auto record = RecordBuilder(0x53440003, 0x2000).u8(1).u16(0x0302).u32(0x07060504).u8(8).finish();
  EXPECT_EQ(hex(record), "03 00 44 53 00 20 10 00 01 02 03 04 05 06 07 08");
}

TEST(RecordBuilder, PadsWithZerosToEightBytesAndCountsThemInTheSize) {
  EXPECT_EQ(hex(RecordBuilder(1).u8(0xaa).finish()), "01 00 00 00 00 00 10 00 aa 00 00 00 00 00 00 00");
  EXPECT_EQ(hex(RecordBuilder(1).finish()), "01 00 00 00 00 00 08 00");
}

TEST(RecordBuilder, EndsTextWithANul) {
  EXPECT_EQ(hex(RecordBuilder(2).text("abc").finish()), "02 00 00 00 00 00 10 00 61 62 63 00 00 00 00 00");
  // A text of eight bytes needs eight more for its NUL.
  EXPECT_EQ(RecordBuilder(2).text("abcdefgh").finish().size(), 8U + 16U);
}

TEST(RecordBuilder, WritesNegativeNumbersAsTwosComplement) {
  EXPECT_EQ(hex(RecordBuilder(1).i32(-1).i32(2).finish()), "01 00 00 00 00 00 10 00 ff ff ff ff 02 00 00 00");
}

TEST(RecordBuilder, TakesTheLargestRecordThatASixteenBitSizeHolds) {
  const test::Bytes payload(0xfff8 - 8, std::byte{1});
  const auto record = RecordBuilder(1).bytes(payload).finish();
  EXPECT_EQ(record.size(), 0xfff8U);
  EXPECT_EQ(record[6], std::byte{0xf8});
  EXPECT_EQ(record[7], std::byte{0xff});
}

TEST(RecordBuilderDeathTest, ALargerRecordIsABugOfTheCaller) {
  const test::Bytes payload(0xfff8 - 8 + 1, std::byte{1});
  EXPECT_DEATH((void)RecordBuilder(1).bytes(payload).finish(), "bug");
}

TEST(EncodeStreamStart, NamesTheStreamAfterTheMagic) {
  StreamStart start;
  start.stream = 5;
  start.info = {StreamKind::ring, 3, -1};
  start.record_count = 0x11;
  start.record_bytes = 0x2233;
  start.first_time_ns = 0x4455;
  start.last_time_ns = 0x6677;
  const auto expected = raw({0, 0, 0x44, 0x53, 0, 0, 56, 0}) + text("SIMDPROF") + raw({2, 0, 1, 0}) +
                        raw({5, 0, 0, 0}) + raw({3, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}) +
                        raw({0x11, 0, 0, 0, 0x33, 0x22, 0, 0}) + words({0x4455, 0x6677});
  EXPECT_EQ(hex(encode_stream_start(start)), hex(expected));
}

TEST(EncodeEventDesc, HoldsTheWholeAttrAndTheName) {
  abi::EventAttr attr;
  attr.type = 1;
  attr.size = 176;
  attr.sample_simd_vec_reg_user = 0x8877665544332211;
  const auto record = encode_event_desc(2, attr, "task-clock:u");
  // header, index, attr size, 176 bytes of attr, 13 of name, padded to 8
  ASSERT_EQ(record.size(), 8U + 8U + 176U + 16U);
  EXPECT_EQ(hex({record.begin(), record.begin() + 24}),
            "01 00 44 53 00 00 d0 00 02 00 00 00 b0 00 00 00 01 00 00 00 b0 00 00 00");
  EXPECT_EQ(hex({record.begin() + 184, record.begin() + 192}), "11 22 33 44 55 66 77 88");
  EXPECT_EQ(hex({record.begin() + 192, record.end()}), hex(text("task-clock:u") + raw({0, 0, 0, 0})));
}

TEST(EncodeEventId, PadsBeforeTheId) {
  EXPECT_EQ(hex(encode_event_id(1, 2, -1, 0x0102030405060708)),
            hex(raw({2, 0, 0x44, 0x53, 0, 0, 32, 0}) + raw({1, 0, 0, 0, 2, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0}) +
                words({0x0102030405060708})));
}

TEST(EncodeHostFact, SeparatesKeyAndValueByANul) {
  EXPECT_EQ(hex(encode_host_fact("arch", "x86_64")), hex(raw({3, 0, 0x44, 0x53, 0, 0, 24, 0}) + text("arch") +
                                                         raw({0}) + text("x86_64") + raw({0, 0, 0, 0, 0})));
}

TEST(EncodeHostFact, CutsAValueThatNoRecordCouldHold) {
  const auto record = encode_host_fact("cmdline", std::string(200000, 'x'));
  EXPECT_LE(record.size(), 0xfff8U);
  EXPECT_GT(record.size(), 50000U);
}

TEST(EncodeXsaveTable, WritesOnlyTheComponentsThatTheMachineHas) {
  abi::XsaveTable table;
  table.xcr0_mask = 7;
  table.max_bytes = 832;
  table.components[1] = {160, 256, 0};
  table.components[2] = {576, 256, 2};
  const auto expected = raw({4, 0, 0x44, 0x53, 0, 0, 56, 0}) + words({7}) + raw({0x40, 3, 0, 0, 2, 0, 0, 0}) +
                        raw({1, 0, 0, 0, 160, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}) +
                        raw({2, 0, 0, 0, 0x40, 2, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0});
  EXPECT_EQ(hex(encode_xsave_table(table)), hex(expected));
}

TEST(EncodeRegisterImage, PutsTheDataAfterItsSize) {
  const auto data = raw({1, 2, 3});
  RegisterImage image;
  image.pid = 10;
  image.tid = 11;
  image.window_start_ns = 12;
  image.time_ns = 13;
  image.ip = 14;
  image.syscall = -1;
  image.flags = RegisterImage::kFlagLate;
  image.available = 7;
  image.in_use = 6;
  image.stored = 2;
  image.mxcsr = 0x1f80;
  image.data = data;
  const auto expected = raw({5, 0, 0x44, 0x53, 0, 0, 96, 0}) + raw({10, 0, 0, 0, 11, 0, 0, 0}) +
                        words({12, 13, 14, ~std::uint64_t{0}}) + raw({1, 0, 0, 0, 1, 0, 0, 0}) + words({7, 6, 2}) +
                        raw({0x80, 0x1f, 0, 0, 3, 0, 0, 0}) + raw({1, 2, 3, 0, 0, 0, 0, 0});
  EXPECT_EQ(hex(encode_register_image(image)), hex(expected));
}

TEST(EncodeLoss, NamesCauseCpuThreadCountAndTime) {
  const auto expected = raw({6, 0, 0x44, 0x53, 0, 0, 40, 0}) + raw({2, 0, 0, 0, 255, 255, 255, 255, 9, 0, 0, 0}) +
                        raw({0, 0, 0, 0}) + words({5, 77});
  EXPECT_EQ(hex(encode_loss(LossCause::image_missing, -1, 9, 5, 77)), hex(expected));
}

TEST(EncodeBuildId, HoldsIdsOfAnyLength) {
  const auto expected =
      raw({7, 0, 0x44, 0x53, 0, 0, 24, 0}) + raw({3, 0, 0, 0, 0xab, 0xcd, 0xef}) + text("/bin/a") + raw({0, 0, 0});
  EXPECT_EQ(hex(encode_build_id(raw({0xab, 0xcd, 0xef}), "/bin/a")), hex(expected));
}

TEST(EncodeSource, HoldsTheErrnoOfARefusal) {
  const auto expected =
      raw({8, 0, 0x44, 0x53, 0, 0, 24, 0}) + raw({1, 0, 0, 0, 95, 0, 0, 0}) + text("no PMU") + raw({0, 0});
  EXPECT_EQ(hex(encode_source(SourceKind::kernel, 95, "no PMU")), hex(expected));
}

TEST(EncodeEnd, HoldsTheTimesAndTheWaitStatus) {
  const auto expected = raw({9, 0, 0x44, 0x53, 0, 0, 32, 0}) + words({1, 2}) + raw({255, 255, 255, 255, 0, 0, 0, 0});
  EXPECT_EQ(hex(encode_end(1, 2, -1)), hex(expected));
}

TEST(EncodeAuxtrace, HoldsThePlaceOfItsBytesBeforeThem) {
  const auto bytes = raw({1, 2, 3});
  AuxPiece piece;
  piece.offset = 0x11;
  piece.reference = 0x22;
  piece.index = 3;
  piece.tid = 4;
  piece.cpu = 5;
  piece.data = bytes;
  const auto expected = raw({11, 0, 0x44, 0x53, 0, 0, 48, 0}) + words({0x11, 0x22}) +
                        raw({3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0});
  EXPECT_EQ(hex(encode_auxtrace(piece)), hex(expected));
}

TEST(EncodeAuxtraceInfo, HoldsTheKindAndTheWords) {
  const std::uint64_t noted[] = {0x33, 0x44};
  EXPECT_EQ(hex(encode_auxtrace_info(1, noted)),
            hex(raw({10, 0, 0x44, 0x53, 0, 0, 32, 0, 1, 0, 0, 0, 2, 0, 0, 0}) + words({0x33, 0x44})));
}

TEST(EncodeTracepointInfo, HoldsTheSystemAndTheText) {
  const auto expected = raw({12, 0, 0x44, 0x53, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 's', 'y', 0, 'a', 'b', 'c', 0, 0});
  EXPECT_EQ(hex(encode_tracepoint_info({TracepointInfo::kFormat, "sy", "abc"})), hex(expected));
}

TEST(EncodeKernelTexts, CutsTheLinesIntoRecords) {
  std::string lines;
  for (int i = 0; i < 20000; ++i) lines += "0x1234 : \"x\"\n";
  const auto records = encode_kernel_texts(lines);
  ASSERT_GT(records.size(), 2U);
  std::size_t bytes = 0;
  for (const auto& record : records) {
    ASSERT_LE(record.size(), 65528U);
    EXPECT_EQ(record[8], std::byte{1});
    std::size_t end = record.size();
    while (record[end - 1] == std::byte{0}) --end;
    EXPECT_EQ(record[end - 1], std::byte{'\n'});
    bytes += end - 17;  // header, kind, reserved, an empty system
  }
  EXPECT_EQ(bytes, lines.size());
  EXPECT_TRUE(encode_kernel_texts("").empty());
  EXPECT_TRUE(encode_kernel_texts(std::string(70000, 'x')).empty()) << "a line that no record holds";
}

TEST(EncodeStreamStart, ABigEndianStreamHasTheHighBitOfItsKind) {
  StreamStart start;
  start.info = {StreamKind::ring, -1, -1, std::endian::big};
  const auto record = encode_stream_start(start);
  EXPECT_EQ(record[18], std::byte{1});
  EXPECT_EQ(record[19], std::byte{0x80});
}

TEST(OwnRecordTypes, AreNoneOfTheKernelsNorOfItsTools) {
  // The kernel counts up from 1, its tools from 64: our high half keeps far from both.
  EXPECT_GT(static_cast<std::uint32_t>(kRecordStream), 0x10000U);
  std::set<std::uint32_t> types;
  for (std::uint32_t type = kRecordStream; type <= kRecordEnd; ++type) types.insert(type);
  EXPECT_EQ(types.size(), 10U);
}

TEST(SourceName, IsWhatTheOptionTakes) {
  EXPECT_EQ(source_name(SourceKind::gpr), "gpr");
  EXPECT_EQ(source_name(SourceKind::kernel), "kernel");
  EXPECT_EQ(source_name(SourceKind::ptrace), "ptrace");
  EXPECT_EQ(source_name(SourceKind::agent), "agent");
}

TEST(LossCauseName, TellsEveryCauseApart) {
  std::set<std::string_view> names;
  for (std::uint32_t cause = 0; cause <= 8; ++cause) names.insert(loss_cause_name(static_cast<LossCause>(cause)));
  EXPECT_EQ(names.size(), 9U);
  EXPECT_FALSE(names.contains("unknown"));
}

}  // namespace
}  // namespace simdprof
