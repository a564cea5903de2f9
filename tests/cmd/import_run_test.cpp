#include "cmd/import_run.h"

#include <gtest/gtest.h>

#include "cmd/open_input.h"
#include "cmd/session.h"
#include "tests/lib/perfdata/hand_perf_data.h"

namespace simdprof::cmd {
namespace {

using test::HandPerfData;
using test::perf_record;
using test::perf_sample;
using test::operator+;

struct Seen {
  std::vector<std::uint64_t> ips;
  std::vector<std::string> comms;
  std::uint64_t aux_bytes = 0;
};

Seen read(const std::string& path) {
  Seen seen;
  auto session = Session::open(path, AuxBytes::given);
  EXPECT_TRUE(session);
  if (!session) return seen;
  while (const Record* record = session->next()) {
    if (const auto* sample = std::get_if<Sample>(&record->body)) seen.ips.push_back(sample->ip);
    if (const auto* comm = std::get_if<CommRecord>(&record->body)) seen.comms.emplace_back(comm->comm);
    if (const auto* aux = std::get_if<AuxtraceRecord>(&record->body)) seen.aux_bytes += aux->piece.data.size();
  }
  EXPECT_TRUE(session->ledger().empty());
  return seen;
}

HandPerfData recording(std::endian order) {
  HandPerfData file;
  file.order = order;
  file.attrs = {{test::perf_attr(test::kIpTidTimeCpu, 128, order), {5}}};
  const auto trace = test::Fields(order).u64(24).u64(0).u64(1).u32(0).u32(7).u32(0).u32(0).get();
  file.data = test::perf_comm(1, "one", 50, order) + perf_sample(0x20, 1, 70, order) + perf_record(68, {}, 0, order) +
              perf_sample(0x10, 1, 60, order) + perf_record(71, trace, 0, order) + test::words({1, 2, 3}) +
              perf_sample(0x30, 1, 80, order);
  file.features = {{6, test::Fields(order).string("ppc64").get()}};
  return file;
}

TEST(Session, ReadsAPerfDataInTimeOrder) {
  for (const auto order : {std::endian::little, std::endian::big}) {
    const test::TempPath file{recording(order).bytes()};
    const Seen seen = read(file.path());
    EXPECT_EQ(seen.ips, (std::vector<std::uint64_t>{0x10, 0x20, 0x30}));
    EXPECT_EQ(seen.comms, std::vector<std::string>{"one"});
    EXPECT_EQ(seen.aux_bytes, 24U);
    const auto session = Session::open(file.path());
    ASSERT_TRUE(session);
    EXPECT_EQ(session->facts().arch, abi::Arch::ppc64);
    EXPECT_EQ(session->facts().events.event_of_id.at(5), 0U);
  }
}

TEST(Session, KeepsTheOrderOfRecordsWithoutTime) {
  HandPerfData file;
  file.attrs = {{test::perf_attr(3), {}}};
  std::vector<std::uint64_t> expected;
  for (std::uint64_t i = 0; i < 60000; ++i) {
    const auto sample = perf_record(9, test::words({i, 1ULL << 32U | 1}), 2);
    file.data.insert(file.data.end(), sample.begin(), sample.end());
    expected.push_back(i);
  }
  const test::TempPath path{file.bytes()};
  EXPECT_EQ(read(path.path()).ips, expected);
}

TEST(Import, TheContainerReadsLikeTheFileItWasMadeOf) {
  for (const auto order : {std::endian::little, std::endian::big}) {
    const test::TempPath file{recording(order).bytes()};
    const test::TempPath made{test::Bytes{}};
    std::filesystem::remove(made.path());
    Ledger ledger;
    const auto input = open_input(file.path(), ledger);
    ASSERT_TRUE(input);
    const auto writer = ContainerWriter::create(made.path(), {});
    ASSERT_TRUE(writer);
    const auto copied = copy_recording(**input, ledger, **writer);
    ASSERT_TRUE(copied);
    EXPECT_EQ(copied->records, 4U + 4U + 1U) << "metadata, records without the round's end, trace";
    const Seen before = read(file.path());
    const Seen after = read(made.path());
    EXPECT_EQ(after.ips, before.ips);
    EXPECT_EQ(after.comms, before.comms);
    EXPECT_EQ(after.aux_bytes, before.aux_bytes);
    EXPECT_EQ(Session::open(made.path())->facts().host, Session::open(file.path())->facts().host);
  }
}

TEST(Import, WhatWasLostGoesWithTheRest) {
  HandPerfData file = recording(std::endian::little);
  auto bytes = file.bytes();
  bytes.resize(bytes.size() - 16 - 68 - 10);  // into the last record
  const test::TempPath cut{bytes};
  const test::TempPath made{test::Bytes{}};
  std::filesystem::remove(made.path());
  Ledger ledger;
  const auto input = open_input(cut.path(), ledger);
  ASSERT_TRUE(input);
  const auto writer = ContainerWriter::create(made.path(), {});
  ASSERT_TRUE(writer);
  ASSERT_TRUE(copy_recording(**input, ledger, **writer));
  auto session = Session::open(made.path());
  ASSERT_TRUE(session);
  while (session->next() != nullptr) {
  }
  EXPECT_GT(session->ledger().lost(LossCause::input_truncated), 0U);
}

TEST(OpenInput, AFolderThatIsNoRecordingIsRefused) {
  const test::TempPath folder(std::vector<std::pair<std::string, test::Bytes>>{{"other", {}}});
  Ledger ledger;
  const auto input = open_input(folder.path(), ledger);
  ASSERT_FALSE(input);
  EXPECT_EQ(input.error().fact, "is a directory");
}

}  // namespace
}  // namespace simdprof::cmd
