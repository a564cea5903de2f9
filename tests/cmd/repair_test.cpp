#include "cmd/repair.h"

#include <gtest/gtest.h>

#include "cmd/exit_code.h"
#include "tests/lib/container/read_back.h"

namespace simdprof::cmd {
namespace {

using test::kFour;
using test::TempFolder;

/// Runs the verb and gives what it said on standard error.
std::string said_by_repair(const std::string& input, const std::string& output, int expected_status = kExitOk) {
  ::testing::internal::CaptureStderr();
  const int status = repair_verb({"-i", input, "-o", output});
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(status, expected_status) << said;
  return said;
}

/// Bytes of all records of a file, by chunk; its index must be there.
std::vector<std::vector<std::byte>> finished_chunks(const std::string& path) {
  std::vector<std::vector<std::byte>> chunks;
  Ledger ledger;
  const auto reader = ContainerReader::open(path, ledger);
  EXPECT_TRUE(reader.has_value());
  if (!reader) return chunks;
  EXPECT_TRUE(reader->index_present());
  EXPECT_TRUE(ledger.empty());
  for (std::size_t i = 0; i < reader->chunks().size(); ++i) chunks.push_back(reader->load(i).value());
  return chunks;
}

/// A LOSS record of version 1: cause, cpu -1, tid -1, reserved, count, no time.
std::vector<std::byte> loss_record(std::uint32_t cause, std::uint64_t count) {
  constexpr std::uint64_t kAllOnes = 0xffffffffffffffff;
  return test::Bytes{}
      .u32(0x53440006)
      .u16(0)
      .u16(40)
      .u32(cause)
      .u32(0xffffffff)
      .u32(0xffffffff)
      .u32(0)
      .u64(count)
      .u64(kAllOnes)
      .get();
}

TEST(Repair, AFinishedFileKeepsItsChunks) {
  const TempFolder folder;
  const auto input = folder.store("input", test::hand_file(kFour).bytes);
  const auto said = said_by_repair(input, folder.file("output"));
  EXPECT_EQ(said, "simdprof: " + folder.file("output") + ": 11 records in 4 chunks, nothing lost\n");
  const auto chunks = finished_chunks(folder.file("output"));
  ASSERT_EQ(chunks.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(chunks[i], kFour[i].records) << i;
}

TEST(Repair, AnUnfinishedFileIsFinished) {
  const TempFolder folder;
  const auto file = test::hand_file(kFour);
  const auto input = folder.store("input", std::span(file.bytes).first(file.chunk_offsets[3] + 70));
  const auto said = said_by_repair(input, folder.file("output"));
  EXPECT_NE(said.find("the input ends inside a chunk; lost: 70 bytes with 1 record"), std::string::npos) << said;
  EXPECT_NE(said.find("10 records in 3 chunks, lost: 1 record in 1 chunk"), std::string::npos) << said;
  const auto chunks = finished_chunks(folder.file("output"));
  ASSERT_EQ(chunks.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(chunks[i], kFour[i].records) << i;
  EXPECT_EQ(chunks[3], loss_record(6, 1));
}

TEST(Repair, ADamagedChunkIsLeftOutAndCounted) {
  const TempFolder folder;
  const auto file = test::hand_file(kFour);
  auto bytes = file.bytes;
  bytes[file.chunk_offsets[2] - 6] ^= std::byte{0x10};
  const auto said = said_by_repair(folder.store("input", bytes), folder.file("output"));
  EXPECT_NE(said.find("lost: 5 records in 1 chunk"), std::string::npos) << said;
  const auto chunks = finished_chunks(folder.file("output"));
  ASSERT_EQ(chunks.size(), 4U);
  EXPECT_EQ(chunks[1], kFour[2].records);
  EXPECT_EQ(chunks[3], loss_record(5, 1));
}

TEST(Repair, RecordsAfterABadRecordAreLost) {
  const TempFolder folder;
  auto damaged = kFour;
  damaged[1].records[2 * 24 + 6] = std::byte{4};  // size of the third record
  const auto said = said_by_repair(folder.store("input", test::hand_file(damaged).bytes), folder.file("output"));
  EXPECT_NE(said.find("record size 4 is less than its header; lost: 3 records"), std::string::npos) << said;
  const auto chunks = finished_chunks(folder.file("output"));
  ASSERT_EQ(chunks.size(), 5U);
  EXPECT_EQ(chunks[1].size(), 2U * 24U);
}

TEST(Repair, TakesDecompressedBytes) {
  const TempFolder folder;
  (void)said_by_repair(folder.store("input", test::hand_records(kFour)), folder.file("output"));
  EXPECT_EQ(finished_chunks(folder.file("output")).size(), 4U);
}

TEST(Repair, TheInputMayBeItsOwnOutputAndIsKept) {
  const TempFolder folder;
  const auto file = test::hand_file(kFour);
  const std::vector<std::byte> cut{file.bytes.begin(),
                                   file.bytes.begin() + static_cast<std::ptrdiff_t>(file.index_offset)};
  const auto path = folder.store("data", cut);
  (void)said_by_repair(path, path);
  EXPECT_EQ(finished_chunks(path).size(), 4U);
  EXPECT_EQ(test::file_bytes(path + ".old"), cut);
}

TEST(Repair, NeverRenamesAFileOverItsInput) {
  const TempFolder folder;
  const auto file = test::hand_file(kFour);
  const auto output = folder.store("data", test::hand_file({}).bytes);
  const auto input = folder.store("data.old", file.bytes);
  const auto said = said_by_repair(input, output, kExitUsage);
  EXPECT_NE(said.find("choose another -o"), std::string::npos) << said;
  EXPECT_EQ(test::file_bytes(input), file.bytes);
}

TEST(Repair, RefusesWhatIsNotARecordingAndMakesNoOutput) {
  const TempFolder folder;
  const auto said = said_by_repair(folder.store("input", {}), folder.file("output"), kExitFailure);
  EXPECT_EQ(said, "simdprof: " + folder.file("input") + ": empty file\n");
  EXPECT_FALSE(std::filesystem::exists(folder.file("output")));
}

TEST(Repair, AsksForAnOutput) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(repair_verb({}), kExitUsage);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("--output is required"), std::string::npos);
}

}  // namespace
}  // namespace simdprof::cmd
