#include "lib/container/reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "tests/lib/container/read_back.h"

namespace simdprof {
namespace {

using test::chunk_of_losts;
using test::TempFolder;

const std::vector<test::HandChunk> kThree = {chunk_of_losts(0, 2), chunk_of_losts(1, 5, 100),
                                             chunk_of_losts(0, 3, 200)};

/// Opens `bytes` as a file; the error is answered for.
Result<ContainerReader> open_bytes(const TempFolder& folder, std::span<const std::byte> bytes, Ledger& ledger) {
  return ContainerReader::open(folder.store("input", bytes), ledger);
}

void expect_three(const ContainerReader& reader) {
  ASSERT_EQ(reader.chunks().size(), 3U);
  std::uint64_t place = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const ChunkInfo& chunk = reader.chunks()[i];
    EXPECT_EQ(chunk.start.stream, kThree[i].stream);
    EXPECT_EQ(chunk.start.info.cpu, kThree[i].cpu);
    EXPECT_EQ(chunk.start.record_count, kThree[i].record_count);
    EXPECT_EQ(chunk.start.first_time_ns, kThree[i].first_time_ns);
    EXPECT_EQ(chunk.start.last_time_ns, kThree[i].last_time_ns);
    EXPECT_EQ(chunk.record_offset, place + 56);
    place += 56 + kThree[i].records.size();
    const auto records = reader.load(i);
    ASSERT_TRUE(records) << render_error(records.error());
    EXPECT_EQ(*records, kThree[i].records);
  }
}

TEST(ContainerReader, ReadsAHandMadeFileByItsIndex) {
  const TempFolder folder;
  Ledger ledger;
  const auto file = test::hand_file(kThree);
  const auto reader = open_bytes(folder, file.bytes, ledger);
  ASSERT_TRUE(reader) << render_error(reader.error());
  EXPECT_TRUE(reader->compressed());
  EXPECT_TRUE(reader->index_present());
  EXPECT_EQ(reader->format().file_bytes, file.bytes.size());
  EXPECT_EQ(reader->name(), folder.file("input"));
  expect_three(*reader);
  EXPECT_TRUE(ledger.empty());
}

TEST(ContainerReader, ReadsTheSameWithoutIndex) {
  const TempFolder folder;
  Ledger ledger;
  const auto file = test::hand_file(kThree);
  const auto reader = open_bytes(folder, std::span(file.bytes).first(file.index_offset), ledger);
  ASSERT_TRUE(reader) << render_error(reader.error());
  EXPECT_FALSE(reader->index_present());
  expect_three(*reader);
  EXPECT_TRUE(ledger.empty());
}

TEST(ContainerReader, ReadsTheDecompressedBytesAlone) {
  const TempFolder folder;
  Ledger ledger;
  const auto reader = open_bytes(folder, test::hand_records(kThree), ledger);
  ASSERT_TRUE(reader) << render_error(reader.error());
  EXPECT_FALSE(reader->compressed());
  expect_three(*reader);
  EXPECT_TRUE(ledger.empty());
}

/// Runs `body` with `bytes` coming in through a pipe as standard input.
template <class Body>
void with_standard_input(std::span<const std::byte> bytes, Body body) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const int saved = ::dup(STDIN_FILENO);
  ::dup2(ends[0], STDIN_FILENO);
  ::close(ends[0]);
  std::thread feeder{[&] {
    EXPECT_TRUE(write_all(ends[1], bytes));
    ::close(ends[1]);
  }};
  body();
  ::dup2(saved, STDIN_FILENO);  // closes the pipe
  ::close(saved);
  feeder.join();
}

TEST(ContainerReader, ReadsStandardInput) {
  for (const auto& bytes : {test::hand_file(kThree).bytes, test::hand_records(kThree)}) {
    with_standard_input(bytes, [] {
      Ledger ledger;
      const auto reader = ContainerReader::open("-", ledger);
      ASSERT_TRUE(reader) << render_error(reader.error());
      EXPECT_EQ(reader->name(), "-");
      expect_three(*reader);
    });
  }
}

TEST(ContainerReader, ManyThreadsLoadAtOnce) {
  const TempFolder folder;
  Ledger ledger;
  const auto reader = open_bytes(folder, test::hand_file(kThree).bytes, ledger);
  ASSERT_TRUE(reader);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 6; ++t) {
    threads.emplace_back([&reader, t] {
      for (std::size_t i = 0; i < 200; ++i) {
        const auto records = reader->load((i + t) % 3);
        ASSERT_TRUE(records);
        ASSERT_EQ(*records, kThree[(i + t) % 3].records);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

struct Foreign {
  std::string bytes;
  std::string fact;
};

TEST(ContainerReader, RefusesWhatIsNotOursWithOneFact) {
  const TempFolder folder;
  const std::vector<Foreign> inputs = {
      {"", "empty file"},
      {"PERFILE2\x68", "a perf.data file, not a simdprof recording"},
      {"2ELIFREP\x68", "a perf.data file, not a simdprof recording"},
      {"hello\nworld\n", "a text file, not a simdprof recording"},
      {std::string("\x28\xb5\x2f\xfd\x04\x00\x01", 7), "a zstd file, but not a simdprof recording"},
      {std::string("\x7f\x45\x4c\x46\x02\x01\x01\x00", 8), "not a simdprof recording"},
      {std::string(1000, '\0'), "not a simdprof recording"},
  };
  for (const Foreign& input : inputs) {
    Ledger ledger;
    const auto reader = open_bytes(folder, as_bytes(input.bytes), ledger);
    ASSERT_FALSE(reader) << input.fact;
    EXPECT_EQ(reader.error().code, Errc::malformed) << input.fact;
    EXPECT_EQ(reader.error().fact, input.fact);
    EXPECT_EQ(reader.error().input, folder.file("input"));
  }
}

TEST(ContainerReader, RefusesANewerVersion) {
  const TempFolder folder;
  Ledger ledger;
  auto file = test::hand_file(kThree).bytes;
  file[16] = std::byte{3};
  EXPECT_EQ(open_bytes(folder, file, ledger).error().code, Errc::unsupported);
  auto records = test::hand_records(kThree);
  records[16] = std::byte{3};
  EXPECT_EQ(open_bytes(folder, records, ledger).error().code, Errc::unsupported);
}

TEST(ContainerReader, NamesAFileThatIsNotThereAndAFolder) {
  const TempFolder folder;
  Ledger ledger;
  EXPECT_EQ(ContainerReader::open(folder.file("absent"), ledger).error().code, Errc::not_found);
  const auto opened = ContainerReader::open(folder.file("."), ledger);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fact, "is a directory");
}

TEST(ContainerReader, RefusesAFrameWhoseContentIsNotWhatItsHeaderSays) {
  const TempFolder folder;
  Ledger ledger;
  test::HandChunk told = kThree[1];
  const auto frame = test::zstd_frame(test::Bytes{}.add(test::stream_record(kThree[1])).add(kThree[1].records).get());
  told.records.resize(told.records.size() - 24);
  const auto shorter = test::Bytes{}.add(test::hand_header()).add(test::chunk_header(told, frame.size())).add(frame);
  const auto size_differs = open_bytes(folder, shorter.get(), ledger);
  ASSERT_TRUE(size_differs);
  EXPECT_EQ(size_differs->load(0).error().code, Errc::malformed);

  told = kThree[1];
  told.stream = 9;
  const auto other = test::Bytes{}.add(test::hand_header()).add(test::chunk_header(told, frame.size())).add(frame);
  const auto stream_differs = open_bytes(folder, other.get(), ledger);
  ASSERT_TRUE(stream_differs);
  const auto loaded = stream_differs->load(0);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().fact, "stream record of a chunk differs from its header");
  EXPECT_EQ(loaded.error().offset, 24U + 64U);
}

TEST(ContainerReader, ALargestChunkIsReadAndALargerOneIsNot) {
  const TempFolder folder;
  Ledger ledger;
  const std::uint32_t limit = 16U << 20U;
  test::HandChunk chunk = chunk_of_losts(0, 1);
  chunk.records.resize(limit);
  const auto largest = open_bytes(folder, test::hand_file({chunk}).bytes, ledger);
  ASSERT_TRUE(largest);
  ASSERT_EQ(largest->chunks().size(), 1U);
  EXPECT_EQ(largest->load(0).value().size(), limit);

  chunk.records.resize(limit + 8);
  const auto larger = open_bytes(folder, test::hand_file({chunk}).bytes, ledger);
  ASSERT_TRUE(larger);
  EXPECT_TRUE(larger->chunks().empty());
  EXPECT_EQ(ledger.lost(LossCause::chunk_damaged), 1U);
}

TEST(ContainerReader, RandomDamageNeverCrashesAndNeverGivesMore) {
  const TempFolder folder;
  std::mt19937 random{20260921};
  for (const auto& whole : {test::hand_file(test::kFour).bytes, test::hand_records(test::kFour)}) {
    for (int round = 0; round < 400; ++round) {
      auto bytes = whole;
      const int damages = 1 + round % 5;
      for (int i = 0; i < damages; ++i) bytes[random() % bytes.size()] = static_cast<std::byte>(random());
      const auto reading = test::read_all(folder, bytes);
      ASSERT_LE(reading.chunks, 4U) << round;
    }
  }
}

}  // namespace
}  // namespace simdprof
