#include "decoders/aux/spe_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/aux_record.h"
#include "tests/support/perf_aux.h"

namespace simdprof {
namespace {

using test::operator+;
using testing::IsEmpty;

test::RecordedAux decode(const test::Bytes& bytes, const abi::TimeConversion& clock = {}) {
  const test::CodeRegions code{{}};
  AuxTraceInfo info;
  info.clock = clock;
  const auto decoder = make_spe_decoder(info, code, test::kEverything);
  test::RecordedAux out;
  test::decode_slice(**decoder, test::slice_of(bytes), out);
  return out;
}

/// A load at 0x401000 of EL0, of 0x7f0000001234 and 0x80001234, 20 cycles, of which 4 to issue and 2 to translate.
const test::Bytes kLoad = test::raw({0xb0, 0x00, 0x10, 0x40, 0, 0, 0, 0, 0x80}) + test::raw({0x65, 0x2a, 0, 0, 0}) +
                          test::raw({0x49, 0x00}) + test::raw({0x52, 0x16, 0x00}) + test::raw({0x99, 4, 0}) +
                          test::raw({0x98, 20, 0}) + test::raw({0xb2, 0x34, 0x12, 0, 0, 0, 0x7f, 0, 0}) +
                          test::raw({0x9a, 2, 0}) + test::raw({0xb3, 0x34, 0x12, 0, 0x80, 0, 0, 0, 0x80}) +
                          test::raw({0x43, 0x0d}) + test::raw({0x71, 100, 0, 0, 0, 0, 0, 0, 0});
/// A conditional branch of the kernel that was mispredicted.
const test::Bytes kBranch = test::raw({0xb0, 0x00, 0x10, 0, 0, 0x80, 0xff, 0xff, 0xa0}) + test::raw({0x4a, 0x01}) +
                            test::raw({0x52, 0x82, 0x00}) +
                            test::raw({0xb1, 0x40, 0x10, 0, 0, 0x80, 0xff, 0xff, 0xa0}) + test::raw({0x01});

TEST(SpeDecoder, ARecordIsAnAccessWithAllThatItTells) {
  const auto aux = decode(kLoad, {0, 3, 7, true});
  EXPECT_THAT(aux.errors, IsEmpty());
  ASSERT_EQ(aux.memory.size(), 1U);
  const AuxMemory& access = aux.memory[0];
  EXPECT_EQ(access.operation, "load");
  EXPECT_EQ(access.present, AuxMemory::kIp | AuxMemory::kVirtual | AuxMemory::kPhysical | AuxMemory::kTotalLatency |
                                AuxMemory::kIssueLatency | AuxMemory::kTranslateLatency | AuxMemory::kSource |
                                AuxMemory::kContext);
  EXPECT_EQ(access.ip, 0x401000U);
  EXPECT_EQ(access.virtual_address, 0x7f0000001234U);
  EXPECT_EQ(access.physical_address, 0x80001234U);
  EXPECT_EQ(access.total_latency, 20U);
  EXPECT_EQ(access.issue_latency, 4U);
  EXPECT_EQ(access.translate_latency, 2U);
  EXPECT_EQ(access.source, 13U);
  EXPECT_EQ(access.events, 0x16U);
  EXPECT_EQ(access.context, 42U);
  EXPECT_EQ(access.place.tid, 42);
  EXPECT_EQ(access.place.pid, 42);
  EXPECT_EQ(access.place.offset, 0x1000U);
  EXPECT_EQ(access.place.time_ns, 307U);
  EXPECT_THAT(aux.branches, IsEmpty());
}

TEST(SpeDecoder, WithoutAClockARecordHasNoTime) {
  const auto aux = decode(kLoad);
  ASSERT_EQ(aux.memory.size(), 1U);
  EXPECT_EQ(aux.memory[0].place.time_ns, AuxPlace::kNoAuxTime);
}

TEST(SpeDecoder, ATakenBranchIsABranchToo) {
  const auto aux = decode(kBranch);
  ASSERT_EQ(aux.branches.size(), 1U);
  EXPECT_EQ(aux.branches[0].from, 0xffffff8000001000U | 0xffff000000000000U);
  EXPECT_EQ(aux.branches[0].flags, kAuxBranch | kAuxConditional | kAuxMispredicted);
  ASSERT_EQ(aux.memory.size(), 1U);
  EXPECT_EQ(aux.memory[0].operation, "branch-conditional");
}

TEST(SpeDecoder, ABranchThatWasNotTakenIsNone) {
  test::Bytes not_taken = kBranch;
  not_taken[9 + 2 + 1] = std::byte{0x42};
  const auto aux = decode(not_taken);
  EXPECT_THAT(aux.branches, IsEmpty());
  EXPECT_EQ(aux.memory.size(), 1U);
}

TEST(SpeDecoder, ADamagedPacketDropsItsRecordAlone) {
  test::Bytes damaged = kLoad;
  damaged[9] = std::byte{0xff};  // the context's header
  const auto aux = decode(kLoad + damaged + kBranch);
  EXPECT_EQ(aux.memory.size(), 2U);
  ASSERT_FALSE(aux.errors.empty());
  EXPECT_EQ(aux.errors[0].code, "bad-packet");
  EXPECT_EQ(aux.errors[0].place.offset, 0x1000U + kLoad.size() + 9);
  EXPECT_EQ(aux.memory[1].operation, "branch-conditional");
}

TEST(SpeDecoder, EveryCutGivesTheWholeRecordsAndTellsTheRest) {
  const test::Bytes whole = kLoad + kBranch;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto aux = decode(test::Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    const std::size_t records = size < kLoad.size() ? 0 : size < whole.size() ? 1 : 2;
    EXPECT_EQ(aux.memory.size(), records) << size;
    const bool at_a_record = size == 0 || size == kLoad.size() || size == whole.size();
    EXPECT_EQ(aux.errors.empty(), at_a_record) << size;
  }
}

TEST(SpeDecoder, PaddingBetweenRecordsIsNoRecord) {
  const auto aux = decode(test::Bytes(37, std::byte{0}) + kLoad + test::Bytes(3, std::byte{0}));
  EXPECT_EQ(aux.memory.size(), 1U);
  EXPECT_THAT(aux.errors, IsEmpty());
  EXPECT_EQ(aux.memory[0].place.offset, 0x1000U + 37);
}

// Facts: expected/wrapped__spe-quipper.data.txt of the corpus: what perf 6.1 dumps and samples.
TEST(SpeDecoder, TheRecordingInTheCorpusGivesTheSamplesOfPerf) {
  const std::string path = std::string(SIMDPROF_CORPUS_DIR) + "/wrapped/spe-quipper.data";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the corpus is not here: " << path;
  const test::PerfAux file = test::load_perf_aux(path);
  ASSERT_EQ(file.slices.size(), 1U);
  const test::CodeRegions code{{}};
  const auto decoder = make_spe_decoder(file.info, code, test::kEverything);
  test::RecordedAux out;
  test::decode_slice(**decoder, file.slices[0], out);
  EXPECT_THAT(out.errors, IsEmpty());
  EXPECT_EQ(out.packets.size(), 23U);
  EXPECT_EQ(out.packets[7].line, "VA 0xff0e3703096b28");
  EXPECT_EQ(out.packets[7].place.offset, 0x1eU);
  ASSERT_EQ(out.memory.size(), 2U);
  EXPECT_EQ(out.memory[0].place.tid, 24448);
  EXPECT_EQ(out.memory[0].place.time_ns, 44731163950U);
  EXPECT_EQ(out.memory[0].ip, 0xffffba66eda1c2d0U);
  EXPECT_EQ(out.memory[1].place.tid, 14);
  EXPECT_EQ(out.memory[1].place.time_ns, 44731164045U);
  EXPECT_EQ(out.memory[1].ip, 0xffffba66edefb0e0U);
  EXPECT_THAT(out.branches, IsEmpty());
}

}  // namespace
}  // namespace simdprof
