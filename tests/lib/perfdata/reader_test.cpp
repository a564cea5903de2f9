#include "lib/perfdata/reader.h"

#include <gtest/gtest.h>

#include "tests/lib/perfdata/hand_perf_data.h"

namespace simdprof {
namespace {

using test::HandPerfData;
using test::perf_sample;
using test::operator+;

Result<PerfDataReader> open(const test::Bytes& bytes, Ledger& ledger, const OnInputHead& on_head = {}) {
  const test::TempPath path{bytes};
  auto file = InputFile::open(path.path(), nullptr);
  if (!file) return fail(file.error());
  return PerfDataReader::open(std::move(*file), "input", ledger, on_head);
}

HandPerfData small(std::endian order) {
  HandPerfData file;
  file.order = order;
  file.attrs = {{test::perf_attr(test::kIpTidTimeCpu, 128, order), {5}}};
  file.data = test::perf_comm(1, "one", 50, order) + perf_sample(0x10, 1, 60, order) + perf_sample(0x20, 1, 70, order);
  file.features = {{3, test::Fields(order).string("box").get()}};
  return file;
}

TEST(PerfDataReader, MetadataComesFirstAndRecordsStayAsTheyAre) {
  for (const auto order : {std::endian::little, std::endian::big}) {
    Ledger ledger;
    const auto file = small(order);
    const auto reader = open(file.bytes(), ledger);
    ASSERT_TRUE(reader) << render_error(reader.error());
    ASSERT_EQ(reader->chunks().size(), 2U);
    EXPECT_EQ(reader->chunks()[0].start.info.kind, StreamKind::metadata);
    EXPECT_EQ(reader->chunks()[0].start.record_count, 4U) << "event, id, hostname, source";
    const StreamStart& start = reader->chunks()[1].start;
    EXPECT_EQ(start.info.order, order);
    EXPECT_EQ(start.record_count, 3U);
    EXPECT_EQ(start.first_time_ns, 50U);
    EXPECT_EQ(start.last_time_ns, 70U);
    EXPECT_EQ(reader->load(1).value(), file.data);
    EXPECT_TRUE(ledger.empty());
  }
}

TEST(PerfDataReader, SaysWhichFormTheFileHas) {
  Ledger ledger;
  EXPECT_EQ(open(small(std::endian::big).bytes(), ledger)->format().detail, "file mode, big-endian");
  auto unclosed = small(std::endian::little);
  unclosed.closed = false;
  const auto reader = open(unclosed.bytes(), ledger);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->format().detail, "file mode, little-endian, not closed");
  EXPECT_FALSE(reader->format().finished);
  EXPECT_EQ(reader->chunks()[1].start.record_count, 3U) << "read to the end of the file";
  const auto pipe = test::pipe_perf_data(test::header_attr(test::perf_attr(7), {}));
  EXPECT_EQ(open(pipe, ledger)->format().detail, "pipe mode, little-endian");
}

TEST(PerfDataReader, TellsTheHeadOfTheFileBeforeItWalksThroughIt) {
  for (const bool kernel : {false, true}) {
    auto file = small(std::endian::little);
    if (!kernel) file.attrs[0].first[40] |= std::byte{0x20};                     // exclude_kernel
    file.features = {{4, test::Fields(file.order).string("6.1.0-test").get()}};  // OSRELEASE
    Ledger ledger;
    std::vector<InputHead> heads;
    const auto reader = open(file.bytes(), ledger, [&heads](const InputHead& head) { heads.push_back(head); });
    ASSERT_TRUE(reader);
    ASSERT_EQ(heads.size(), 1U);
    EXPECT_EQ(heads[0].file_bytes, file.bytes().size());
    EXPECT_EQ(heads[0].kernel_release, "6.1.0-test");
    EXPECT_EQ(heads[0].samples_kernel, kernel);
  }
}

TEST(PerfDataReader, ADirectoryHasAFileForEachThread) {
  const test::TempPath folder({{"data", small(std::endian::little).bytes()},
                               {"data.10", perf_sample(0x40, 2, 90)},
                               {"data.9", perf_sample(0x30, 2, 80) + perf_sample(0x31, 2, 81)},
                               {"data.old", perf_sample(0x50, 2, 95)}});
  Ledger ledger;
  const auto reader = PerfDataReader::open_directory(folder.path(), ledger);
  ASSERT_TRUE(reader) << render_error(reader.error());
  ASSERT_EQ(reader->chunks().size(), 4U);
  EXPECT_EQ(reader->chunks()[2].start.record_count, 2U) << "data.9 before data.10";
  EXPECT_EQ(reader->load(3).value(), perf_sample(0x40, 2, 90));
  EXPECT_NE(reader->chunks()[2].start.stream, reader->chunks()[3].start.stream);
  EXPECT_EQ(reader->format().detail, "directory, little-endian");
}

TEST(PerfDataReader, ABrokenFeatureCostsItself) {
  Ledger ledger;
  auto file = small(std::endian::little);
  file.features = {{3, test::Fields().u32(1000).get()}, {6, test::Fields().string("x86_64").get()}};
  const auto reader = open(file.bytes(), ledger);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->chunks()[0].start.record_count, 4U) << "arch is read";
  EXPECT_EQ(ledger.skipped().at("HEADER_FEATURE").count, 1U);
}

TEST(PerfDataReader, UnknownFieldsOfAnAttrAreToldAndTheEventIsRead) {
  Ledger ledger;
  auto file = small(std::endian::little);
  file.attrs[0].first = test::perf_attr(test::kIpTidTimeCpu, 200);
  EXPECT_EQ(open(file.bytes(), ledger)->chunks().size(), 2U);
  EXPECT_TRUE(ledger.empty()) << "a zero tail says nothing";
  file.attrs[0].first[190] = std::byte{1};
  EXPECT_EQ(open(file.bytes(), ledger)->chunks().size(), 2U);
  EXPECT_EQ(ledger.skipped().at("EVENT_DESC").count, 1U);
}

TEST(PerfDataReader, EveryPrefixIsReadOrRefusedInOneLine) {
  const auto whole = small(std::endian::little).bytes();
  std::uint32_t most = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    Ledger ledger;
    const auto reader = open(test::Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)), ledger);
    std::uint32_t records = 0;
    if (!reader) {
      EXPECT_EQ(render_error(reader.error()).find('\n'), std::string::npos);
      EXPECT_EQ(reader.error().input, "input");
    } else {
      for (std::size_t i = 1; i < reader->chunks().size(); ++i) records += reader->chunks()[i].start.record_count;
    }
    EXPECT_GE(records, most) << size << ": fewer than a shorter prefix has";
    most = std::max(most, records);
  }
  EXPECT_EQ(most, 3U);
}

TEST(PerfDataReader, NothingReadableIsRefused) {
  Ledger ledger;
  EXPECT_FALSE(open(test::pipe_perf_data({}), ledger));
  EXPECT_FALSE(open(test::text("PERFILE2"), ledger));
  EXPECT_FALSE(open({}, ledger));
}

}  // namespace
}  // namespace simdprof
