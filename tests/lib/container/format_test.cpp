#include "lib/container/format.h"

#include <gtest/gtest.h>

#include "tests/lib/container/hand_made.h"

namespace simdprof {
namespace {

using namespace format;
using test::Bytes;
using test::chunk_of_losts;

std::vector<std::byte> with_byte(std::vector<std::byte> bytes, std::size_t at, unsigned value) {
  bytes[at] = static_cast<std::byte>(value);
  return bytes;
}

/// Sets a byte of a chunk header's payload and makes the checksum right again.
std::vector<std::byte> resealed(std::vector<std::byte> header, std::size_t at, unsigned value) {
  header[at] = static_cast<std::byte>(value);
  const auto crc = test::slow_crc32(std::span(header).subspan(8, 52));
  for (unsigned i = 0; i < 4; ++i) header[60 + i] = static_cast<std::byte>(crc >> (8 * i));
  return header;
}

TEST(FileHeader, TakesTheBytesOfTheManualPage) { EXPECT_TRUE(decode_file_header(test::hand_header())); }

TEST(FileHeader, IsWrittenAsTheManualPageSays) { EXPECT_EQ(encode_file_header(), test::hand_header()); }

TEST(FileHeader, EveryShorterHeaderIsTruncated) {
  const auto bytes = test::hand_header();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = decode_file_header(std::span(bytes).first(size));
    ASSERT_FALSE(decoded) << size;
    EXPECT_EQ(decoded.error().code, Errc::truncated) << size;
  }
}

TEST(FileHeader, RefusesWhatItDoesNotKnow) {
  const auto bytes = test::hand_header();
  EXPECT_EQ(decode_file_header(with_byte(bytes, 8, 'X')).error().code, Errc::malformed);      // magic
  EXPECT_EQ(decode_file_header(with_byte(bytes, 16, 3)).error().code, Errc::unsupported);     // version
  EXPECT_EQ(decode_file_header(with_byte(bytes, 16, 0)).error().code, Errc::malformed);       // version 0
  EXPECT_EQ(decode_file_header(with_byte(bytes, 18, 1)).error().code, Errc::unsupported);     // reserved
  EXPECT_EQ(decode_file_header(with_byte(bytes, 23, 0x80)).error().code, Errc::unsupported);  // flags
  EXPECT_EQ(decode_file_header(with_byte(bytes, 4, 17)).error().code, Errc::malformed);       // frame size
}

TEST(ChunkHeader, TakesEveryField) {
  test::HandChunk chunk;
  chunk.stream = 0x01020304;
  chunk.kind = 4;
  chunk.cpu = -1;
  chunk.tid = 0x11121314;
  chunk.record_count = 7;
  chunk.first_time_ns = 0x2122232425262728;
  chunk.last_time_ns = 0x3132333435363738;
  chunk.records.resize(1234);
  const auto decoded = decode_chunk_header(test::chunk_header(chunk, 99), 0);
  ASSERT_TRUE(decoded) << render_error(decoded.error());
  EXPECT_EQ(decoded->start.stream, 0x01020304U);
  EXPECT_EQ(decoded->start.info.kind, StreamKind::aux);
  EXPECT_EQ(decoded->start.info.cpu, -1);
  EXPECT_EQ(decoded->start.info.tid, 0x11121314);
  EXPECT_EQ(decoded->start.record_count, 7U);
  EXPECT_EQ(decoded->start.record_bytes, 1234U);
  EXPECT_EQ(decoded->start.first_time_ns, 0x2122232425262728U);
  EXPECT_EQ(decoded->start.last_time_ns, 0x3132333435363738U);
  EXPECT_EQ(decoded->compressed_bytes, 99U);
}

TEST(ChunkHeader, IsWrittenAsTheManualPageSays) {
  const auto hand = test::chunk_header(chunk_of_losts(3, 2), 77);
  const auto decoded = decode_chunk_header(hand, 0);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(encode_chunk_header(*decoded), hand);
}

TEST(ChunkHeader, EveryShorterHeaderIsTruncated) {
  const auto bytes = test::chunk_header(chunk_of_losts(0, 2), 50);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = decode_chunk_header(std::span(bytes).first(size), 100);
    ASSERT_FALSE(decoded) << size;
    EXPECT_EQ(decoded.error().code, Errc::truncated) << size;
    EXPECT_EQ(decoded.error().offset, 100 + size) << size;
  }
}

TEST(ChunkHeader, EveryFlippedBitIsFound) {
  const auto bytes = test::chunk_header(chunk_of_losts(0, 2), 50);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    auto flipped = bytes;
    flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(decode_chunk_header(flipped, 0)) << bit;
  }
}

TEST(ChunkHeader, RefusesUnknownKindReservedBitsAndSizesAboveTheLimit) {
  const auto bytes = test::chunk_header(chunk_of_losts(0, 2), 50);
  ASSERT_TRUE(decode_chunk_header(resealed(bytes, 20, 4), 0));
  EXPECT_FALSE(decode_chunk_header(resealed(bytes, 20, 5), 0));                  // kind
  EXPECT_FALSE(decode_chunk_header(resealed(bytes, 22, 1), 0));                  // reserved
  EXPECT_TRUE(decode_chunk_header(resealed(resealed(bytes, 36, 0), 39, 1), 0));  // exactly 16 MiB of records
  EXPECT_FALSE(decode_chunk_header(resealed(resealed(bytes, 36, 1), 39, 1), 0));
  EXPECT_FALSE(decode_chunk_header(resealed(bytes, 59, 0xff), 0));  // compressed bytes
}

TEST(StreamRecord, TakesTheBytesOfTheManualPage) {
  const auto start = decode_stream_start(test::stream_record(chunk_of_losts(5, 3, 10)), 0);
  ASSERT_TRUE(start) << render_error(start.error());
  EXPECT_EQ(start->version, 2U);
  EXPECT_EQ(start->stream, 5U);
  EXPECT_EQ(start->info.kind, StreamKind::ring);
  EXPECT_EQ(start->info.cpu, 5);
  EXPECT_EQ(start->info.tid, -1);
  EXPECT_EQ(start->record_count, 3U);
  EXPECT_EQ(start->record_bytes, 72U);
  EXPECT_EQ(start->first_time_ns, 1010U);
  EXPECT_EQ(start->last_time_ns, 1013U);
}

TEST(StreamRecord, EveryShorterRecordIsTruncated) {
  const auto bytes = test::stream_record(chunk_of_losts(0, 1));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto start = decode_stream_start(std::span(bytes).first(size), 0);
    ASSERT_FALSE(start) << size;
    EXPECT_EQ(start.error().code, Errc::truncated) << size;
  }
}

TEST(StreamRecord, RefusesWhatItDoesNotKnow) {
  const auto bytes = test::stream_record(chunk_of_losts(0, 1));
  EXPECT_EQ(decode_stream_start(with_byte(bytes, 0, 1), 0).error().code, Errc::malformed);     // type
  EXPECT_EQ(decode_stream_start(with_byte(bytes, 4, 1), 0).error().code, Errc::malformed);     // misc
  EXPECT_EQ(decode_stream_start(with_byte(bytes, 6, 64), 0).error().code, Errc::malformed);    // size
  EXPECT_EQ(decode_stream_start(with_byte(bytes, 16, 3), 0).error().code, Errc::unsupported);  // version
  EXPECT_EQ(decode_stream_start(with_byte(bytes, 18, 5), 0).error().code, Errc::malformed);    // kind
  EXPECT_EQ(decode_stream_start(with_byte(bytes, 39, 2), 0).error().code, Errc::malformed);    // 32 MiB of records
}

/// The index frame of a hand-made file of three chunks.
struct IndexOfThree {
  test::HandFile file = test::hand_file({chunk_of_losts(0, 1), chunk_of_losts(1, 2), chunk_of_losts(0, 3)});
  std::vector<std::byte> frame{file.bytes.begin() + static_cast<std::ptrdiff_t>(file.index_offset),
                               file.bytes.begin() + static_cast<std::ptrdiff_t>(file.seek_table_offset)};
};

TEST(Index, NamesEveryChunkOfTheFile) {
  const IndexOfThree index;
  const auto chunks = decode_index(index.frame, index.file.index_offset);
  ASSERT_TRUE(chunks) << render_error(chunks.error());
  ASSERT_EQ(chunks->size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*chunks)[i].file_offset, index.file.chunk_offsets[i] + 64) << i;
    EXPECT_EQ((*chunks)[i].start.record_count, i + 1) << i;
  }
  EXPECT_EQ((*chunks)[1].start.stream, 1U);
}

TEST(Index, AndSeekTableAreWrittenAsTheManualPageSays) {
  const IndexOfThree index;
  const auto chunks = decode_index(index.frame, index.file.index_offset);
  ASSERT_TRUE(chunks);
  EXPECT_EQ(encode_index(*chunks), index.frame);
  const std::vector<std::byte> table{
      index.file.bytes.begin() + static_cast<std::ptrdiff_t>(index.file.seek_table_offset), index.file.bytes.end()};
  EXPECT_EQ(encode_seek_table(*chunks, index.frame.size()), table);
}

TEST(Index, EveryShorterIndexIsRefused) {
  const IndexOfThree index;
  for (std::size_t size = 0; size < index.frame.size(); ++size) {
    EXPECT_FALSE(decode_index(std::span(index.frame).first(size), index.file.index_offset)) << size;
  }
}

TEST(Index, EveryFlippedBitIsFound) {
  const IndexOfThree index;
  for (std::size_t bit = 0; bit < 8 * index.frame.size(); ++bit) {
    auto flipped = index.frame;
    flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(decode_index(flipped, index.file.index_offset)) << bit;
  }
}

TEST(Index, AnotherPlaceThanTheEndOfTheLastChunkIsRefused) {
  const IndexOfThree index;
  EXPECT_FALSE(decode_index(index.frame, index.file.index_offset + 8));
}

TEST(Index, ACountThatTheFrameDoesNotHoldIsRefusedBeforeItIsUsed) {
  const IndexOfThree index;
  auto frame = index.frame;
  for (std::size_t i = 16; i < 20; ++i) frame[i] = std::byte{0xff};
  EXPECT_FALSE(decode_index(frame, index.file.index_offset));
}

}  // namespace
}  // namespace simdprof
