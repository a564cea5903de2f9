#include "decoders/aux/cs_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "tests/support/aux_record.h"
#include "tests/support/perf_aux.h"

namespace simdprof {
namespace {

using test::operator+;
using testing::IsEmpty;

/// A Cortex-A57 whose trace has the id 0x10.
CsSource etm4_source() {
  CsSource source;
  source.cpu = 1;
  source.trace_id = std::uint8_t{0x10};
  source.idr0 = 0x08000ca1;
  source.idr1 = 0x4200f410;
  source.idr2 = 0x20001088;
  return source;
}

const test::Bytes kAsync = test::raw({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80});
const test::Bytes kTraceInfo = test::raw({0x01, 0x00});
const test::Bytes kTraceOn = test::raw({0x04});
/// EL0, non-secure, A64. Source: IHI 0064, 6.4.12.
const test::Bytes kContext = test::raw({0x81, 0x30});
/// Long address, 64 bits, A64: 0x1000, bits 8:2 and 15:9 in front. Source: IHI 0064, 6.4.10.
const test::Bytes kAddress1000 = test::raw({0x9d, 0x00, 0x08, 0, 0, 0, 0, 0, 0});
const test::Bytes kStart = kAsync + kTraceInfo + kTraceOn + kContext + kAddress1000;
const test::Bytes kTaken = test::raw({0xf7});
const test::Bytes kNotTaken = test::raw({0xf6});

/// 0x1000: nop; b.eq 0x1010 at 0x1004; nop; ret at 0x100c; 0x1010: bl 0x1000
std::vector<test::CodeRegion> program() {
  test::Bytes bytes;
  for (const std::uint32_t word : {0xd503201fU, 0x54000060U, 0xd503201fU, 0xd65f03c0U, 0x97fffffcU}) {
    test::append_word(bytes, word, 4);
  }
  return {{0x1000, bytes}};
}

test::RecordedAux decode_raw(const test::Bytes& trace, const AuxWanted& wanted = test::kEverything) {
  const test::CodeRegions code{program()};
  const auto decoder = make_cs_source_decoder({etm4_source()}, {}, code, wanted);
  AuxSlice slice = test::slice_of(trace);
  slice.flags = 0x100;
  test::RecordedAux out;
  test::decode_slice(*decoder, slice, out);
  return out;
}

struct Edge {
  VirtAddr from, to;
  std::uint32_t flags;
  bool operator==(const Edge&) const = default;
};
void PrintTo(const Edge& edge, std::ostream* out) {
  *out << std::hex << edge.from << " -> " << edge.to << " flags " << edge.flags;
}
std::vector<Edge> edges(const test::RecordedAux& aux) {
  std::vector<Edge> out;
  for (const AuxBranch& branch : aux.branches) out.push_back({branch.from, branch.to, branch.flags});
  return out;
}

TEST(CsDecoder, AtomsBecomeBranchesAndInstructions) {
  const auto aux = decode_raw(kStart + kTaken + kTaken + kNotTaken);
  EXPECT_THAT(aux.errors, IsEmpty());
  ASSERT_EQ(edges(aux), (std::vector<Edge>{{0, 0x1000, kAuxBranch | kAuxTraceBegin},
                                           {0x1004, 0x1010, kAuxBranch | kAuxConditional},
                                           {0x1010, 0x1000, kAuxBranch | kAuxCall}}));
  std::vector<VirtAddr> run;
  for (const AuxInstruction& instruction : aux.instructions) run.push_back(instruction.ip);
  ASSERT_EQ(run, (std::vector<VirtAddr>{0x1000, 0x1004, 0x1010, 0x1000, 0x1004}));
  EXPECT_EQ(aux.instructions[1].bytes[0], std::byte{0x60});
  EXPECT_EQ(aux.instructions[1].flags, kAuxBranch | kAuxConditional);
  EXPECT_EQ(aux.branches[1].instructions, 2U);
  EXPECT_EQ(aux.branches[2].instructions, 1U);
  EXPECT_EQ(aux.branches[1].place.offset, 0x1000U + kStart.size());
}

TEST(CsDecoder, PacketsAreListedInFrontOfTheFlow) {
  const auto aux = decode_raw(kStart + kTaken);
  EXPECT_EQ(aux.lines(),
            (std::vector<std::string>{
                "I_ASYNC ID:10; Alignment Synchronisation.", "I_TRACE_INFO ID:10; Trace Info.; INFO=0x0 { CC.0 }",
                "I_TRACE_ON ID:10; Trace On.", "I_CTXT ID:10; Context Packet.; Ctxt: AArch64,EL0, NS; ",
                "I_ADDR_L_64IS0 ID:10; Address, Long, 64 bit, IS0.; Addr=0x0000000000001000; ",
                "I_ATOM_F1 ID:10; Atom format 1.; E"}));
  EXPECT_EQ(aux.packets[4].place.offset, 0x1000U + 17);
  EXPECT_EQ(aux.packets[4].bytes, 9U);
}

TEST(CsDecoder, CodeThatIsNotKnownIsToldWithItsAddress) {
  const test::Bytes elsewhere = test::raw({0x9d, 0x00, 0x10, 0, 0, 0, 0, 0, 0});  // 0x2000
  const auto aux = decode_raw(kAsync + kTraceInfo + kTraceOn + kContext + elsewhere + kTaken);
  ASSERT_EQ(aux.errors.size(), 1U);
  EXPECT_EQ(aux.errors[0].code, "nomap");
  EXPECT_EQ(aux.errors[0].ip, 0x2000U);
  EXPECT_THAT(aux.branches, IsEmpty());
}

TEST(CsDecoder, ABadPacketIsToldAndDecodingGoesOnAtTheNextSync) {
  const test::Bytes good = kStart + kTaken;
  const test::Bytes bad = test::raw({0x6f, 0x08, 0x6f, 0x08});
  const auto aux = decode_raw(good + bad + good + kTaken);
  ASSERT_FALSE(aux.errors.empty());
  ASSERT_FALSE(aux.branches.empty());
  EXPECT_EQ(aux.errors[0].code, "bad-packet");
  EXPECT_GE(aux.errors[0].place.offset, 0x1000U + good.size());
  EXPECT_LE(aux.errors[0].place.offset, 0x1000U + good.size() + bad.size());
  EXPECT_THAT(edges(aux), testing::Contains(Edge{0x1004, 0, kAuxBranch | kAuxConditional | kAuxTraceEnd}));
  EXPECT_EQ(std::count_if(aux.branches.begin(), aux.branches.end(),
                          [](const AuxBranch& branch) { return branch.from == 0x1004 && branch.to == 0x1010; }),
            1);
}

TEST(CsDecoder, ATraceCutAnywhereGivesAtMostWhatTheWholeGives) {
  const test::Bytes whole = kStart + kTaken + kTaken + kNotTaken;
  const auto all = decode_raw(whole);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto cut = decode_raw(test::Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    EXPECT_LE(cut.instructions.size(), all.instructions.size()) << size;
    for (std::size_t i = 0; i < cut.instructions.size(); ++i) {
      EXPECT_EQ(cut.instructions[i].ip, all.instructions[i].ip) << size;
    }
  }
}

TEST(CsDecoder, BytesLessThanAFrameAreTold) {
  const test::CodeRegions code{program()};
  const auto decoder = make_cs_source_decoder({etm4_source()}, {}, code, test::kEverything);
  const test::Bytes frames(19, std::byte{0});
  test::RecordedAux out;
  test::decode_slice(*decoder, test::slice_of(frames), out);
  ASSERT_FALSE(out.errors.empty());
  EXPECT_EQ(out.errors.back().place.offset, 0x1000U + 16);
  EXPECT_EQ(out.errors.back().text, "3 bytes are less than a frame of 16");
}

TEST(CsDecoder, FormattedTraceWithoutTraceIdsIsToldAsUnsupported) {
  CsSource source = etm4_source();
  source.trace_id.reset();
  const test::CodeRegions code{program()};
  const auto decoder = make_cs_source_decoder({source}, {}, code, test::kEverything);
  const test::Bytes frames(16, std::byte{0});
  test::RecordedAux out;
  test::decode_slice(*decoder, test::slice_of(frames), out);
  ASSERT_EQ(out.errors.size(), 1U);
  EXPECT_EQ(out.errors[0].code, "unsupported");
  EXPECT_EQ(out.errors[0].text, "the recording tells no trace id");
}

TEST(CsDecoder, ARawBufferOfACpuWithoutMetadataIsToldAsUnsupported) {
  const test::CodeRegions code{program()};
  CsSource other = etm4_source();
  other.cpu = 7;
  const auto decoder = make_cs_source_decoder({other}, {}, code, test::kEverything);
  AuxSlice slice = test::slice_of(kAsync);
  slice.flags = 0x100;
  test::RecordedAux out;
  test::decode_slice(*decoder, slice, out);
  ASSERT_EQ(out.errors.size(), 1U);
  EXPECT_EQ(out.errors[0].code, "unsupported");
}

// Two sources of Q packets: each says that more instructions were run than anybody could wait for.
TEST(CsDecoder, QPacketsThatTellOfTooManyInstructionsGiveNoFlow) {
  CsSource source = etm4_source();
  source.idr0 |= 3U << 15U;
  source.config = 3U << 13U;
  const test::Bytes q = test::raw({0xac, 0xff, 0xff, 0xff, 0xff, 0x0f});  // count of 32 bits
  const test::Bytes trace = kStart + q;
  const test::CodeRegions code{program()};
  const auto decoder = make_cs_source_decoder({source}, {}, code, test::kEverything);
  AuxSlice slice = test::slice_of(trace);
  slice.flags = 0x100;
  test::RecordedAux out;
  test::decode_slice(*decoder, slice, out);
  ASSERT_FALSE(out.errors.empty());
  EXPECT_THAT(out.errors.back().text, testing::HasSubstr("more instructions"));
  EXPECT_THAT(out.branches, IsEmpty());
}

// Facts: the corpus' README, sections 3 and 4: what perf 6.1 makes of the file.
TEST(CsDecoder, ARecordingOfSimpleperfGivesTheBranchesOfPerf) {
  const std::string corpus = SIMDPROF_CORPUS_DIR;
  const std::string path = corpus + "/simpleperf/etm/perf_etm.data";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the corpus is not here: " << path;
  const test::PerfAux file = test::load_perf_aux(path, corpus + "/symfs/simpleperf");
  const test::CodeRegions code{file.code};
  const auto decoder = make_cs_decoder(file.info, code, test::kEverything);
  ASSERT_TRUE(decoder) << decoder.error().fact;
  test::RecordedAux out;
  for (const AuxSlice& slice : file.slices) test::decode_slice(**decoder, slice, out);
  std::map<std::pair<VirtAddr, VirtAddr>, int> count;
  for (const AuxBranch& branch : out.branches) ++count[{branch.from, branch.to}];
  constexpr VirtAddr kBase = 0x582b2b0000;
  const std::map<std::pair<VirtAddr, VirtAddr>, int> expected = {{{0, kBase + 0x1000}, 1},
                                                                 {{0, kBase + 0x108c}, 1},
                                                                 {{kBase + 0x1004, kBase + 0x100c}, 1},
                                                                 {{kBase + 0x1050, kBase + 0x10e0}, 1},
                                                                 {{kBase + 0x106c, kBase + 0x1074}, 100},
                                                                 {{kBase + 0x1070, kBase + 0x1084}, 1},
                                                                 {{kBase + 0x1080, kBase + 0x105c}, 100},
                                                                 {{kBase + 0x1088, kBase + 0x10a4}, 1},
                                                                 {{kBase + 0x10a0, kBase + 0x1054}, 1},
                                                                 {{kBase + 0x10ec, 0}, 1}};
  EXPECT_EQ(count, expected);
  EXPECT_EQ(out.branches.size(), 208U);
  EXPECT_EQ(out.instructions.size(), 944U);
  EXPECT_THAT(out.errors, IsEmpty());
}

}  // namespace
}  // namespace simdprof
