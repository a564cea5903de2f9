#include "lib/capture/aux_writer.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/lib/capture/fake_area.h"
#include "tests/lib/capture/fake_sink.h"

namespace simdprof {
namespace {

using test::FakeArea;
using test::FakeSink;
using test::Fields;

TEST(AuxWriter, WritesAPieceWithItsPlaceAndPadsIt) {
  FakeSink sink;
  AuxWriter writer(sink, 3, 1, -1);
  const std::array<std::byte, 5> data = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}, std::byte{5}};
  ASSERT_TRUE(writer.write({0x1000, 0, {data, {}}}, 77));
  ASSERT_EQ(sink.streams.size(), 1U);
  EXPECT_EQ(sink.streams[0].kind, StreamKind::aux);
  EXPECT_EQ(sink.streams[0].cpu, 1);
  // offset, reference, index, tid, cpu, size, data, padding
  Fields expected;
  expected.u64(0x1000).u64(77).u32(3).u32(0xffffffff).u32(1).u32(5).u32(0x04030201).u32(5);
  ASSERT_EQ(sink.runs.size(), 1U);
  EXPECT_EQ(sink.runs[0].bytes, expected.record(0x5344000b, 0));
  EXPECT_EQ(sink.runs[0].count, 1U);
  EXPECT_EQ(writer.bytes(), 5U);
}

TEST(AuxWriter, SplitsALongRunThatWrapsIntoPieces) {
  constexpr std::size_t kBytes = 1 << 20;
  FakeArea fake{kBytes};
  const AuxRing ring = AuxRing::over_memory(fake.control(), fake.area());
  fake.start_at(kBytes * 5 - 100001);
  fake.append(kBytes - 3);
  FakeSink sink;
  AuxWriter writer(sink, 0, 0, -1);
  ASSERT_TRUE(writer.write(ring.pending(), 1));
  std::uint64_t next = kBytes * 5 - 100001;
  std::uint32_t counted = 0;
  for (const FakeSink::Run& run : sink.runs) counted += run.count;
  const auto pieces = sink.records(0x5344000b);
  EXPECT_EQ(counted, pieces.size());
  for (const auto& piece : pieces) {
    ASSERT_EQ(piece.size() % 8, 0U);
    std::uint64_t offset = 0;
    std::uint32_t size = 0;
    std::memcpy(&offset, &piece[8], 8);
    std::memcpy(&size, &piece[36], 4);
    ASSERT_EQ(offset, next);
    ASSERT_LE(size, 32768U);
    ASSERT_TRUE(test::is_stream(std::span(piece).subspan(40, size), offset));
    next += size;
  }
  EXPECT_EQ(next, kBytes * 6 - 100001 - 3);
}

TEST(AuxWriter, AnEmptyRunWritesNothing) {
  FakeSink sink;
  AuxWriter writer(sink, 0, -1, 42);
  EXPECT_TRUE(writer.write({}, 1));
  EXPECT_TRUE(sink.runs.empty());
  EXPECT_EQ(sink.streams[0].tid, 42);
}

TEST(AuxWriter, AnErrorOfTheSinkIsReturned) {
  FakeSink sink;
  AuxWriter writer(sink, 0, 0, -1);
  sink.broken = true;
  const std::array<std::byte, 1> data{};
  EXPECT_FALSE(writer.write({0, 0, {data, {}}}, 1));
}

}  // namespace
}  // namespace simdprof
