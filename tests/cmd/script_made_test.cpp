#include <gtest/gtest.h>

#include "cmd/script_render.h"
#include "lib/model/aux_trace.h"

namespace simdprof::cmd {
namespace {

std::string flags_text(std::uint32_t flags) {
  AuxHit made;
  made.flags = flags;
  SampleHit hit;
  hit.made = &made;
  TextBuffer out;
  append_trace_flags(out, hit);
  return {out.data(), out.size()};
}

// What perf 6.1 prints of these: two blanks, 21 columns, a blank.
TEST(TraceFlags, AreInTheWordsOfTheKernelsTool) {
  EXPECT_EQ(flags_text(kAuxBranch | kAuxCall), "  call                  ");
  EXPECT_EQ(flags_text(kAuxBranch | kAuxReturn), "  return                ");
  EXPECT_EQ(flags_text(kAuxBranch | kAuxConditional), "  jcc                   ");
  EXPECT_EQ(flags_text(kAuxBranch), "  jmp                   ");
  EXPECT_EQ(flags_text(kAuxBranch | kAuxCall | kAuxSyscall), "  syscall               ");
  EXPECT_EQ(flags_text(kAuxBranch | kAuxReturn | kAuxInterrupt), "  iret                  ");
  EXPECT_EQ(flags_text(kAuxBranch | kAuxCall | kAuxAsync | kAuxInterrupt), "  hw int                ");
  EXPECT_EQ(flags_text(kAuxBranch | kAuxTraceBegin), "  tr strt               ");
  EXPECT_EQ(flags_text(kAuxBranch | kAuxTraceEnd), "  tr end                ");
}

TEST(TraceFlags, ABranchWithWhichTheTraceBeginsOrEndsIsBoth) {
  EXPECT_EQ(flags_text(kAuxBranch | kAuxCall | kAuxSyscall | kAuxTraceEnd), "  tr end  syscall       ");
  EXPECT_EQ(flags_text(kAuxBranch | kAuxAsync | kAuxTraceEnd), "  tr end  async         ");
  EXPECT_EQ(flags_text(kAuxBranch | kAuxReturn | kAuxTraceBegin), "  tr strt return        ");
}

TEST(TraceFlags, ATransactionIsAMarkBehind) {
  EXPECT_EQ(flags_text(kAuxBranch | kAuxConditional | kAuxInTx), "  jcc               (x) ");
}

TEST(TraceFlags, WithoutANameTheyAreLetters) {
  EXPECT_EQ(flags_text(kAuxBranch | kAuxTraceBegin | kAuxTraceEnd), "  tr strt tr end        ");
  EXPECT_EQ(flags_text(kAuxBranch | kAuxCall | kAuxReturn), "  bcr                   ");
  EXPECT_EQ(flags_text(kAuxBranch | kAuxCall | kAuxReturn | kAuxInTx), "  bcrx                  ");
}

TEST(TraceFlags, ThePredictionIsNotOne) {
  EXPECT_EQ(flags_text(kAuxBranch | kAuxConditional | kAuxMispredicted), "  jcc                   ");
}

TEST(TraceFlags, ARecordedSampleHasNone) {
  TextBuffer out;
  append_trace_flags(out, SampleHit{});
  EXPECT_EQ(std::string(out.data(), out.size()), std::string(24, ' '));
}

}  // namespace
}  // namespace simdprof::cmd
