#include "lib/perfdata/writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "lib/base/fd.h"
#include "tests/support/bytes.h"

// Layout: tools/perf/Documentation/perf.data-file-format.txt.
namespace simdprof::perfdata {
namespace {

using test::Bytes;
using test::text;
using test::words;
using test::operator+;

constexpr auto kLittle = std::endian::little;

Bytes zeros(std::size_t count) { return Bytes(count); }

Bytes number(std::uint64_t value, std::size_t size, std::endian order = kLittle) {
  Bytes out;
  test::append_word(out, value, size, order);
  return out;
}

/// A record: u32 type, u16 misc, u16 size, payload.
Bytes record(std::uint32_t type, std::uint16_t misc, const Bytes& payload, std::endian order = kLittle) {
  return number(type, 4, order) + number(misc, 2, order) + number(8 + payload.size(), 2, order) + payload;
}

const Bytes kFinishedRound = number(68, 4) + number(0, 2) + number(8, 2);

class WriterTest : public ::testing::Test {
 protected:
  WriterTest() {
    std::string name = "/tmp/simdprof-writer-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    path_ = folder_ + "/perf.data";
  }
  ~WriterTest() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] Bytes written() const { return load_bytes(path_, std::size_t{1} << 30U).value_or(Bytes{}); }

  std::string folder_;
  std::string path_;
};

abi::EventAttr task_clock() {
  abi::EventAttr attr;
  attr.type = 1;
  attr.config = 1;
  attr.sample_type = abi::PERF_SAMPLE_IDENTIFIER | abi::PERF_SAMPLE_IP;
  return attr;
}

TEST_F(WriterTest, AFileIsHeaderRecordsFeaturesIdsAndAttributes) {
  auto writer = Writer::create(path_, kLittle);
  ASSERT_TRUE(writer);
  EXPECT_FALSE(writer->pipe_mode());
  ASSERT_TRUE(writer->add_event({task_clock(), "task-clock", {7, 8}}));
  ASSERT_TRUE(writer->add_feature(abi::HEADER_HOSTNAME, encode_text_feature("vm", kLittle)));
  ASSERT_TRUE(writer->write(9, 2, words({7, 0x401000})));
  ASSERT_TRUE(writer->finish());

  const Bytes data = record(9, 2, words({7, 0x401000})) + kFinishedRound;
  const Bytes hostname = number(64, 4) + text("vm") + zeros(62);
  const Bytes attr = number(1, 4) + number(128, 4) + words({1, 0, 0x10001}) + zeros(128 - 32);
  const Bytes event_desc = number(1, 4) + number(128, 4) + attr + number(2, 4) + number(64, 4) + text("task-clock") +
                           zeros(54) + words({7, 8});
  const std::uint64_t features_at = 104 + data.size();
  const std::uint64_t hostname_at = features_at + 2 * 16;
  const std::uint64_t event_desc_at = hostname_at + hostname.size();
  const std::uint64_t ids_at = event_desc_at + event_desc.size();
  const std::uint64_t attrs_at = ids_at + 16;
  const Bytes header = text("PERFILE2") + words({104, 144, attrs_at, 144, 104, data.size(), 0, 0}) +
                       words({1U << 3U | 1U << 12U, 0, 0, 0});
  EXPECT_EQ(test::hex(written()),
            test::hex(header + data + words({hostname_at, hostname.size(), event_desc_at, event_desc.size()}) +
                      hostname + event_desc + words({7, 8}) + attr + words({ids_at, 16})));
}

TEST_F(WriterTest, ABigEndianFileHasItsMagicAndNumbersTheOtherWayRound) {
  auto writer = Writer::create(path_, std::endian::big);
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->write(3, 0, words({1}, std::endian::big)));
  ASSERT_TRUE(writer->finish());
  const Bytes data = record(3, 0, words({1}, std::endian::big), std::endian::big) + record(68, 0, {}, std::endian::big);
  EXPECT_EQ(
      test::hex(written()),
      test::hex(text("2ELIFREP") +
                words({104, 144, 104 + data.size(), 0, 104, data.size(), 0, 0, 0, 0, 0, 0}, std::endian::big) + data));
}

TEST_F(WriterTest, BuildIdsBecomeOneSection) {
  auto writer = Writer::create(path_, kLittle);
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->add_build_id({1, -1, test::raw({0xaa}), "[kernel.kallsyms]"}));
  ASSERT_TRUE(writer->add_build_id({2, -1, test::raw({0xbb}), "/bin/true"}));
  ASSERT_TRUE(writer->finish());
  const Bytes bytes = written();
  ASSERT_EQ(bytes.size(), 104U + 8 + 16 + 2 * 100);
  EXPECT_EQ(test::hex(Bytes(bytes.begin() + 72, bytes.begin() + 80)), test::hex(words({1U << 2U})));
  EXPECT_EQ(test::hex(Bytes(bytes.begin() + 112, bytes.begin() + 128)), test::hex(words({128, 200})));
  EXPECT_EQ(test::hex(Bytes(bytes.begin() + 128, bytes.begin() + 136)),
            test::hex(number(0, 4) + number(0x8001, 2) + number(100, 2)));
  EXPECT_EQ(test::hex(Bytes(bytes.begin() + 228, bytes.begin() + 236)),
            test::hex(number(0, 4) + number(0x8002, 2) + number(100, 2)));
}

TEST_F(WriterTest, AnEventCanBeAddedAndChangedUntilTheEnd) {
  auto writer = Writer::create(path_, kLittle);
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->add_event({task_clock(), "a", {7}}));
  ASSERT_TRUE(writer->write(9, 2, words({7, 0x401000})));
  writer->event(0).attr.sample_regs_user = 0xff;
  ASSERT_TRUE(writer->add_event({task_clock(), "a", {9}}));
  ASSERT_TRUE(writer->finish());
  const Bytes bytes = written();
  ASSERT_GT(bytes.size(), 2U * 144);
  const Bytes attrs(bytes.end() - 2 * 144, bytes.end());
  EXPECT_EQ(std::to_integer<unsigned>(attrs[80]), 0xffU);
  EXPECT_EQ(std::to_integer<unsigned>(attrs[144 + 80]), 0U);
}

TEST_F(WriterTest, RoundsEndWithinALongFile) {
  auto writer = Writer::create(path_, kLittle);
  ASSERT_TRUE(writer);
  const Bytes payload = zeros(kMaxPayloadBytes);
  constexpr unsigned kRecords = 150;
  for (unsigned i = 0; i < kRecords; ++i) ASSERT_TRUE(writer->write(9, 2, payload));
  ASSERT_TRUE(writer->finish());
  EXPECT_EQ(writer->records(), kRecords);
  // 150 records of 65,528 bytes are 9.8 MB: a round ends after 4 MiB, after 8 MiB and at the end.
  EXPECT_EQ(written().size(), 104U + kRecords * 65528U + 3 * 8U);
}

class PipeWriterTest : public WriterTest {
 protected:
  PipeWriterTest() {
    ::mkfifo(path_.c_str(), 0600);
    reader_.reset(::open(path_.c_str(), O_RDONLY | O_NONBLOCK));
  }
  [[nodiscard]] Bytes piped() const {
    Bytes bytes(60000);
    const ssize_t got = ::read(reader_.get(), bytes.data(), bytes.size());
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
  }
  UniqueFd reader_;
};

TEST_F(PipeWriterTest, InOrderEverythingIsARecord) {
  auto writer = Writer::create(path_, kLittle);
  ASSERT_TRUE(writer);
  EXPECT_TRUE(writer->pipe_mode());
  ASSERT_TRUE(writer->add_event({task_clock(), "task-clk", {7, 8}}));
  ASSERT_TRUE(writer->add_feature(abi::HEADER_NRCPUS, encode_cpu_counts(8, 6, kLittle)));
  ASSERT_TRUE(writer->add_build_id({2, -1, test::raw({0xbb}), "/bin/true"}));
  ASSERT_TRUE(writer->write(9, 2, words({7, 0x401000})));
  ASSERT_TRUE(writer->finish());
  const Bytes attr = number(1, 4) + number(128, 4) + words({1, 0, 0x10001}) + zeros(128 - 32);
  const Bytes build_id = number(67, 4) + number(0x8002, 2) + number(100, 2) + number(0xffffffff, 4) +
                         test::raw({0xbb}) + zeros(19) + test::raw({1, 0, 0, 0}) + text("/bin/true") + zeros(55);
  EXPECT_EQ(test::hex(piped()), test::hex(text("PERFILE2") + words({16}) + record(64, 0, attr + words({7, 8})) +
                                          record(78, 0, words({2, 7}) + text("task-clk") + zeros(8)) +
                                          record(80, 0, words({7}) + number(8, 4) + number(6, 4)) + build_id +
                                          record(9, 2, words({7, 0x401000})) + kFinishedRound));
}

TEST_F(PipeWriterTest, MoreIdsThanARecordHoldsAreRefused) {
  auto writer = Writer::create(path_, kLittle);
  ASSERT_TRUE(writer);
  EXPECT_TRUE(writer->add_event({task_clock(), "a", std::vector<std::uint64_t>(8174)}));
  const auto refused = writer->add_event({task_clock(), "a", std::vector<std::uint64_t>(8175)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::limit);
}

TEST_F(PipeWriterTest, AFeatureLargerThanARecordIsRefused) {
  auto writer = Writer::create(path_, kLittle);
  ASSERT_TRUE(writer);
  EXPECT_TRUE(writer->add_feature(abi::HEADER_CMDLINE, zeros(65512)));
  EXPECT_FALSE(writer->add_feature(abi::HEADER_CMDLINE, zeros(65513)));
}

}  // namespace
}  // namespace simdprof::perfdata
