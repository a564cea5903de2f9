#include "cmd/dump_aux_rows.h"

#include <gtest/gtest.h>

#include <array>

#include "cmd/dump_aux_collector.h"

namespace simdprof::cmd {
namespace {

AuxPlace somewhere() {
  AuxPlace place;
  place.index = 2;
  place.cpu = 2;
  place.pid = 10;
  place.tid = 11;
  place.offset = 0x1f;
  place.time_ns = 969349987566262;
  return place;
}

std::string shown(const AuxLayout& layout, const AuxRow& row) {
  TextBuffer out;
  append_aux_row(out, layout, row);
  return {out.data(), out.size()};
}

AuxLayout layout(AuxLayout::Format format, std::string_view columns) {
  AuxLayout out;
  out.format = format;
  if (!columns.empty()) out.columns = *parse_aux_columns(columns);
  return out;
}

using Format = AuxLayout::Format;

TEST(DumpAuxRows, ABranchsAddressesReadAsThoseOfPerfScript) {
  const AuxBranch branch{somewhere(), 0x400117, 0x4000ec, kAuxBranch | kAuxConditional, 0, 0};
  EXPECT_EQ(shown(layout(Format::text, "ip,addr"), row_of(branch)), "           400117 =>           4000ec\n");
  const AuxBranch begin{somewhere(), 0, 0x4000e8, kAuxBranch | kAuxTraceBegin, 0, 0};
  EXPECT_EQ(shown(layout(Format::text, "ip,addr"), row_of(begin)), "                0 =>           4000e8\n");
}

TEST(DumpAuxRows, InstructionsACycleReadAsThoseOfPerfScript) {
  AuxBranch branch{somewhere(), 0x400117, 0x4000ec, kAuxBranch | kAuxConditional, 3, 12};
  branch.cycle_instructions = 7;
  EXPECT_EQ(shown(layout(Format::text, "ip,addr,ipc"), row_of(branch)),
            "           400117 =>           4000ec \t IPC: 0.58 (7/12) \n");
  EXPECT_EQ(shown(layout(Format::tsv, "cycles,ipc"), row_of(branch)), "12\t0.58\n");
  branch.cycle_instructions = 0;
  EXPECT_EQ(shown(layout(Format::text, "ip,addr,ipc"), row_of(branch)), "           400117 =>           4000ec\n");
}

TEST(DumpAuxRows, TextHasALineForEachKind) {
  const AuxLayout text;
  EXPECT_EQ(shown(text, row_of(AuxPacket{somewhere(), 2, "TIP", "0x401000"})), "0000001f [002] TIP 0x401000\n");
  EXPECT_EQ(shown(text, row_of(AuxBranch{somewhere(), 0x400117, 0x4000ec, kAuxBranch | kAuxConditional, 3, 0})),
            "969349.987566262 [002] 10/11           400117 =>           4000ec cond instructions=3\n");
  EXPECT_EQ(shown(text, row_of(AuxError{somewhere(), 0x40, "nomap", "no code"})),
            "969349.987566262 [002] 10/11 error at 0x1f: nomap at ip 0x40: no code\n");
  EXPECT_EQ(shown(text, row_of(AuxEvent{somewhere(), "ptwrite", 0x40, 7, "payload 7"})),
            "969349.987566262 [002] 10/11 ptwrite ip=0x40 payload 7\n");
  AuxInstruction instruction;
  instruction.place = somewhere();
  instruction.ip = 0x401000;
  instruction.size = 2;
  instruction.bytes = {std::byte{0x0f}, std::byte{0x05}};
  EXPECT_EQ(shown(text, row_of(instruction)), "969349.987566262 [002] 10/11           401000 0f 05\n");
  AuxMemory memory;
  memory.place = somewhere();
  memory.present = AuxMemory::kIp | AuxMemory::kVirtual | AuxMemory::kTotalLatency;
  memory.ip = 0x401000;
  memory.virtual_address = 0x7000;
  memory.total_latency = 12;
  memory.operation = "load";
  EXPECT_EQ(shown(text, row_of(memory)), "969349.987566262 [002] 10/11           401000 load va=0x7000 latency=12\n");
}

TEST(DumpAuxRows, ALossSaysWhenWhereAndHowMuch) {
  AuxLoss loss;
  loss.cause = AuxLossCause::not_recorded;
  loss.cpu = 3;
  loss.offset = 0x100;
  loss.bytes = 64;
  loss.from_ns = 1'500'000'000;
  EXPECT_EQ(shown({}, row_of(loss)), "cpu 3 1.500000000..- not-recorded at 0x100: 64 bytes\n");
  loss.bytes.reset();
  EXPECT_EQ(shown({}, row_of(loss)), "cpu 3 1.500000000..- not-recorded at 0x100: nobody knows how many bytes\n");
}

TEST(DumpAuxRows, JsonHasWhatIsThereAndNothingElse) {
  const AuxBranch branch{somewhere(), 0x400117, 0x4000ec, kAuxBranch | kAuxCall, 0, 0};
  EXPECT_EQ(shown(layout(Format::jsonl, ""), row_of(branch)),
            "{\"kind\":\"branch\",\"time\":\"969349.987566262\",\"cpu\":2,\"pid\":10,\"tid\":11,\"index\":2,"
            "\"offset\":\"0x1f\",\"ip\":\"0x400117\",\"addr\":\"0x4000ec\",\"flags\":\"call\"}\n");
  EXPECT_EQ(shown(layout(Format::jsonl, "ip,cycles"), row_of(branch)), "{\"ip\":\"0x400117\"}\n");
}

TEST(DumpAuxRows, TablesHaveACellForEveryColumn) {
  const AuxError error{somewhere(), 0, "bad-packet", "a, b"};
  EXPECT_EQ(shown(layout(Format::csv, "kind,ip,name,text"), row_of(error)), "error,,bad-packet,\"a, b\"\r\n");
  EXPECT_EQ(shown(layout(Format::tsv, "kind,ip,name,text"), row_of(error)), "error\t\tbad-packet\ta, b\n");
  TextBuffer heading;
  append_aux_heading(heading, layout(Format::csv, "kind,ip"));
  EXPECT_EQ(std::string(heading.data(), heading.size()), "kind,ip\r\n");
}

TEST(DumpAuxRows, HostileTextStaysOnItsLine) {
  const std::string line = shown({}, row_of(AuxPacket{somewhere(), 2, "SW", "a\nb\x1b"}));
  EXPECT_EQ(line, "0000001f [002] SW a\\nb\\x1b\n");
}

TEST(DumpAuxRows, AnUnknownColumnIsNamed) {
  const auto columns = parse_aux_columns("ip,what");
  ASSERT_FALSE(columns);
  EXPECT_EQ(columns.error().code, Errc::usage);
  EXPECT_NE(columns.error().fact.find("'what'"), std::string::npos);
  EXPECT_FALSE(parse_aux_columns("ip,"));
}

TEST(DumpAuxFilter, WhatHasNoTimeIsInNoWindow) {
  AuxRowFilter filter;
  EXPECT_TRUE(filter.accepts(AuxPlace{}));
  filter.window = TimeWindow{10, 20};
  EXPECT_FALSE(filter.accepts(AuxPlace{}));
  AuxPlace place = somewhere();
  place.time_ns = 20;
  EXPECT_TRUE(filter.accepts(place));
  place.time_ns = 21;
  EXPECT_FALSE(filter.accepts(place));
  filter.window.reset();
  filter.cpus = {1, 2};
  filter.tids = {12};
  EXPECT_FALSE(filter.accepts(place));
  filter.tids = {11};
  EXPECT_TRUE(filter.accepts(place));
}

TEST(DumpAuxFilter, ALossIsShownWhenAnyPartOfItIsInTheWindow) {
  AuxRowFilter filter;
  filter.window = TimeWindow{10, 20};
  AuxLoss loss;
  loss.from_ns = 5;
  loss.to_ns = 10;
  EXPECT_TRUE(filter.accepts(loss));
  loss.to_ns = 9;
  EXPECT_FALSE(filter.accepts(loss));
  loss.from_ns = kNoTime;
  loss.to_ns = kNoTime;
  EXPECT_TRUE(filter.accepts(loss));
}

}  // namespace
}  // namespace simdprof::cmd
