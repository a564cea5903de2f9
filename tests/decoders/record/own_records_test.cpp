#include "decoders/record/own_records.h"

#include <gtest/gtest.h>

#include "decoders/record/decode_record.h"
#include "tests/decoders/record/record_input.h"

namespace simdprof {
namespace {

using test::Bytes;
using test::pair;
using test::raw;
using test::record_of;
using test::text;
using test::words;
using test::operator+;
using namespace std::string_view_literals;

template <class Body>
Body decoded(std::uint32_t type, const Bytes& payload) {
  const auto record = decode_record(record_of(type, payload), {});
  EXPECT_TRUE(record) << (record ? "" : render_error(record.error()));
  if (!record) return {};
  const auto* body = std::get_if<Body>(&record->body);
  EXPECT_NE(body, nullptr);
  return body != nullptr ? *body : Body{};
}

std::string refusal(std::uint32_t type, const Bytes& payload) {
  const auto record = decode_record(record_of(type, payload), {});
  EXPECT_FALSE(record);
  return record ? "" : record.error().fact;
}

// Payloads as man/simdprof-format.5 lays them out.
Bytes event_desc_payload(std::uint32_t attr_bytes) {
  Bytes attr = words({
      pair(1, attr_bytes),  // type, size
      0x1,                  // config
      999,                  // sample_freq
      0x1ffff,              // sample_type
      0x1,                  // read_format
      0x400,                // flags
      pair(1, 2),           // wakeup_events, bp_type
      3,
      4,                // config1, config2
      5,                // branch_sample_type
      0xff0fff,         // sample_regs_user
      pair(8192, 1),    // sample_stack_user, clockid
      0xff,             // sample_regs_intr
      pair(4096, 127),  // aux_watermark, sample_max_stack, reserved
      pair(16, 1),      // aux_sample_size, aux_action
      0x516,            // sig_data
      7,
      8,                                 // config3, config4
      1U | (1U << 16U) | (4ULL << 32U),  // simd enabled, pred qwords, vec qwords
      pair(0xff, 0xfe),                  // pred intr, user
      0xffff,
      0xfff0,  // vec intr, user
  });
  attr.resize(attr_bytes);
  return words({pair(0, attr_bytes)}) + attr + text("cpu-clk:u") + raw({0, 0, 0, 0, 0, 0, 0});
}

TEST(OwnRecords, EventDescriptionWithAllFields) {
  const auto event = decoded<EventDescRecord>(kRecordEventDesc, event_desc_payload(176));
  EXPECT_EQ(event.name, "cpu-clk:u");
  EXPECT_EQ(event.attr.type, 1U);
  EXPECT_EQ(event.attr.sample_period_or_freq, 999U);
  EXPECT_EQ(event.attr.sample_regs_user, 0xff0fffU);
  EXPECT_EQ(event.attr.sample_stack_user, 8192U);
  EXPECT_EQ(event.attr.clockid, 1);
  EXPECT_EQ(event.attr.sample_regs_intr, 0xffU);
  EXPECT_EQ(event.attr.sample_max_stack, 127U);
  EXPECT_EQ(event.attr.aux_action, 1U);
  EXPECT_EQ(event.attr.sig_data, 0x516U);
  EXPECT_EQ(event.attr.config4, 8U);
  EXPECT_EQ(event.attr.sample_simd_vec_reg_qwords, 4U);
  EXPECT_EQ(event.attr.sample_simd_pred_reg_user, 0xfeU);
  EXPECT_EQ(event.attr.sample_simd_vec_reg_user, 0xfff0U);
}

TEST(OwnRecords, AShorterAttrLeavesTheLaterFieldsZero) {
  const auto event = decoded<EventDescRecord>(kRecordEventDesc, event_desc_payload(128));
  EXPECT_EQ(event.attr.sig_data, 0x516U);
  EXPECT_EQ(event.attr.config3, 0U);
  EXPECT_EQ(event.attr.sample_simd_regs_enabled, 0U);
}

TEST(OwnRecords, ALargerAttrIsTakenWhenItsTailIsZero) {
  Bytes payload = event_desc_payload(192);
  EXPECT_EQ(decoded<EventDescRecord>(kRecordEventDesc, payload).attr.sample_simd_vec_reg_user, 0xfff0U);
  payload[8 + 191] = std::byte{1};
  EXPECT_EQ(refusal(kRecordEventDesc, payload), "record 0x53440001: event attributes have fields that are not known");
  EXPECT_EQ(refusal(kRecordEventDesc, event_desc_payload(56)),
            "record 0x53440001: event attributes of less than 64 bytes");
}

TEST(OwnRecords, EventId) {
  const auto id = decoded<EventIdRecord>(kRecordEventId, words({pair(1, 0xffffffff), pair(77, 0), 123456}));
  EXPECT_EQ(id.event, 1U);
  EXPECT_EQ(id.cpu, -1);
  EXPECT_EQ(id.tid, 77);
  EXPECT_EQ(id.id, 123456U);
}

TEST(OwnRecords, HostFactIsTwoTexts) {
  const auto fact =
      decoded<HostFactRecord>(kRecordHostFact, text("arch") + raw({0}) + text("x86_64") + raw({0, 0, 0, 0, 0}));
  EXPECT_EQ(fact.key, "arch");
  EXPECT_EQ(fact.value, "x86_64");
  EXPECT_EQ(refusal(kRecordHostFact, text("arch") + raw({0}) + text("abc")),
            "record 0x53440003 ends inside its fields");
}

TEST(OwnRecords, XsaveTable) {
  const auto record = decoded<XsaveTableRecord>(
      kRecordXsaveTable, words({0x7, pair(832, 2), pair(1, 160), pair(256, 0), pair(2, 576), pair(256, 0)}));
  const abi::XsaveTable& table = *record.table;
  EXPECT_EQ(table.xcr0_mask, 7U);
  EXPECT_EQ(table.max_bytes, 832U);
  EXPECT_EQ(table.components[2].offset, 576U);
  EXPECT_EQ(table.components[2].size, 256U);
  EXPECT_EQ(table.components[0].size, 0U);
}

TEST(OwnRecords, XsaveTablesThatCannotBeAreRefused) {
  EXPECT_EQ(refusal(kRecordXsaveTable, words({7, pair(832, 1), pair(63, 0), pair(8, 0)})),
            "record 0x53440004: an XSAVE component above 62");
  EXPECT_EQ(refusal(kRecordXsaveTable, words({7, pair(832, 2), pair(2, 0), pair(8, 0), pair(2, 0), pair(8, 0)})),
            "record 0x53440004: an XSAVE component is there twice");
  EXPECT_EQ(refusal(kRecordXsaveTable, words({7, pair(832, 1), pair(2, 0), pair(0x20000, 0)})),
            "record 0x53440004: an XSAVE component of more than 64 KiB");
  EXPECT_EQ(refusal(kRecordXsaveTable, words({7, pair(832, 0xffffffff), 1, 2})),
            "record 0x53440004 ends inside its fields");
}

Bytes image_payload(std::uint32_t data_bytes) {
  return words(
      {pair(7, 8), 1000, 2000, 0x401000, ~std::uint64_t{0}, pair(1, 1), 0x7, 0x2, 0x2, pair(0x1f80, data_bytes)});
}

TEST(OwnRecords, RegisterImageSortsAtItsWindowStart) {
  const auto payload = image_payload(12) + raw({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0});
  const auto record = decode_record(record_of(kRecordRegisterImage, payload), {});
  ASSERT_TRUE(record);
  EXPECT_EQ(record->time_ns, 1000U);
  const auto& image = std::get<RegisterImageRecord>(record->body).image;
  EXPECT_EQ(image.pid, 7);
  EXPECT_EQ(image.tid, 8);
  EXPECT_EQ(image.time_ns, 2000U);
  EXPECT_EQ(image.ip, 0x401000U);
  EXPECT_EQ(image.syscall, -1);
  EXPECT_EQ(image.format, RegisterImage::kXsave);
  EXPECT_EQ(image.flags, RegisterImage::kFlagLate);
  EXPECT_EQ(image.available, 7U);
  EXPECT_EQ(image.in_use, 2U);
  EXPECT_EQ(image.stored, 2U);
  EXPECT_EQ(image.mxcsr, 0x1f80U);
  EXPECT_EQ(image.data.size(), 12U);
}

TEST(OwnRecords, AnImageOfOtherSizeThanItSaysIsRefused) {
  EXPECT_EQ(refusal(kRecordRegisterImage, image_payload(24) + words({1, 2})),
            "record 0x53440005 ends inside its fields");
  EXPECT_EQ(refusal(kRecordRegisterImage, image_payload(8) + words({1, 2})),
            "record 0x53440005: bytes follow the last field");
}

TEST(OwnRecords, LossBuildIdSourceEnd) {
  const auto loss = decoded<LossRecord>(kRecordLoss, words({pair(2, 3), pair(0xffffffff, 0), 9, 1000}));
  EXPECT_EQ(loss.cause, LossCause::image_missing);
  EXPECT_EQ(loss.cpu, 3);
  EXPECT_EQ(loss.count, 9U);
  EXPECT_EQ(loss.time_ns, 1000U);
  const auto id =
      decoded<BuildIdRecord>(kRecordBuildId, raw({3, 0, 0, 0, 0xaa, 0xbb, 0xcc}) + text("/bin/sh") + raw({0, 0}));
  EXPECT_EQ(id.id.size(), 3U);
  EXPECT_EQ(id.path, "/bin/sh");
  const auto source = decoded<SourceRecord>(kRecordSource, words({pair(1, 95)}) + text("no PMU") + raw({0, 0}));
  EXPECT_EQ(source.kind, SourceKind::kernel);
  EXPECT_EQ(source.error_number, 95);
  EXPECT_EQ(source.explanation, "no PMU");
  const auto end = decoded<EndRecord>(kRecordEnd, words({100, 200, pair(256, 0)}));
  EXPECT_EQ(end.start_ns, 100U);
  EXPECT_EQ(end.end_ns, 200U);
  EXPECT_EQ(end.wait_status, 256);
}

TEST(OwnRecords, UnknownCausesAndSourcesAreRefused) {
  EXPECT_EQ(decoded<LossRecord>(kRecordLoss, words({pair(9, 3), 0, 9, 1000})).cause, LossCause::aux_unread);
  EXPECT_EQ(refusal(kRecordLoss, words({pair(10, 3), 0, 9, 1000})),
            "record 0x53440006: the cause of the loss is not known");
  EXPECT_EQ(refusal(kRecordSource, words({pair(4, 0), 0})), "record 0x53440008: the register source is not known");
}

TEST(OwnRecords, StreamRecord) {
  const auto payload =
      words({0x464f5250444d4953, 1U | (1U << 16U) | (5ULL << 32U), pair(3, 0xffffffff), pair(10, 480), 100, 200});
  const auto start = decoded<StreamRecord>(kRecordStream, payload).start;
  EXPECT_EQ(start.version, 1U);
  EXPECT_EQ(start.info.kind, StreamKind::ring);
  EXPECT_EQ(start.stream, 5U);
  EXPECT_EQ(start.info.cpu, 3);
  EXPECT_EQ(start.info.tid, -1);
  EXPECT_EQ(start.record_count, 10U);
  EXPECT_EQ(start.last_time_ns, 200U);
  EXPECT_EQ(refusal(kRecordStream, words({1, 1, 0, 0, 0, 0})), "record 0x53440000: the stream record lacks its magic");
}

TEST(OwnRecords, ABigEndianStreamHasABitInItsKind) {
  const auto payload = words({0x464f5250444d4953, 2U | (0x8001ULL << 16U), 0, 0, 0, 0});
  const auto start = decoded<StreamRecord>(kRecordStream, payload).start;
  EXPECT_EQ(start.info.kind, StreamKind::ring);
  EXPECT_EQ(start.info.order, std::endian::big);
  EXPECT_EQ(refusal(kRecordStream, words({0x464f5250444d4953, 2U | (5ULL << 16U), 0, 0, 0, 0})),
            "record 0x53440000: the kind of the stream is not known");
}

TEST(OwnRecords, TraceFactsAndTraceBytes) {
  const auto info = decoded<AuxtraceInfoRecord>(kRecordAuxtraceInfo, words({pair(1, 2), 11, 12}));
  EXPECT_EQ(info.type, 1U);
  ASSERT_EQ(info.words.size(), 2U);
  EXPECT_EQ(info.words[1], 12U);
  const auto trace =
      decoded<AuxtraceRecord>(kRecordAuxtrace, words({4096, 7, pair(3, 1234), pair(0xffffffff, 5), 0x0504030201}))
          .piece;
  EXPECT_EQ(trace.offset, 4096U);
  EXPECT_EQ(trace.reference, 7U);
  EXPECT_EQ(trace.index, 3U);
  EXPECT_EQ(trace.tid, 1234);
  EXPECT_EQ(trace.cpu, -1);
  EXPECT_EQ(trace.data.size(), 5U);
  EXPECT_EQ(trace.data[4], std::byte{5});
}

TEST(OwnRecords, WhatTheKernelTellsOfATracepoint) {
  const auto info =
      decoded<TracepointInfoRecord>(kRecordTracepointInfo, words({0}) + test::text("sched\0name: a\n\0"sv)).info;
  EXPECT_EQ(info.kind, TracepointInfo::kFormat);
  EXPECT_EQ(info.system, "sched");
  EXPECT_EQ(info.text, "name: a\n");
  const auto texts = decoded<TracepointInfoRecord>(kRecordTracepointInfo, words({1}) + test::text("\0x\0"sv)).info;
  EXPECT_EQ(texts.kind, TracepointInfo::kKernelTexts);
  EXPECT_EQ(texts.text, "x");
  EXPECT_EQ(refusal(kRecordTracepointInfo, words({2}) + test::text("a\0b\0"sv)),
            "record 0x5344000c: what is told of tracepoints is not known");
}

TEST(OwnRecords, EveryCutIsRefused) {
  const std::pair<std::uint32_t, Bytes> records[] = {
      {kRecordEventDesc, event_desc_payload(176)},
      {kRecordEventId, words({1, 2, 3})},
      {kRecordAuxtraceInfo, words({pair(1, 2), 11, 12})},
      {kRecordAuxtrace, words({0, 0, 0, pair(0, 8), 1})},
      {kRecordTracepointInfo, words({0}) + test::text("sched\0name: a\n\0"sv)},
      {kRecordXsaveTable, words({7, pair(832, 1), pair(1, 160), pair(256, 0)})},
      {kRecordRegisterImage, image_payload(8) + words({1})},
      {kRecordLoss, words({0, 0, 9, 1000})},
      {kRecordEnd, words({100, 200, 0})}};
  for (const auto& [type, whole] : records) {
    ASSERT_TRUE(decode_record(record_of(type, whole), {})) << type;
    // The last 7 bytes of a text record may be padding; what is cut before them is missed.
    for (std::size_t size = 0; size + 7 < whole.size(); ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_FALSE(decode_record(record_of(type, cut), {})) << type << " " << size;
    }
  }
}

// In addition to the bytes written by hand: what the recorder writes comes back.
TEST(OwnRecords, ReadBackWhatTheEncoderWrites) {
  const auto bytes = encode_loss(LossCause::ring_full, 1, 2, 3, 4);
  const auto loss = decoded<LossRecord>(kRecordLoss, Bytes(bytes.begin() + 8, bytes.end()));
  EXPECT_EQ(loss.tid, 2);
  EXPECT_EQ(loss.time_ns, 4U);
  abi::EventAttr attr;
  attr.sample_simd_vec_reg_user = 0xffff;
  const auto event_bytes = encode_event_desc(4, attr, "cycles");
  const auto event = decoded<EventDescRecord>(kRecordEventDesc, Bytes(event_bytes.begin() + 8, event_bytes.end()));
  EXPECT_EQ(event.event, 4U);
  EXPECT_EQ(event.name, "cycles");
  EXPECT_EQ(event.attr.sample_simd_vec_reg_user, 0xffffU);
}

}  // namespace
}  // namespace simdprof
