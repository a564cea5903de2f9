#include "decoders/aux/pt_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/pt_trace.h"

namespace simdprof {
namespace {

using namespace test::pt;
using test::operator+;

/// A loop of one conditional jump at 0x1000, one taken branch a packet.
test::Bytes loop_code() { return test::raw({0x75, 0xfe, 0x90, 0xc3}); }

/// `count` PSB packets, each with its header and `packets` TNT packets of one taken branch.
test::Bytes loop_trace(std::size_t count, std::size_t packets) {
  test::Bytes trace;
  for (std::size_t i = 0; i < count; ++i) {
    trace = std::move(trace) + sync_at(0x1000);
    for (std::size_t packet = 0; packet < packets; ++packet) trace.push_back(tnt("!")[0]);
  }
  return trace;
}

std::unique_ptr<AuxDecoder> make(const AuxPrograms& programs, const AuxWanted& wanted) {
  AuxTraceInfo info;
  info.type = AuxTraceType::intel_pt;
  auto decoder = make_pt_decoder(info, programs, wanted);
  EXPECT_TRUE(decoder);
  return std::move(*decoder);
}

TEST(PtDecoder, NamesTheLibraryThatRuns) { EXPECT_THAT(pt_library(), testing::StartsWith("libipt 2.")); }

TEST(PtDecoder, BadWordsAreRefused) {
  AuxTraceInfo info;
  info.words = {8, 64};
  Programs programs;
  EXPECT_EQ(make_pt_decoder(info, programs, kBranches).error().code, Errc::malformed);
}

TEST(PtDecoder, SegmentsBeginAtPsbPacketsAndCoverTheSlice) {
  Programs programs;
  const auto decoder = make(programs, kBranches);
  const test::Bytes trace = loop_trace(10, 30'000);
  AuxSlice slice;
  slice.data = trace;
  const auto segments = decoder->split(slice);
  ASSERT_GT(segments.size(), 2U);
  EXPECT_EQ(segments.front().begin, 0U);
  EXPECT_EQ(segments.back().end, trace.size());
  for (std::size_t i = 1; i < segments.size(); ++i) {
    EXPECT_EQ(segments[i].begin, segments[i - 1].end);
    EXPECT_EQ(segments[i].begin % (trace.size() / 10), 0U);
  }
}

TEST(PtDecoder, AnEmptySliceIsOneEmptySegment) {
  Programs programs;
  const auto decoder = make(programs, kBranches);
  const auto segments = decoder->split({});
  ASSERT_EQ(segments.size(), 1U);
  Lines lines;
  decoder->decode({}, segments[0], lines);
  EXPECT_THAT(lines.all, testing::IsEmpty());
}

TEST(PtDecoder, SegmentsTogetherGiveWhatTheSliceGives) {
  Programs programs;
  programs.map(0x1000, loop_code());
  const test::Bytes trace = loop_trace(4, 50);
  AuxSlice slice;
  slice.data = trace;
  for (const AuxWanted& wanted : {kBranches, kInstructions, kPackets}) {
    const auto decoder = make(programs, wanted);
    Lines whole;
    decoder->decode(slice, {0, trace.size()}, whole);
    EXPECT_GE(whole.all.size(), 200U);
    Lines parts;
    for (std::size_t i = 0; i < 4; ++i)
      decoder->decode(slice, {i * trace.size() / 4, (i + 1) * trace.size() / 4}, parts);
    EXPECT_EQ(parts.all, whole.all);
    EXPECT_THAT(parts.errors, testing::IsEmpty());
  }
}

TEST(PtDecoder, PacketsAndFlowMayBothBeAskedFor) {
  Programs programs;
  programs.map(0x1000, loop_code());
  Lines lines;
  decode(loop_trace(1, 1), programs, {true, true, false, false, false}, lines);
  EXPECT_THAT(lines.all, testing::ElementsAre("0 psb", "10 mode.exec cs.l", "12 fup 3: 0000000000001000", "19 psbend",
                                              "1b tnt.8 !", "1000 -> 1000 0x9"));
}

}  // namespace
}  // namespace simdprof
