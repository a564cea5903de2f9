#include "lib/capture/recording_sink.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <array>

#include "tests/lib/capture/fake_sink.h"

namespace simdprof {
namespace {

using test::FakeSink;
using test::Fields;

std::vector<std::byte> mmap2(const char* path, std::size_t padded, std::uint64_t inode) {
  Fields out;
  out.u32(10).u32(10).u64(0x1000).u64(0x1000).u64(0).u32(8).u32(1).u64(inode).u64(0).u32(5).u32(2).text(path, padded);
  return out.u32(10).u32(10).u64(77).u32(0).u32(0).u64(1).record(10, 2);
}

std::uint64_t inode_of(const char* path) {
  struct stat facts {};
  return ::stat(path, &facts) == 0 ? facts.st_ino : 0;
}

TEST(RecordingSink, PassesStreamsAndRecordsOn) {
  FakeSink inner;
  RecordingSink sink(inner, std::nullopt);
  const StreamId stream = sink.open_stream({StreamKind::ring, 1, -1});
  const auto record = mmap2("/nowhere", 16, 5);
  ASSERT_TRUE(sink.write(stream, record, 1, 70, 80));
  ASSERT_EQ(inner.runs.size(), 1U);
  EXPECT_EQ(inner.runs[0].bytes, record);
  EXPECT_EQ(inner.runs[0].first_time_ns, 70U);
  EXPECT_EQ(inner.streams[0].cpu, 1);
}

TEST(RecordingSink, GivesBuildIdsOfFilesThatAreStillTheSame) {
  FakeSink inner;
  RecordingSink sink(inner, std::nullopt);
  const StreamId stream = sink.open_stream({StreamKind::ring, 0, -1});
  const char* const self = "/proc/self/exe";
  ASSERT_TRUE(sink.write(stream, mmap2(self, 16, inode_of(self)), 1, 1, 1));
  ASSERT_TRUE(sink.write(stream, mmap2("/bin/sh", 8, inode_of("/bin/sh") + 1), 1, 1, 1));
  ASSERT_TRUE(sink.write(stream, mmap2("//anon", 8, 0), 1, 1, 1));
  const auto ids = sink.load_build_ids();
  ASSERT_TRUE(ids.contains(self));
  EXPECT_EQ(ids.at(self).size(), 20U);
  EXPECT_FALSE(ids.contains("/bin/sh"));
  EXPECT_FALSE(ids.contains("//anon"));
}

TEST(RecordingSink, DamagedMappingsAreIgnored) {
  FakeSink inner;
  RecordingSink sink(inner, std::nullopt);
  const StreamId stream = sink.open_stream({StreamKind::ring, 0, -1});
  const auto whole = mmap2("/proc/self/exe", 16, 0);
  for (std::size_t size = 8; size < whole.size() - 2; ++size) {  // two NULs follow the path
    std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    cut[6] = static_cast<std::byte>(size);
    ASSERT_TRUE(sink.write(stream, cut, 1, 1, 1));
  }
  for (const auto& [path, id] : sink.load_build_ids()) EXPECT_NE(path, "/proc/self/exe");
}

TEST(RecordingSink, LearnsIdsAndLeavesKernelVectorsOut) {
  abi::EventAttr attr;
  attr.sample_type = (1U << 16) | (1U << 18);  // IDENTIFIER, REGS_INTR
  attr.sample_regs_intr = std::uint64_t{3} << 32U;
  FakeSink inner;
  RecordingSink sink(inner, KernelVectorFilter({attr}));
  const StreamId metadata = sink.open_stream({StreamKind::metadata, -1, -1});
  const StreamId ring = sink.open_stream({StreamKind::ring, 0, -1});
  const auto sample = Fields().u64(42).u64(2).u64(0x5ec).u64(0x5ed).record(9, 1);
  ASSERT_TRUE(sink.write(ring, sample, 1, 1, 1));
  EXPECT_EQ(inner.runs[0].count, 0U);  // nobody knows its event yet
  EXPECT_EQ(sink.left_out(), 1U);
  ASSERT_TRUE(sink.write(metadata, Fields().u32(0).u32(0).u32(0).u32(0).u64(42).record(0x53440002, 0), 1, 1, 1));
  ASSERT_TRUE(sink.write(ring, sample, 1, 1, 1));
  EXPECT_EQ(inner.runs[2].count, 1U);
  EXPECT_EQ(sink.left_out(), 1U);
  EXPECT_EQ(inner.runs[2].bytes, Fields().u64(42).u64(2).u64(0).u64(0).record(9, 1));
}

TEST(RecordingSink, PassesAuxBytesThroughAsTheyAre) {
  FakeSink inner;
  RecordingSink sink(inner, std::nullopt);
  const StreamId aux = sink.open_stream({StreamKind::aux, 0, -1});
  const auto record = Fields().u64(1).u64(2).record(0x5344000b, 0);
  const std::array<std::span<const std::byte>, 2> parts = {std::span(record).first(9), std::span(record).subspan(9)};
  ASSERT_TRUE(sink.write_parts(aux, parts, 1));
  EXPECT_EQ(inner.runs[0].bytes, record);
  EXPECT_EQ(inner.runs[0].first_time_ns, kNoTime);
}

TEST(RecordingSink, ReturnsTheInnerError) {
  FakeSink inner;
  inner.broken = true;
  RecordingSink sink(inner, std::nullopt);
  EXPECT_FALSE(sink.write(sink.open_stream({StreamKind::ring, 0, -1}), mmap2("/x", 8, 0), 1, 1, 1));
}

}  // namespace
}  // namespace simdprof
