#include "lib/perfdata/tool_records.h"

#include <gtest/gtest.h>

#include "tests/lib/perfdata/hand_perf_data.h"

namespace simdprof::perfdata {
namespace {

using test::Fields;
using test::operator+;

/// The payload of a record read whole; then every cut of it that must be refused.
void refuses_cuts(std::uint32_t type, const test::Bytes& payload, std::size_t needed) {
  for (std::size_t size = 0; size < needed; ++size) {
    Metadata metadata;
    EXPECT_FALSE(read_tool_record(type, Cursor{std::span(payload).first(size)}, metadata)) << type << " " << size;
  }
}

TEST(ToolRecords, HeaderAttrHasItsIdsBehindTheAttrsOwnSize) {
  for (const auto order : {std::endian::little, std::endian::big}) {
    Metadata metadata;
    const auto payload = test::perf_attr(7, 72, order) + test::words({5, 6}, order);
    ASSERT_TRUE(read_tool_record(64, Cursor{payload, 0, order}, metadata));
    ASSERT_EQ(metadata.events().size(), 1U);
    EXPECT_EQ(metadata.events()[0].attr.sample_type, 7U);
    EXPECT_EQ(metadata.events()[0].attr.flags, abi::kAttrSampleIdAll);
    EXPECT_EQ(metadata.events()[0].ids, (std::vector<std::uint64_t>{5, 6}));
  }
  refuses_cuts(64, test::perf_attr(7, 72), 72);
}

TEST(ToolRecords, AnAttrOfALaterKernelIsRead) {
  Metadata metadata;
  ASSERT_TRUE(read_tool_record(64, Cursor{test::perf_attr(7, 240) + test::words({5})}, metadata));
  EXPECT_EQ(metadata.events()[0].ids.size(), 1U);
}

TEST(ToolRecords, IdIndexPlacesIdsAndNamesGuests) {
  Metadata metadata;
  ASSERT_TRUE(metadata.add_event({}, {5}));
  const auto entry = test::words({5, 0, 3, 77});
  ASSERT_TRUE(read_tool_record(69, Cursor{test::words({1}) + entry + test::words({4242, 2})}, metadata));
  EXPECT_EQ(metadata.facts().at("guest_of_id_5"), "machine 4242, vcpu 2");
  refuses_cuts(69, test::words({1}) + entry, 40);
  EXPECT_FALSE(read_tool_record(69, Cursor{test::words({~0ULL}) + entry}, metadata)) << "the largest count";
}

TEST(ToolRecords, EventUpdateNamesTheEventOfAnId) {
  Metadata metadata;
  ASSERT_TRUE(metadata.add_event({}, {5}));
  ASSERT_TRUE(read_tool_record(78, Cursor{Fields().u64(2).u64(5).padded("my-event", 16).get()}, metadata));
  const auto records = metadata.encode().bytes;
  const std::string_view text{static_cast<const char*>(static_cast<const void*>(records.data())), records.size()};
  EXPECT_NE(text.find("my-event"), std::string_view::npos);
  refuses_cuts(78, test::words({2, 5}), 16);
}

TEST(ToolRecords, AFeatureRecordIsAFeature) {
  Metadata metadata;
  ASSERT_TRUE(read_tool_record(80, Cursor{Fields().u64(3).string("box").get()}, metadata));
  EXPECT_EQ(metadata.facts().at("hostname"), "box");
  EXPECT_TRUE(read_tool_record(80, Cursor{test::words({1000, 0})}, metadata)) << "a feature of a later tool";
  refuses_cuts(80, Fields().u64(3).string("box").get(), 76);
}

TEST(ToolRecords, ABuildIdRecordHasNoHeaderOfItsOwnInside) {
  Metadata metadata;
  const auto payload = Fields().u32(7).add(test::Bytes(20, std::byte{1})).u32(0).padded("/bin/x", 8).get();
  ASSERT_TRUE(read_tool_record(67, Cursor{payload}, metadata));
  EXPECT_EQ(metadata.encode().count, 1U);
  refuses_cuts(67, payload, 28);
}

TEST(ToolRecords, TimeConversionAndTraceFactsAreKept) {
  Metadata metadata;
  ASSERT_TRUE(read_tool_record(79, Cursor{test::words({31, 7, 9})}, metadata));
  EXPECT_EQ(metadata.facts().at("time_conversion"), "shift 31, mult 7, zero 9");
  refuses_cuts(79, test::words({31, 7, 9}), 24);
  ASSERT_TRUE(read_tool_record(70, Cursor{test::words({1, 11, 12})}, metadata));
  refuses_cuts(70, test::words({1}), 8);
  EXPECT_EQ(metadata.encode().count, 2U);
}

TEST(ToolRecords, ATraceErrorOfTheRecorderIsTold) {
  Metadata metadata;
  const auto payload = Fields().u32(1).u32(5).u32(0).u32(0).u32(0).u32(0).u64(0).padded("overflow", 64).get();
  const auto read = read_tool_record(72, Cursor{payload}, metadata);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().fact, "the recorder noted trace error 5: overflow");
}

TEST(ToolRecords, WhatIsNotKeptIsCountedAndWhatServesTheToolIsNot) {
  Metadata metadata;
  for (const std::uint32_t type : {68U, 73U, 74U, 82U}) {
    EXPECT_EQ(read_tool_record(type, Cursor{test::words({0})}, metadata).value(), ToolRecord::passed) << type;
  }
  for (const std::uint32_t type : {75U, 76U, 77U, 84U, 85U, 86U, 87U, 200U, 32769U}) {
    EXPECT_EQ(read_tool_record(type, Cursor{test::words({0})}, metadata).value(), ToolRecord::dropped) << type;
  }
}

}  // namespace
}  // namespace simdprof::perfdata
