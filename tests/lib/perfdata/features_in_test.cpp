#include "lib/perfdata/features_in.h"

#include <gtest/gtest.h>

#include "tests/lib/perfdata/hand_perf_data.h"

namespace simdprof::perfdata {
namespace {

using test::Fields;
using test::operator+;

std::string fact(std::uint32_t feature, const Fields& fields, const std::string& key) {
  Metadata metadata;
  EXPECT_TRUE(read_feature(feature, Cursor{fields.get(), 0, fields.order()}, metadata));
  const auto found = metadata.facts().find(key);
  return found == metadata.facts().end() ? "-" : found->second;
}

TEST(ReadFeature, TextsBecomeHostFactsInBothByteOrders) {
  for (const auto order : {std::endian::little, std::endian::big}) {
    EXPECT_EQ(fact(3, Fields(order).string("box"), "hostname"), "box");
    EXPECT_EQ(fact(4, Fields(order).string("6.1.0"), "release"), "6.1.0");
    EXPECT_EQ(fact(6, Fields(order).string("s390x"), "arch"), "s390x");
    EXPECT_EQ(fact(7, Fields(order).u32(8).u32(6), "cpus_online"), "6");
    EXPECT_EQ(fact(11, Fields(order).u32(2).string("perf").string("record"), "cmdline"), "perf record");
  }
}

TEST(ReadFeature, ListsBecomeOneLine) {
  EXPECT_EQ(fact(16, Fields().u32(2).u32(4).string("cpu").u32(1).string("software"), "pmus"), "cpu = 4, software = 1");
  EXPECT_EQ(fact(28, Fields().u32(1).string("branches").string("32"), "caps_of_cpu"), "branches=32");
  EXPECT_EQ(fact(31, Fields().u32(1).u32(1).string("slots").string("4").string("cpu_core"), "caps_of_cpu_core"),
            "slots=4");
  EXPECT_EQ(fact(21, Fields().u64(10).u64(20), "sample_time_ns"), "10 to 20");
  EXPECT_EQ(fact(29, Fields().u32(1).u32(4).u64(500).u64(100), "clock_data"),
            "clock 4 at 100 ns was 500 ns after 1970");
}

TEST(ReadFeature, AnElfMachineNamesTheArchOnlyWhereNothingElseDoes) {
  EXPECT_EQ(fact(33, Fields().u32(183).u32(0), "arch"), "aarch64");
  Metadata metadata;
  metadata.add_fact("arch", "armv8l");
  ASSERT_TRUE(read_feature(33, Cursor{Fields().u32(183).u32(0).get()}, metadata));
  EXPECT_EQ(metadata.facts().at("arch"), "armv8l");
}

TEST(ReadFeature, EventNamesGoToTheEventsInTheirOrder) {
  Metadata metadata;
  ASSERT_TRUE(metadata.add_event({}, {}));
  const auto blob = Fields().u32(1).u32(64).add(test::perf_attr(7)).u32(1).string("sched:sched_switch").u64(77).get();
  ASSERT_TRUE(read_feature(12, Cursor{blob}, metadata));
  metadata.settle_events();
  ASSERT_EQ(metadata.events().size(), 1U) << "described twice, there once";
  EXPECT_EQ(metadata.events()[0].ids, std::vector<std::uint64_t>{77});
  Metadata alone;
  ASSERT_TRUE(read_feature(12, Cursor{blob}, alone));
  alone.settle_events();
  ASSERT_EQ(alone.events().size(), 1U) << "described nowhere else";
  EXPECT_EQ(alone.events()[0].attr.sample_type, 7U);
}

TEST(ReadFeature, EveryCutOfABlobIsTruncated) {
  const auto blob = Fields().u32(1).u32(64).add(test::perf_attr(7)).u32(1).string("name").u64(77).get();
  for (std::size_t size = 0; size < blob.size(); ++size) {
    Metadata metadata;
    const auto read = read_feature(12, Cursor{std::span(blob).first(size)}, metadata);
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code, Errc::truncated);
  }
}

TEST(ReadFeature, CountsAboveTheBytesAreRefused) {
  Metadata metadata;
  EXPECT_FALSE(read_feature(11, Cursor{Fields().u32(0xffffffff).string("x").get()}, metadata));
  EXPECT_FALSE(read_feature(12, Cursor{Fields().u32(1).u32(0xffffffff).get()}, metadata));
  EXPECT_FALSE(read_feature(16, Cursor{Fields().u32(0x7fffffff).get()}, metadata));
  EXPECT_TRUE(metadata.facts().empty());
}

TEST(ReadFeature, BuildIdsHaveTheSizeThatTheirBitVouchesFor) {
  const auto entry = [](unsigned misc, unsigned id_bytes) {
    return Fields()
        .u32(0)
        .u16(misc)
        .u16(36 + 8)
        .u32(0xffffffff)
        .add(test::Bytes(20, std::byte{0xab}))
        .u8(id_bytes)
        .u8(0)
        .u16(0)
        .padded("/bin/x", 8)
        .get();
  };
  Metadata metadata;
  ASSERT_TRUE(read_feature(2, Cursor{entry(0x8001, 16) + entry(1, 0)}, metadata));
  EXPECT_EQ(metadata.encode().count, 2U);
  EXPECT_EQ(metadata.encode().bytes[8], std::byte{16});
  EXPECT_FALSE(read_feature(2, Cursor{Fields().u32(0).u16(0).u16(4).add(test::Bytes(60)).get()}, metadata));
}

TEST(ReadFeature, SimpleperfNamesEventsByTypeAndConfig) {
  Metadata metadata;
  abi::EventAttr attr;
  attr.type = 2;
  attr.config = 314;
  ASSERT_TRUE(metadata.add_event(attr, {}));
  const auto blob = Fields()
                        .padded("event_type_info", 16)
                        .padded("sched:sched_switch,2,314\nbroken\n", 33)
                        .padded("app_package_name", 17)
                        .padded("com.x", 6)
                        .get();
  ASSERT_TRUE(read_feature(129, Cursor{blob}, metadata));
  EXPECT_EQ(metadata.facts().at("simpleperf_app_package_name"), "com.x");
  const auto records = metadata.encode().bytes;
  const std::string_view text{static_cast<const char*>(static_cast<const void*>(records.data())), records.size()};
  EXPECT_NE(text.find("sched:sched_switch"), std::string_view::npos);
}

TEST(ReadFeature, AFeatureThatIsNotKnownIsPassedOver) {
  Metadata metadata;
  EXPECT_TRUE(read_feature(200, Cursor{test::words({1, 2})}, metadata));
  EXPECT_TRUE(metadata.facts().empty());
}

}  // namespace
}  // namespace simdprof::perfdata
