#include "lib/perfdata/file_header.h"

#include <gtest/gtest.h>

#include "tests/lib/perfdata/hand_perf_data.h"

namespace simdprof::perfdata {
namespace {

using test::Fields;

test::HandPerfData small(std::endian order) {
  test::HandPerfData file;
  file.order = order;
  file.attrs = {{test::perf_attr(7, 64, order), {5}}};
  file.data = test::words({0, 0}, order);
  file.features = {{3, test::words({1}, order)}, {129, test::words({2}, order)}};
  return file;
}

TEST(FileHeader, NamesItsSectionsInBothByteOrders) {
  for (const auto order : {std::endian::little, std::endian::big}) {
    const auto bytes = small(order).bytes();
    ASSERT_TRUE(starts_perf_data(bytes));
    const auto header = decode_file_header(bytes);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->order, order);
    EXPECT_FALSE(header->pipe);
    EXPECT_EQ(header->attr_entry_bytes, 80U);
    EXPECT_EQ(header->attrs.offset, 112U);
    EXPECT_EQ(header->data.offset, 192U);
    EXPECT_EQ(header->data.bytes, 16U);
    EXPECT_TRUE(header->has_feature(3));
    EXPECT_TRUE(header->has_feature(129));
    EXPECT_FALSE(header->has_feature(4));
  }
}

TEST(FileHeader, EveryShorterHeaderIsTruncated) {
  const auto bytes = small(std::endian::little).bytes();
  for (std::size_t size = 8; size < 104; ++size) {
    const auto header = decode_file_header(std::span(bytes).first(size));
    ASSERT_FALSE(header) << size;
    EXPECT_EQ(header.error().code, Errc::truncated);
  }
  EXPECT_EQ(decode_file_header(std::span(bytes).first(7)).error().code, Errc::malformed);
}

TEST(FileHeader, APipesHeaderHasSixteenBytes) {
  const auto header = decode_file_header(test::pipe_perf_data({}, std::endian::big));
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->pipe);
  EXPECT_EQ(header->order, std::endian::big);
}

TEST(FileHeader, AnotherSizeIsNotKnown) {
  auto bytes = small(std::endian::little).bytes();
  bytes[8] = std::byte{112};
  EXPECT_EQ(decode_file_header(bytes).error().code, Errc::unsupported);
}

TEST(FileHeader, TheBitmapOfABigEndianWriterOfThirtyTwoBitsIsTurned) {
  Fields header(std::endian::big);
  header.u64(0x32454c4946524550).u64(104).u64(80).u64(104).u64(0).u64(104).u64(0).u64(0).u64(0);
  header.u32(1U << 3U).u32(1U << 1U);  // longs of 32 bits: HOSTNAME in the first, bit 33 in the second
  header.u64(0).u64(0).u64(0);
  const auto decoded = decode_file_header(header.get());
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(decoded->has_feature(3));
  EXPECT_TRUE(decoded->has_feature(33));
}

TEST(FeatureTable, HasAnEntryForEachBitAsFarAsTheFileGoes) {
  const auto bytes = small(std::endian::little).bytes();
  const auto header = decode_file_header(bytes);
  ASSERT_TRUE(header);
  const test::TempPath whole{bytes};
  const auto table = load_feature_table(InputFile::open(whole.path(), nullptr).value(), *header);
  ASSERT_TRUE(table);
  ASSERT_EQ(table->size(), 2U);
  EXPECT_EQ((*table)[1].feature, 129U);
  EXPECT_EQ((*table)[1].section.offset, bytes.size() - 8);
  const test::TempPath cut{test::Bytes(bytes.begin(), bytes.begin() + 192 + 16 + 16 + 8)};
  EXPECT_EQ(load_feature_table(InputFile::open(cut.path(), nullptr).value(), *header)->size(), 1U);
}

}  // namespace
}  // namespace simdprof::perfdata
