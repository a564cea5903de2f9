#include "decoders/aux/bts_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "decoders/aux/bts_record.h"
#include "tests/support/aux_record.h"
#include "tests/support/perf_aux.h"

namespace simdprof {
namespace {

using testing::IsEmpty;

constexpr std::uint64_t kPredicted = 0x10;

test::RecordedAux decode(const test::Bytes& bytes, const std::vector<test::CodeRegion>& regions = {}) {
  const test::CodeRegions code{regions};
  const auto decoder = make_bts_decoder({}, code, test::kEverything);
  test::RecordedAux out;
  test::decode_slice(**decoder, test::slice_of(bytes), out);
  return out;
}

TEST(BtsDecoder, ARecordIsABranchAndAPacket) {
  const auto aux = decode(test::words({0x401000, 0x402000, kPredicted}));
  ASSERT_EQ(aux.branches.size(), 1U);
  EXPECT_EQ(aux.branches[0].from, 0x401000U);
  EXPECT_EQ(aux.branches[0].to, 0x402000U);
  EXPECT_EQ(aux.branches[0].flags, kAuxBranch);
  EXPECT_EQ(aux.branches[0].place.offset, 0x1000U);
  EXPECT_EQ(aux.branches[0].place.index, 3U);
  EXPECT_EQ(aux.branches[0].place.time_ns, AuxPlace::kNoAuxTime);
  ASSERT_EQ(aux.packets.size(), 1U);
  EXPECT_EQ(aux.packets[0].line, "bts 401000 -> 402000 pred");
  EXPECT_EQ(aux.packets[0].bytes, 24U);
  EXPECT_THAT(aux.errors, IsEmpty());
}

TEST(BtsDecoder, ABranchThatWasNotPredictedIsMarked) {
  const auto aux = decode(test::words({0x401000, 0x402000, 0}));
  ASSERT_EQ(aux.branches.size(), 1U);
  EXPECT_EQ(aux.branches[0].flags, kAuxBranch | kAuxMispredicted);
  EXPECT_EQ(aux.packets[0].line, "bts 401000 -> 402000 miss");
}

TEST(BtsDecoder, ZeroIsWhereTheTraceBeginsAndEnds) {
  const auto aux = decode(test::words({0, 0x402000, kPredicted, 0x403000, 0, kPredicted}));
  ASSERT_EQ(aux.branches.size(), 2U);
  EXPECT_EQ(aux.branches[0].flags, kAuxBranch | kAuxTraceBegin);
  EXPECT_EQ(aux.branches[1].flags, kAuxBranch | kAuxTraceEnd);
}

TEST(BtsDecoder, TheCodeTellsWhatKindOfBranchItWas) {
  // 0x401000: call rel32; 0x401005: nop, where only an interrupt can take control away
  const test::Bytes code = test::raw({0xe8, 0, 0, 0, 0, 0x90});
  const auto aux = decode(test::words({0x401000, 0x401005, kPredicted, 0x401005, 0xffffffff81000000, kPredicted}),
                          {{0x401000, code}});
  ASSERT_EQ(aux.branches.size(), 2U);
  EXPECT_EQ(aux.branches[0].flags, kAuxBranch | kAuxCall);
  EXPECT_EQ(aux.branches[1].flags, kAuxBranch | kAuxCall | kAuxAsync | kAuxInterrupt);
}

TEST(BtsDecoder, EveryCutGivesTheWholeRecordsAndTellsTheRest) {
  const auto bytes = test::words({1, 2, kPredicted, 3, 4, kPredicted});
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const auto aux = decode(test::Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
    EXPECT_EQ(aux.branches.size(), size / 24) << size;
    ASSERT_EQ(aux.errors.size(), size % 24 == 0 ? 0U : 1U) << size;
    if (aux.errors.empty()) continue;
    EXPECT_EQ(aux.errors[0].code, "bad-packet");
    EXPECT_EQ(aux.errors[0].place.offset, 0x1000U + size / 24 * 24) << size;
  }
}

TEST(BtsDecoder, SegmentsOfALargeSliceJoinWithoutGaps) {
  test::Bytes bytes;
  constexpr std::size_t kRecords = 20000;
  for (std::size_t i = 0; i < kRecords; ++i) {
    for (const std::uint64_t word : {std::uint64_t{i + 1}, std::uint64_t{i + 2}, kPredicted}) {
      test::append_word(bytes, word, 8);
    }
  }
  const test::CodeRegions code{{}};
  const auto decoder = make_bts_decoder({}, code, test::kEverything);
  EXPECT_GT((*decoder)->split(test::slice_of(bytes)).size(), 1U);
  const auto aux = decode(bytes);
  ASSERT_EQ(aux.branches.size(), kRecords);
  for (std::size_t i = 0; i < kRecords; ++i) ASSERT_EQ(aux.branches[i].from, i + 1);
}

// Facts: the corpus' README, section 4.
TEST(BtsDecoder, TheRecordingInTheCorpusHasTwentyBranches) {
  const std::string corpus = SIMDPROF_CORPUS_DIR;
  const std::string path = corpus + "/wrapped/bts-from-loopy.data";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the corpus is not here: " << path;
  const test::PerfAux file = test::load_perf_aux(path, corpus + "/symfs/hase");
  ASSERT_EQ(file.slices.size(), 1U);
  const test::CodeRegions code{file.code};
  const auto decoder = make_bts_decoder(file.info, code, test::kEverything);
  test::RecordedAux out;
  test::decode_slice(**decoder, file.slices[0], out);
  EXPECT_EQ(out.branches.size(), 20U);
  EXPECT_THAT(out.errors, IsEmpty());
}

}  // namespace
}  // namespace simdprof
