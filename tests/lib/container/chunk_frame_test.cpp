#include "lib/container/chunk_frame.h"

#include <gtest/gtest.h>

#include "tests/lib/container/hand_made.h"

namespace simdprof {
namespace {

using test::chunk_of_losts;

/// What the writer would hand over for a chunk: its facts, and its records with room before them.
struct Input {
  explicit Input(const test::HandChunk& chunk) : bytes(56) {
    info.start.stream = chunk.stream;
    info.start.info = StreamInfo{static_cast<StreamKind>(chunk.kind), chunk.cpu, chunk.tid};
    info.start.record_count = chunk.record_count;
    info.start.record_bytes = static_cast<std::uint32_t>(chunk.records.size());
    info.start.first_time_ns = chunk.first_time_ns;
    info.start.last_time_ns = chunk.last_time_ns;
    bytes.insert(bytes.end(), chunk.records.begin(), chunk.records.end());
  }
  ChunkInfo info;
  std::vector<std::byte> bytes;
};

TEST(ChunkCompressor, MakesTheHeaderAndOneFrameOfStreamRecordAndRecords) {
  ChunkCompressor compressor{1};
  // The second chunk is smaller: nothing of the first may be left over.
  for (const auto& chunk : {chunk_of_losts(3, 400), chunk_of_losts(1, 2, 77)}) {
    Input input{chunk};
    const auto made = compressor.compress(input.bytes, input.info);
    ASSERT_TRUE(made) << render_error(made.error());
    const auto frame = made->subspan(64);
    EXPECT_EQ(input.info.compressed_bytes, frame.size());
    const std::vector<std::byte> header{made->begin(), made->begin() + 64};
    EXPECT_EQ(header, test::chunk_header(chunk, frame.size()));

    const auto expected = test::Bytes{}.add(test::stream_record(chunk)).add(chunk.records).get();
    ASSERT_EQ(ZSTD_getFrameContentSize(frame.data(), frame.size()), expected.size());
    ASSERT_EQ(ZSTD_findFrameCompressedSize(frame.data(), frame.size()), frame.size());
    std::vector<std::byte> content(expected.size());
    ASSERT_EQ(ZSTD_decompress(content.data(), content.size(), frame.data(), frame.size()), content.size());
    EXPECT_EQ(content, expected);
  }
}

TEST(ChunkCompressor, TheFrameHasAContentChecksum) {
  ChunkCompressor compressor{1};
  Input input{chunk_of_losts(0, 5)};
  const auto made = compressor.compress(input.bytes, input.info);
  ASSERT_TRUE(made);
  constexpr std::byte kChecksumFlag{4};  // RFC 8878, 3.1.1.1.1: frame header descriptor
  EXPECT_EQ((*made)[64 + 4] & kChecksumFlag, kChecksumFlag);
}

}  // namespace
}  // namespace simdprof
