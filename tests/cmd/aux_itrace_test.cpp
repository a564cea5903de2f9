#include "cmd/aux_itrace.h"

#include <gtest/gtest.h>

namespace simdprof::cmd {
namespace {

using Unit = ItraceOptions::Unit;

TEST(ParseItrace, TakesPerfsLetters) {
  const auto all = parse_itrace("i10usbe");
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->instructions && all->branches && all->errors && !all->calls);
  EXPECT_EQ(all->unit, Unit::nanoseconds);
  EXPECT_EQ(all->period, 10'000U);
  EXPECT_EQ(parse_itrace("i")->period, 100'000U) << "perf's default";
  EXPECT_EQ(parse_itrace("i")->unit, Unit::nanoseconds);
  EXPECT_EQ(parse_itrace("i1000")->unit, Unit::instructions);
  EXPECT_EQ(parse_itrace("i1i")->period, 1U);
  EXPECT_EQ(parse_itrace("i2ms")->period, 2'000'000U);
  EXPECT_EQ(parse_itrace("i5ns")->period, 5U);
  EXPECT_TRUE(parse_itrace("c,r")->calls);
  EXPECT_TRUE(parse_itrace("w")->ptwrites && !parse_itrace("w")->power);
  EXPECT_TRUE(parse_itrace("p")->power && !parse_itrace("p")->ptwrites);
}

TEST(ParseItrace, RefusesWhatItDoesNotKnow) {
  for (const char* text : {"x", "", "e", "i0us", "i99999999999999999999", "b?", "i18446744073709551615ms"}) {
    const auto parsed = parse_itrace(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Errc::usage) << text;
  }
}

AuxPlace at(std::uint64_t time_ns) {
  AuxPlace place;
  place.cpu = 1;
  place.index = 1;
  place.pid = 5;
  place.tid = 6;
  place.time_ns = time_ns;
  return place;
}

std::vector<AuxHit> hits(AuxHitCollector& collector) {
  collector.end();
  std::vector<AuxHit> out;
  std::size_t begin = 0;
  for (const AuxBatch::Entry& entry : collector.batch.entries) {
    std::string_view text;
    out.push_back(hit_of({collector.batch.bytes.data() + begin, entry.end - begin}, text));
    begin = entry.end;
  }
  return out;
}

TEST(ItraceHits, EveryNthInstructionIsASampleOfN) {
  const auto options = parse_itrace("i3i");
  AuxHitCollector collector(*options);
  for (unsigned i = 1; i <= 8; ++i) {
    AuxInstruction instruction;
    instruction.place = at(i);
    instruction.ip = i;
    collector.on_instruction(instruction);
  }
  const auto found = hits(collector);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].ip, 3U);
  EXPECT_EQ(found[0].period, 3U);
  EXPECT_EQ(found[1].ip, 6U);
  EXPECT_EQ(found[2].kind, AuxHit::Kind::rest);
  EXPECT_EQ(found[2].period, 2U);

  EventTable table;
  ItraceEvents events(*options, table);
  ASSERT_EQ(table.events.size(), 1U);
  EXPECT_EQ(table.events[0].name, "instructions");
  Sample sample;
  EXPECT_FALSE(events.make_sample(found[2], 8, sample));
  ASSERT_TRUE(events.make_sample(found[0], 9, sample));
  EXPECT_EQ(sample.period, 5U) << "the rest of the batch before counts here";
  EXPECT_EQ(sample.cpu, 1U);
  EXPECT_EQ(sample.tid, 6);
  EXPECT_EQ(sample.mode, CpuMode::user);
}

TEST(ItraceHits, PeriodsOfTimeLieOnAGrid) {
  const auto options = parse_itrace("i10ns");
  AuxHitCollector collector(*options);
  for (const std::uint64_t time_ns : {12U, 18U, 21U, 22U, 45U, 46U}) {
    AuxInstruction instruction;
    instruction.place = at(time_ns);
    instruction.ip = time_ns;
    collector.on_instruction(instruction);
  }
  const auto found = hits(collector);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].ip, 21U);
  EXPECT_EQ(found[0].period, 3U);
  EXPECT_EQ(found[1].ip, 45U);
  EXPECT_EQ(found[2].kind, AuxHit::Kind::rest);
}

AuxMark mark_of(AuxMarkFacts::Kind kind, std::uint64_t payload) {
  AuxMark mark;
  mark.place = at(9);
  mark.ip = 0x1000;
  mark.facts.kind = kind;
  mark.facts.payload = payload;
  return mark;
}

TEST(ItraceHits, MarksAreThoseOfTheirLetter) {
  using Kind = AuxMarkFacts::Kind;
  const auto kinds = [](std::string_view letters) {
    const auto options = parse_itrace(letters);
    AuxHitCollector collector(*options);
    for (const Kind kind : {Kind::ptwrite, Kind::cbr, Kind::psb, Kind::pwrx}) collector.on_mark(mark_of(kind, 3));
    return hits(collector).size();
  };
  EXPECT_EQ(kinds("w"), 1U);
  EXPECT_EQ(kinds("p"), 3U);
  EXPECT_EQ(kinds("pw"), 4U);
  EXPECT_EQ(kinds("b"), 0U);
}

TEST(ItraceHits, ARatioIsASampleWhereItChanges) {
  using Kind = AuxMarkFacts::Kind;
  const auto options = parse_itrace("p");
  AuxHitCollector collector(*options);
  for (const std::uint64_t ratio : {8U, 8U, 9U, 8U, 8U}) collector.on_mark(mark_of(Kind::cbr, ratio));
  EventTable table;
  ItraceEvents events(*options, table);
  ASSERT_EQ(table.events.size(), 6U);
  std::vector<bool> made;
  Sample sample;
  for (const AuxHit& hit : hits(collector)) made.push_back(events.make_sample(hit, 9, sample));
  EXPECT_EQ(made, (std::vector<bool>{true, false, true, true, false}));
  EXPECT_EQ(table.events[sample.event].name, "cbr");
  EXPECT_EQ(sample.ip, 0x1000U);
  EXPECT_FALSE(sample.has(abi::PERF_SAMPLE_ADDR));
}

TEST(ItraceHits, CallsAndReturnsAreBranchesOfTheirKind) {
  const auto count = [](std::string_view letters) {
    const auto options = parse_itrace(letters);
    AuxHitCollector collector(*options);
    for (const std::uint32_t flags : {std::uint32_t{kAuxBranch}, kAuxBranch | kAuxCall, kAuxBranch | kAuxReturn,
                                      kAuxBranch | kAuxTraceBegin, kAuxBranch | kAuxConditional}) {
      collector.on_branch({at(1), 10, 20, flags, 0, 0});
    }
    return hits(collector).size();
  };
  EXPECT_EQ(count("b"), 5U);
  EXPECT_EQ(count("c"), 1U);
  EXPECT_EQ(count("r"), 2U);
  EXPECT_EQ(count("bcr"), 3U);
  EXPECT_EQ(count("i1i"), 0U);
}

TEST(ItraceHits, CyclesAreThoseOfTheInstructionsSinceTheLastThatHadSome) {
  const auto options = parse_itrace("i2i");
  AuxHitCollector collector(*options);
  for (const std::uint64_t cycles : {3U, 4U, 0U, 0U, 5U, 0U}) {
    AuxInstruction instruction;
    instruction.place = at(1);
    instruction.ip = 0x1000;
    instruction.cycles = cycles;
    collector.on_instruction(instruction);
  }
  const std::vector<AuxHit> made = hits(collector);
  ASSERT_EQ(made.size(), 3U);
  EXPECT_EQ(made[0].cycles, 7U);
  EXPECT_EQ(made[0].cycle_instructions, 2U);
  EXPECT_EQ(made[1].cycles, 0U);
  EXPECT_EQ(made[1].cycle_instructions, 0U);
  EXPECT_EQ(made[2].cycles, 5U);
  EXPECT_EQ(made[2].cycle_instructions, 4U) << "with those that had no cycle of their own";
}

TEST(ItraceHits, AnErrorKeepsItsText) {
  const auto options = parse_itrace("be");
  AuxHitCollector collector(*options);
  collector.on_error({at(1), 0x40, "nomap", "no code at 0x40"});
  ASSERT_EQ(collector.batch.entries.size(), 1U);
  std::string_view text;
  const AuxHit hit = hit_of({collector.batch.bytes.data(), collector.batch.entries[0].end}, text);
  EXPECT_EQ(hit.kind, AuxHit::Kind::error);
  EXPECT_EQ(text, "nomap: no code at 0x40");
  EXPECT_EQ(collector.batch.entries[0].error, AuxBatch::kAnyError);
}

TEST(ItraceHits, AKernelAddressIsAKernelHit) {
  const auto options = parse_itrace("b");
  EventTable table;
  ItraceEvents events(*options, table);
  Sample sample;
  ASSERT_TRUE(events.make_sample({at(3), 0xffffffff81000000, 0x40, 1, 0, 0, 0, AuxHit::Kind::branch, {}}, 3, sample));
  EXPECT_EQ(sample.mode, CpuMode::kernel);
  EXPECT_EQ(sample.addr, 0x40U);
  EXPECT_TRUE(sample.has(abi::PERF_SAMPLE_ADDR));
}

}  // namespace
}  // namespace simdprof::cmd
