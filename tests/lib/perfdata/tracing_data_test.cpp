#include "lib/perfdata/tracing_data.h"

#include <gtest/gtest.h>

#include "lib/model/own_record.h"
#include "tests/lib/perfdata/hand_perf_data.h"

namespace simdprof::perfdata {
namespace {

using test::Fields;
using test::operator+;

constexpr std::string_view kFormat = "name: sched_switch\nID: 5\nformat:\n";

test::Bytes text(std::string_view of) {
  test::Bytes out;
  for (const char c : of) out.push_back(static_cast<std::byte>(c));
  return out;
}

test::Bytes sized(std::endian order, std::string_view of) { return Fields(order).u64(of.size()).get() + text(of); }

/// As perf writes it, with one system of one tracepoint.
test::Bytes whole(std::endian order, std::string_view version = "0.6") {
  using namespace std::string_view_literals;
  test::Bytes out = text("\x17\x08\x44tracing") + text(version) + text("\0"sv);
  out = out + text(order == std::endian::big ? "\1\x08"sv : "\0\x08"sv) + Fields(order).u32(4096).get();
  out = out + text("header_page\0"sv) + sized(order, "page") + text("header_event\0"sv) + sized(order, "event");
  out = out + Fields(order).u32(1).get() + sized(order, "of ftrace") + Fields(order).u32(1).get();
  out = out + text("sched\0"sv) + Fields(order).u32(1).get() + sized(order, kFormat);
  out = out + Fields(order).u32(3).get() + text("sym") + Fields(order).u32(4).get() + text("0x1\n");
  if (version != "0.5") out = out + sized(order, "1 init");
  return out;
}

std::string records_of(const Metadata& metadata) {
  std::string out;
  for (const std::byte byte : metadata.encode().bytes) out += static_cast<char>(byte);
  return out;
}

TEST(TracingData, GivesFormatsAndTextsInBothByteOrders) {
  for (const auto order : {std::endian::little, std::endian::big}) {
    for (const char* version : {"0.5", "0.6"}) {
      const auto bytes = whole(order, version);
      Metadata metadata;
      ASSERT_TRUE(read_tracing_data(Cursor{bytes, 0, order}, metadata));
      const std::string records = records_of(metadata);
      EXPECT_NE(records.find(std::string("sched\0", 6) + std::string(kFormat)), std::string::npos);
      EXPECT_NE(records.find("0x1\n"), std::string::npos);
      EXPECT_EQ(records.find("of ftrace"), std::string::npos);
    }
  }
}

TEST(TracingData, NamesTheEventsThatHaveNoOtherName) {
  Metadata metadata;
  abi::EventAttr attr;
  attr.type = abi::PERF_TYPE_TRACEPOINT;
  attr.config = 5;
  ASSERT_TRUE(metadata.add_event(attr, {}));
  ASSERT_TRUE(read_tracing_data(Cursor{whole(std::endian::little)}, metadata));
  EXPECT_NE(records_of(metadata).find("sched:sched_switch"), std::string::npos);
}

TEST(TracingData, OfOneIdTheFirstFormatIsKept) {
  OutTracingData data;
  data.tracepoints = {{"a", "name: first\nID: 5\n"}, {"b", "name: second\nID: 5\n"}, {"c", "ID: 6\n"}};
  Metadata metadata;
  ASSERT_TRUE(read_tracing_data(Cursor{encode_tracing_data(data, std::endian::little)}, metadata));
  EXPECT_NE(records_of(metadata).find("name: first"), std::string::npos);
  EXPECT_EQ(records_of(metadata).find("name: second"), std::string::npos);
  EXPECT_EQ(metadata.encode().count, 2U) << "one format, and the size of a long";
}

TEST(TracingData, OfEveryCutIsRefused) {
  const auto bytes = whole(std::endian::little);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Metadata metadata;
    const auto read = read_tracing_data(Cursor{std::span(bytes).first(size)}, metadata);
    EXPECT_FALSE(read) << size;
  }
}

TEST(TracingData, OtherMarksAndHugeCountsAreRefused) {
  auto bytes = whole(std::endian::little);
  Metadata metadata;
  bytes[0] = std::byte{1};
  EXPECT_EQ(read_tracing_data(Cursor{bytes}, metadata).error().code, Errc::malformed);
  bytes = whole(std::endian::little);
  bytes[20] = std::byte{'x'};  // of header_page
  EXPECT_EQ(read_tracing_data(Cursor{bytes}, metadata).error().fact, "TRACING_DATA has no header_page");
  bytes = whole(std::endian::little);
  const std::size_t systems = bytes.size() - 14 - 8 - 7 - kFormat.size() - 8 - 4 - 6 - 4;
  for (std::size_t i = 0; i < 4; ++i) bytes[systems + i] = std::byte{0xff};
  EXPECT_FALSE(read_tracing_data(Cursor{bytes}, metadata));
}

TEST(TracingData, IsWrittenAsItIsRead) {
  for (const auto order : {std::endian::little, std::endian::big}) {
    OutTracingData data;
    data.tracepoints = {{"sched", kFormat}, {"irq", "name: b\nID: 6\n"}, {"sched", "name: c\nID: 7\n"}};
    data.kernel_texts = "0x10 : \"ten\"\n";
    Metadata metadata;
    const auto bytes = encode_tracing_data(data, order);
    ASSERT_TRUE(read_tracing_data(Cursor{bytes, 0, order}, metadata));
    const std::string records = records_of(metadata);
    for (const std::string_view part : {kFormat, std::string_view("name: b"), std::string_view("0x10 : \"ten\"")}) {
      EXPECT_NE(records.find(part), std::string::npos) << part;
    }
    EXPECT_EQ(metadata.encode().count, 5U) << "with the size of a long";
  }
}

}  // namespace
}  // namespace simdprof::perfdata
