#include "lib/container/writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <csignal>
#include <random>
#include <thread>

#include "lib/container/reader.h"
#include "lib/container/record_walk.h"
#include "tests/lib/container/hand_made.h"

namespace simdprof {
namespace {

using test::lost_record;
using test::TempFolder;

constexpr StreamInfo kMetadata{StreamKind::metadata, -1, -1};
constexpr StreamInfo kRing0{StreamKind::ring, 0, -1};

std::unique_ptr<ContainerWriter> make_writer(const std::string& path, WriterOptions options = {}) {
  auto writer = ContainerWriter::create(path, options);
  EXPECT_TRUE(writer) << render_error(writer.error());
  return writer ? std::move(*writer) : nullptr;
}

/// Records of each stream, in file order.
std::map<StreamId, std::vector<std::byte>> read_streams(const std::string& path) {
  std::map<StreamId, std::vector<std::byte>> streams;
  Ledger ledger;
  const auto reader = ContainerReader::open(path, ledger);
  EXPECT_TRUE(reader) << render_error(reader.error());
  if (!reader) return streams;
  for (std::size_t i = 0; i < reader->chunks().size(); ++i) {
    const auto records = reader->load(i);
    EXPECT_TRUE(records) << render_error(records.error());
    if (!records) continue;
    auto& stream = streams[reader->chunks()[i].start.stream];
    stream.insert(stream.end(), records->begin(), records->end());
  }
  return streams;
}

std::vector<std::byte> noise_record(std::mt19937& random, std::size_t size) {
  test::Bytes bytes;
  bytes.u32(9).u16(0).u16(size);
  while (bytes.size() < size) bytes.u8(random());
  return bytes.get();
}

TEST(ContainerWriter, AnEmptyRecordingIsHeaderIndexAndSeekTable) {
  const TempFolder folder;
  const auto writer = make_writer(folder.file("data"));
  ASSERT_TRUE(writer->finish());
  EXPECT_EQ(test::file_bytes(folder.file("data")), test::hand_file({}).bytes);
}

TEST(ContainerWriter, GivesEveryRecordOfEveryStreamBack) {
  const TempFolder folder;
  WriterOptions options;
  options.chunk_bytes = 1000;
  const auto writer = make_writer(folder.file("data"), options);
  std::map<StreamId, std::vector<std::byte>> expected;
  for (int stream = 0; stream < 3; ++stream) {
    EXPECT_EQ(writer->open_stream(kRing0), static_cast<StreamId>(stream));
  }
  for (std::uint64_t i = 0; i < 600; ++i) {
    const auto stream = static_cast<StreamId>(i % 3);
    const auto record = lost_record(i, 1);
    ASSERT_TRUE(writer->write(stream, record, 1, 100 + i, 100 + i));
    expected[stream].insert(expected[stream].end(), record.begin(), record.end());
  }
  ASSERT_TRUE(writer->finish());
  EXPECT_EQ(read_streams(folder.file("data")), expected);
  EXPECT_EQ(writer->totals().record_bytes, 600U * 24U);
  EXPECT_EQ(writer->totals().file_bytes, test::file_bytes(folder.file("data")).size());
}

TEST(ContainerWriter, AChunkCarriesCountsAndTimeRange) {
  const TempFolder folder;
  const auto writer = make_writer(folder.file("data"));
  const auto ring = writer->open_stream({StreamKind::images, 3, 77});
  ASSERT_TRUE(writer->write(ring, lost_record(1, 1), 1, kNoTime, kNoTime));
  ASSERT_TRUE(writer->write(ring, lost_record(2, 1), 1, 500, 600));
  ASSERT_TRUE(writer->write(ring, lost_record(3, 1), 1, 400, 450));
  ASSERT_TRUE(writer->finish());
  Ledger ledger;
  const auto reader = ContainerReader::open(folder.file("data"), ledger);
  ASSERT_TRUE(reader);
  EXPECT_TRUE(reader->index_present());
  ASSERT_EQ(reader->chunks().size(), 1U);
  const StreamStart& start = reader->chunks()[0].start;
  EXPECT_EQ(start.info.kind, StreamKind::images);
  EXPECT_EQ(start.info.cpu, 3);
  EXPECT_EQ(start.info.tid, 77);
  EXPECT_EQ(start.record_count, 3U);
  EXPECT_EQ(start.first_time_ns, 400U);
  EXPECT_EQ(start.last_time_ns, 600U);
}

TEST(ContainerWriter, MetadataGoesToTheFileBeforeTheRecordsThatNeedIt) {
  const TempFolder folder;
  WriterOptions options;
  options.chunk_bytes = 100;
  const auto writer = make_writer(folder.file("data"), options);
  const auto ring = writer->open_stream(kRing0);
  const auto synthesized = writer->open_stream({StreamKind::synthesized, -1, -1});
  const auto metadata = writer->open_stream(kMetadata);
  // The ring's records come first, but its chunk is closed (by the fifth) when the others are still being filled.
  ASSERT_TRUE(writer->write(ring, lost_record(0, 1), 1, 1, 1));
  ASSERT_TRUE(writer->write(synthesized, lost_record(0, 1), 1, 1, 1));
  ASSERT_TRUE(writer->write(metadata, encode_event_id(0, 0, -1, 42), 1, kNoTime, kNoTime));
  for (std::uint64_t i = 1; i < 5; ++i) ASSERT_TRUE(writer->write(ring, lost_record(i, 1), 1, i, i));
  ASSERT_TRUE(writer->finish());
  Ledger ledger;
  const auto reader = ContainerReader::open(folder.file("data"), ledger);
  ASSERT_TRUE(reader);
  std::vector<StreamId> order;
  for (const ChunkInfo& chunk : reader->chunks()) order.push_back(chunk.start.stream);
  EXPECT_EQ(order, (std::vector<StreamId>{metadata, synthesized, ring}));
}

TEST(ContainerWriter, ARunLargerThanAChunkIsSplitBetweenRecords) {
  const TempFolder folder;
  const auto writer = make_writer(folder.file("data"));
  const auto ring = writer->open_stream(kRing0);
  std::vector<std::byte> run;
  const std::uint32_t count = 340;
  for (std::uint32_t i = 0; i < count; ++i) {
    run.resize(run.size() + 65528);
    const auto header = test::Bytes{}.u32(9).u16(0).u16(65528).u64(i).get();
    std::copy(header.begin(), header.end(), run.end() - 65528);
  }
  ASSERT_GT(run.size(), std::size_t{16} << 20U);
  ASSERT_TRUE(writer->write(ring, run, count, 1, 2));
  ASSERT_TRUE(writer->finish());
  EXPECT_EQ(read_streams(folder.file("data"))[ring], run);
  Ledger ledger;
  const auto reader = ContainerReader::open(folder.file("data"), ledger);
  ASSERT_EQ(reader->chunks().size(), 2U);
  EXPECT_EQ(reader->chunks()[0].start.record_count + reader->chunks()[1].start.record_count, count);
}

TEST(ContainerWriter, RecordsInPartsAreThoseInOnePiece) {
  const TempFolder folder;
  std::mt19937 random{7};
  const auto first = noise_record(random, 48);
  const auto second = noise_record(random, 4096);
  WriterOptions options;
  options.chunk_bytes = 4096;
  {
    const auto writer = make_writer(folder.file("data"), options);
    const StreamId stream = writer->open_stream({StreamKind::aux, 1, -1});
    const std::array<std::span<const std::byte>, 4> parts = {std::span(first).first(8), std::span(first).subspan(8),
                                                             std::span<const std::byte>(), second};
    ASSERT_TRUE(writer->write_parts(stream, {}, 0));
    ASSERT_TRUE(writer->write_parts(stream, parts, 2));
    ASSERT_TRUE(writer->finish());
    EXPECT_EQ(writer->totals().record_bytes, first.size() + second.size());
    EXPECT_EQ(writer->totals().chunks, 1U);
  }
  auto expected = first;
  expected.insert(expected.end(), second.begin(), second.end());
  EXPECT_EQ(read_streams(folder.file("data"))[0], expected);
}

TEST(ContainerWriter, ManyThreadsWriteAtOnce) {
  const TempFolder folder;
  WriterOptions options;
  options.chunk_bytes = 4096;
  const auto writer = make_writer(folder.file("data"), options);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&writer] {
      const auto stream = writer->open_stream(kRing0);
      for (std::uint64_t i = 0; i < 2000; ++i) {
        ASSERT_TRUE(writer->write(stream, lost_record(i, stream), 1, i, i));
        ASSERT_TRUE(i % 500 != 0 || writer->flush());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(writer->finish());
  const auto streams = read_streams(folder.file("data"));
  ASSERT_EQ(streams.size(), 4U);
  for (const auto& [stream, bytes] : streams) {
    std::vector<std::byte> expected;
    for (std::uint64_t i = 0; i < 2000; ++i) {
      const auto record = lost_record(i, stream);
      expected.insert(expected.end(), record.begin(), record.end());
    }
    EXPECT_EQ(bytes, expected);
  }
}

TEST(ContainerWriter, TheFileIsReadableUnderItsNameWhileItIsWritten) {
  const TempFolder folder;
  const auto writer = make_writer(folder.file("data"));
  const auto ring = writer->open_stream(kRing0);
  EXPECT_TRUE(read_streams(folder.file("data")).empty());
  ASSERT_TRUE(writer->write(ring, lost_record(1, 1), 1, 1, 1));
  ASSERT_TRUE(writer->flush());
  for (int i = 0; i < 2000 && writer->totals().chunks == 0; ++i) ::usleep(1000);
  EXPECT_EQ(read_streams(folder.file("data"))[ring], lost_record(1, 1));
}

TEST(ContainerWriter, AKilledWriterLeavesAReadablePrefix) {
  const TempFolder folder;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto writer = make_writer(folder.file("data"));
    const auto ring = writer->open_stream(kRing0);
    for (std::uint64_t i = 0;; ++i) {
      (void)writer->write(ring, lost_record(i, 1), 1, i, i);
      if (i % 1000 == 0) (void)writer->flush();
    }
  }
  // Killed in the middle of it, but not before there is something.
  for (int i = 0; i < 10000 && test::file_bytes(folder.file("data")).size() < 2000; ++i) ::usleep(1000);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  const auto streams = read_streams(folder.file("data"));
  ASSERT_EQ(streams.size(), 1U);
  EXPECT_GT(streams.at(0).size(), 24U);
  EXPECT_EQ(streams.at(0).size() % 24, 0U);
}

TEST(ContainerWriter, AFullDiskIsToldByEveryLaterCallAndLeavesAReadablePrefix) {
  const TempFolder folder;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100'000, 100'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto writer = make_writer(folder.file("data"));
    const auto ring = writer->open_stream(kRing0);
    std::mt19937 random{1};
    Status status;
    for (int i = 0; i < 2000 && status; ++i) {
      status = writer->write(ring, noise_record(random, 1000), 1, 1, 1);
      if (i % 30 == 29 && status) status = writer->flush();
    }
    const bool told = !status && status.error().code == Errc::io && status.error().input == folder.file("data");
    const bool again = !writer->write(ring, lost_record(1, 1), 1, 1, 1) && !writer->flush() && !writer->finish();
    ::_exit(told && again ? 0 : 1);
  }
  int wait_status = -1;
  ::waitpid(child, &wait_status, 0);
  EXPECT_EQ(wait_status, 0);
  Ledger ledger;
  const auto reader = ContainerReader::open(folder.file("data"), ledger);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->chunks().size(), 3U);  // of 30 kB each
  EXPECT_TRUE(ledger.empty());             // cut back to the end of the last chunk
  for (std::size_t i = 0; i < reader->chunks().size(); ++i) EXPECT_TRUE(reader->load(i)) << i;
}

TEST(ContainerWriter, AClosedPipeIsToldByEveryLaterCall) {
  const TempFolder folder;
  std::signal(SIGPIPE, SIG_IGN);
  ASSERT_EQ(::mkfifo(folder.file("fifo").c_str(), 0600), 0);
  UniqueFd reader{::open(folder.file("fifo").c_str(), O_RDONLY | O_NONBLOCK)};
  const auto writer = make_writer(folder.file("fifo"));
  const auto ring = writer->open_stream(kRing0);
  reader.reset();
  ASSERT_TRUE(writer->write(ring, lost_record(1, 1), 1, 1, 1));
  const auto finished = writer->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, Errc::io);
  EXPECT_FALSE(writer->write(ring, lost_record(1, 1), 1, 1, 1));
}

TEST(ContainerWriter, WaitsForASlowOutputInsteadOfTakingMemory) {
  const TempFolder folder;
  const std::string fifo = folder.file("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const UniqueFd reader{::open(fifo.c_str(), O_RDONLY | O_NONBLOCK)};
  WriterOptions options;
  options.chunk_bytes = 8000;
  options.queue_bytes = 50'000;
  auto writer = make_writer(fifo, options);
  const auto ring = writer->open_stream(kRing0);
  constexpr int kRecords = 400;
  std::atomic<int> taken = 0;
  std::thread producer{[&] {
    std::mt19937 random{3};
    for (; taken < kRecords; ++taken) EXPECT_TRUE(writer->write(ring, noise_record(random, 4000), 1, 1, 1));
    EXPECT_TRUE(writer->finish());
    writer.reset();  // closes the pipe
  }};
  // The pipe holds 64 KiB of it, the queue 50 kB, chunks being filled and written 8 kB each; never the whole 1.6 MB.
  int before = -1;
  for (int now = 0; now != before || now == 0; now = taken) {
    before = now;
    ::usleep(100'000);
  }
  EXPECT_LT(taken, 60);
  ::fcntl(reader.get(), F_SETFL, 0);
  std::vector<std::byte> bytes(std::size_t{4} << 20U);
  bytes.resize(read_up_to(reader.get(), bytes).value());
  producer.join();
  EXPECT_EQ(taken, kRecords);
  folder.store("data", bytes);
  EXPECT_EQ(read_streams(folder.file("data"))[ring].size(), kRecords * 4000U);
}

TEST(ContainerWriter, TheStockToolTakesTheFile) {
  if (std::system("zstd --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no zstd tool here";
  const TempFolder folder;
  WriterOptions options;
  options.chunk_bytes = 2000;
  const auto writer = make_writer(folder.file("data"), options);
  const auto ring = writer->open_stream(kRing0);
  for (std::uint64_t i = 0; i < 1000; ++i) ASSERT_TRUE(writer->write(ring, lost_record(i, 1), 1, i, i));
  ASSERT_TRUE(writer->finish());
  const std::string data = folder.file("data");
  EXPECT_EQ(std::system(("zstd -q -t " + data).c_str()), 0);
  EXPECT_EQ(std::system(("zstd -l " + data + " >/dev/null").c_str()), 0);
  ASSERT_EQ(std::system(("zstd -q -dc " + data + " >" + folder.file("plain")).c_str()), 0);
  EXPECT_EQ(read_streams(folder.file("plain")), read_streams(data));
}

}  // namespace
}  // namespace simdprof
