#include "cmd/dump_regs_render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace simdprof::cmd {
namespace {

/// One user-mode sample of an app whose xmm0 holds 1, 2, 3, 4 as floats and whose YMM state is in INIT.
class DumpRegs : public testing::Test {
 protected:
  DumpRegs() {
    event_.name = "task-clock";
    sample_.present = abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_CPU;
    sample_.mode = CpuMode::user;
    sample_.ip = 0x401136;
    sample_.pid = 812;
    sample_.tid = 815;
    sample_.cpu = 1;
    sample_.time_ns = 1953'835577123;
    hit_.sample = &sample_;
    hit_.event = &event_;
    hit_.comm = "app";
    hit_.place.symbol = "dot(float, int)";
    hit_.place.symbol_offset = 0x16;
    hit_.place.dso = "app";
    hit_.place.reason = Unresolved::resolved;
    fill(sets_.user, Origin::xstate);
    fill(sets_.intr, Origin::pmi_xsave);
    report_.choice.registers = {{RegisterClass::gpr, abi::PERF_REG_X86_AX}, {RegisterClass::ymm, 0}};
  }

  static void fill(RegisterSet& set, Origin vectors) {
    set.arch = abi::Arch::x86_64;
    set.abi = 2;
    set.gpr_present = 1;
    set.gpr[0] = 0x2a;
    set.gpr_origin = Origin::gpr;
    set.vector_origin = vectors;
    set.vector[0].words = {0x400000003f800000, 0x4080000040400000};
    set.vector[0].xmm = Presence::valid;
    set.vector[0].ymm_high = Presence::init;
  }

  template <class... Args>
  std::string rendered(void (*render)(TextBuffer&, const RegisterSample&, RegisterReport&, Args...),
                       std::type_identity_t<Args>... args) {
    TextBuffer out;
    render(out, {&hit_, &sets_, abi::Arch::x86_64}, report_, args...);
    return fmt::to_string(out);
  }

  EventDesc event_;
  Sample sample_;
  SampleHit hit_;
  RegisterSets sets_;
  RegisterReport report_;
};

TEST_F(DumpRegs, TextHasAHeaderLineAndALineARegister) {
  EXPECT_EQ(rendered(render_registers_text),
            "app 812/815 [001] 1953.835577123: task-clock: 401136 dot(float, int)+0x16 (app) mode=user "
            "user=gpr+xstate\n"
            "  user  rax    0x000000000000002a\n"
            "  user  ymm0   0x4080000040400000400000003f800000 [255:128]=init\n"
            "\n");
}

TEST_F(DumpRegs, TextNamesTheSetOnEveryLine) {
  report_.sets = {SetKind::user, SetKind::intr};
  report_.choice.registers = {{RegisterClass::gpr, 0}};
  const std::string text = rendered(render_registers_text);
  EXPECT_NE(text.find("user=gpr+xstate intr=gpr+pmi-xsave\n"), std::string::npos);
  EXPECT_NE(text.find("\n  user  rax    0x000000000000002a\n  intr  rax    0x000000000000002a\n"), std::string::npos);
}

TEST_F(DumpRegs, LanesStandLowestFirst) {
  report_.as = LaneType::f32;
  report_.choice.registers = {{RegisterClass::xmm, 0}};
  EXPECT_NE(
      rendered(render_registers_text).find("  user  xmm0              1            2            3            4\n"),
      std::string::npos);
}

TEST_F(DumpRegs, VectorsOfAKernelHitAreTheKernelsInTheInterruptSetOnly) {
  sample_.mode = CpuMode::kernel;
  sets_.image_at_syscall_exit = true;
  report_.sets = {SetKind::user, SetKind::intr};
  report_.choice.registers = {{RegisterClass::xmm, 0}};
  const std::string text = rendered(render_registers_text);
  EXPECT_NE(text.find("mode=kernel user=gpr+xstate,syscall-exit intr=gpr+pmi-xsave,untrusted\n"), std::string::npos);
  EXPECT_NE(text.find("  user  xmm0   0x4080000040400000400000003f800000\n"), std::string::npos);
  EXPECT_NE(text.find("  intr  xmm0   untrusted\n"), std::string::npos);
}

TEST_F(DumpRegs, AGuestHitHasNoRegisters) {
  sample_.mode = CpuMode::guest_user;
  EXPECT_NE(rendered(render_registers_text).find("mode=guest-user user=none,guest\n\n"), std::string::npos);
  EXPECT_NE(rendered(render_registers_json).find("\"mode\":\"guest-user\",\"sets\":[]}\n"), std::string::npos);
  EXPECT_EQ(rendered(render_registers_table, ','), "");
}

TEST_F(DumpRegs, AMissingImageIsSaid) {
  sets_.user.vector_origin = Origin::none;
  sets_.image_expected = true;
  EXPECT_NE(rendered(render_registers_text).find("user=gpr,image-missing\n"), std::string::npos);
  sets_.user.gpr_present = 0;
  EXPECT_NE(rendered(render_registers_text).find("user=none,image-missing\n"), std::string::npos);
}

TEST_F(DumpRegs, MxcsrShowsItsFlags) {
  sets_.user.mxcsr = 0x9fc0;
  sets_.user.mxcsr_presence = Presence::valid;
  report_.choice.registers = {{RegisterClass::mxcsr, 0}};
  EXPECT_NE(rendered(render_registers_text).find("  user  mxcsr  0x00009fc0 FTZ DAZ\n"), std::string::npos);
}

TEST_F(DumpRegs, JsonIsOneObjectALine) {
  EXPECT_EQ(rendered(render_registers_json),
            R"({"comm":"app","pid":812,"tid":815,"cpu":1,"time":"1953.835577123","event":"task-clock",)"
            R"x("ip":"0x401136","symbol":"dot(float, int)","symbol_offset":"0x16","dso":"app","mode":"user",)x"
            R"("sets":[{"set":"user","source":"gpr+xstate","abi":2,"gpr_origin":"gpr","vector_origin":"xstate",)"
            R"("registers":[{"name":"rax","presence":"valid","value":"0x000000000000002a"},)"
            R"({"name":"ymm0","presence":"partial","parts":[)"
            R"({"bits":"127:0","presence":"valid","value":"0x4080000040400000400000003f800000"},)"
            R"({"bits":"255:128","presence":"init"}]}]}]})"
            "\n");
}

TEST_F(DumpRegs, JsonSaysWhyThereIsNoSymbol) {
  hit_.place.symbol = {};
  hit_.place.reason = Unresolved::anonymous_map;
  const std::string text = rendered(render_registers_json);
  EXPECT_NE(text.find("\"ip\":\"0x401136\",\"unresolved\":\"anonymous mapping\""), std::string::npos);
  EXPECT_EQ(text.find("symbol_offset"), std::string::npos);
}

TEST_F(DumpRegs, CsvRowsHaveTheColumnsOfTheHeader) {
  report_.as = LaneType::f64;
  report_.lane_columns = 4;
  TextBuffer header;
  render_table_header(header, report_, ',');
  EXPECT_EQ(fmt::to_string(header),
            "time,cpu,pid,tid,comm,event,ip,symbol,offset,dso,mode,set,register,presence,origin,value,"
            "lane0,lane1,lane2,lane3\r\n");
  EXPECT_EQ(
      rendered(render_registers_table, ','),
      "1953.835577123,1,812,815,app,task-clock,0x401136,\"dot(float, int)\",0x16,app,user,user,rax,valid,gpr,"
      "0x000000000000002a,,,,\r\n"
      "1953.835577123,1,812,815,app,task-clock,0x401136,\"dot(float, int)\",0x16,app,user,user,ymm0,partial,"
      "xstate,0x4080000040400000400000003f800000 [255:128]=init,2.000000473111868,512.0001225471497,init,init\r\n");
}

TEST_F(DumpRegs, TsvEndsLinesWithLineFeedAlone) {
  report_.choice.registers = {{RegisterClass::gpr, 0}};
  EXPECT_EQ(
      rendered(render_registers_table, '\t'),
      "1953.835577123\t1\t812\t815\tapp\ttask-clock\t0x401136\tdot(float, int)\t0x16\tapp\tuser\tuser\trax\tvalid\t"
      "gpr\t0x000000000000002a\n");
}

TEST_F(DumpRegs, DiffShowsOnlyWhatDiffers) {
  report_.sets = {SetKind::user, SetKind::intr};
  report_.choice.registers = {};
  report_.as = LaneType::f32;
  EXPECT_EQ(rendered(render_diff_text), "");
  sets_.intr.gpr[0] = 0x2b;
  sets_.intr.vector[0].words[1] = 0x40a0000040400000;
  EXPECT_EQ(rendered(render_diff_text),
            "app 812/815 [001] 1953.835577123: task-clock: 401136 dot(float, int)+0x16 (app) mode=user "
            "user=gpr+xstate intr=gpr+pmi-xsave differ=2\n"
            "  diff  rax        user=0x000000000000002a intr=0x000000000000002b\n"
            "  diff  ymm0[3]    user=4 intr=5\n"
            "\n");
  EXPECT_EQ(report_.diff_counts.compared, 2U);
  EXPECT_EQ(report_.diff_counts.different, 1U);
  EXPECT_EQ(diff_summary(report_.diff_counts), "1 of 2 samples differ between their sets");
}

TEST_F(DumpRegs, DiffIsAnObjectOrARowADifference) {
  report_.choice.registers = {};
  report_.as = LaneType::f32;
  sets_.intr.vector[0].words[1] = 0x40a0000040400000;
  sets_.intr.gpr_present = 0;
  EXPECT_EQ(rendered(render_diff_json),
            R"({"comm":"app","pid":812,"tid":815,"cpu":1,"time":"1953.835577123","event":"task-clock",)"
            R"x("ip":"0x401136","symbol":"dot(float, int)","symbol_offset":"0x16","dso":"app","mode":"user",)x"
            R"("user_source":"gpr+xstate","intr_source":"pmi-xsave","not_compared":0,"differences":[)"
            R"({"name":"rax","bits":"63:0","user":"0x000000000000002a","intr":"not-recorded"},)"
            R"({"name":"ymm0","bits":"127:96","lane":3,"user":4,"intr":5}]})"
            "\n");
  TextBuffer header;
  render_diff_table_header(header, ',');
  EXPECT_EQ(fmt::to_string(header),
            "time,cpu,pid,tid,comm,event,ip,symbol,offset,dso,mode,register,bits,lane,user,intr\r\n");
  EXPECT_EQ(rendered(render_diff_table, ','),
            "1953.835577123,1,812,815,app,task-clock,0x401136,\"dot(float, int)\",0x16,app,user,rax,63:0,,"
            "0x000000000000002a,not-recorded\r\n"
            "1953.835577123,1,812,815,app,task-clock,0x401136,\"dot(float, int)\",0x16,app,user,ymm0,127:96,3,4,5"
            "\r\n");
}

TEST_F(DumpRegs, DiffLeavesOutSamplesWithOneSetAndVectorsOfTheKernel) {
  report_.sets = {SetKind::user, SetKind::intr};
  report_.choice.registers = {};
  sample_.mode = CpuMode::kernel;
  sets_.intr.vector[0].words[1] = 0;
  EXPECT_EQ(rendered(render_diff_text), "") << "the interrupt vectors of a kernel hit are nobody's";
  sets_.intr.gpr[0] = 1;
  EXPECT_THAT(rendered(render_diff_text), testing::HasSubstr("intr=gpr+pmi-xsave,untrusted differ=1 not-compared=1\n"));
  sets_.intr = {};
  EXPECT_EQ(rendered(render_diff_text), "");
  sample_.mode = CpuMode::guest_user;
  EXPECT_EQ(rendered(render_diff_table, '\t'), "");
  EXPECT_EQ(diff_summary(report_.diff_counts),
            "1 of 2 samples differ between their sets; 2 have registers that are not compared; 2 have not both sets");
}

TEST(WidestVectorBits, IsThatOfTheChoiceOrElseOfTheRecording) {
  RecordingFacts facts;
  RegisterChoice choice;
  EXPECT_EQ(widest_vector_bits(facts, choice), 128U);
  facts.xsave.emplace();
  facts.xsave->xcr0_mask = 1U << abi::kXsaveYmmHi128;
  EXPECT_EQ(widest_vector_bits(facts, choice), 256U);
  facts.xsave->xcr0_mask |= 1U << abi::kXsaveHi16Zmm;
  EXPECT_EQ(widest_vector_bits(facts, choice), 512U);
  choice.classes[static_cast<std::size_t>(RegisterClass::xmm)] = true;
  EXPECT_EQ(widest_vector_bits(facts, choice), 128U);
  choice.registers = {{RegisterClass::gpr, 0}};
  EXPECT_EQ(widest_vector_bits(facts, choice), 0U);
  choice.registers.push_back({RegisterClass::ymm, 3});
  EXPECT_EQ(widest_vector_bits(facts, choice), 256U);
}

TEST(WidestVectorBits, KnowsTheSimdAbiOfTheKernel) {
  RecordingFacts facts;
  facts.events.events.emplace_back();
  facts.events.events[0].attr.sample_simd_regs_enabled = 1;
  facts.events.events[0].attr.sample_simd_vec_reg_qwords = 8;
  EXPECT_EQ(widest_vector_bits(facts, {}), 512U);
}

// A head has room for 16 bytes: the longest name there is, orig_r3, takes all of them.
TEST(RegisterLines, BeginWithTheNameOfEveryRegisterOfEveryMachine) {
  using abi::Arch;
  for (const Arch arch :
       {Arch::unknown, Arch::x86_64, Arch::x86_32, Arch::arm64, Arch::arm32, Arch::riscv64, Arch::ppc64, Arch::s390}) {
    RegisterLines chooser;
    RegisterSet set;
    set.arch = arch;
    set.gpr_present = ~std::uint64_t{0};
    const auto& [lines, words] = chooser.of(SetKind::intr, set, {});
    ASSERT_EQ(lines.size(), 64U);
    EXPECT_TRUE(words);
    for (unsigned number = 0; number < 64; ++number) {
      TextBuffer name;
      append_register_name(name, arch, {RegisterClass::gpr, number});
      TextBuffer line;
      PieceWriter(line, ShortText::kMostBytes).text(lines[number].head);
      const std::string padded = fmt::format("  intr  {:<6} ", fmt::to_string(name));
      EXPECT_EQ(fmt::to_string(line), padded) << number;
    }
  }
}

std::string numbers_of(const RegisterLines::Chosen& chosen) {
  std::string text = chosen.words ? "words" : "any";
  for (const auto& [ref, head] : chosen.lines) {
    text += fmt::format(" {}{}", ref.kind == RegisterClass::gpr ? "" : "v", ref.number);
  }
  return text;
}

TEST(RegisterLines, AreChosenAgainWhenASetHasOthers) {
  RegisterLines chooser;
  RegisterSet set;
  set.arch = abi::Arch::x86_64;
  set.gpr_present = 0b11;
  EXPECT_EQ(numbers_of(chooser.of(SetKind::user, set, {})), "words 0 1");
  EXPECT_EQ(numbers_of(chooser.of(SetKind::user, set, {})), "words 0 1");
  set.gpr_present = 0b101;
  EXPECT_EQ(numbers_of(chooser.of(SetKind::user, set, {})), "words 0 2");
  RegisterSet other = set;
  other.gpr_present = 0;
  EXPECT_EQ(numbers_of(chooser.of(SetKind::intr, other, {})), "words") << "each set has its own";
  EXPECT_EQ(numbers_of(chooser.of(SetKind::user, set, {})), "words 0 2");
  set.vector_origin = Origin::pebs;
  set.vector[0].recorded_words = 3;
  set.vector[0].xmm = Presence::valid;
  const std::string with_vectors = numbers_of(chooser.of(SetKind::user, set, {}));
  EXPECT_EQ(with_vectors, "any 0 2 v0 v1 v2 v3 v4 v5 v6 v7 v8 v9 v10 v11 v12 v13 v14 v15");
  set.clear();
  set.gpr_present = 0b101;
  EXPECT_EQ(numbers_of(chooser.of(SetKind::user, set, {})), "words 0 2") << "vectors leave nothing behind";
}

TEST(RegisterLines, OfRegistersThatAreNotThereAreNoWords) {
  RegisterLines chooser;
  RegisterChoice choice;
  choice.registers = {{RegisterClass::gpr, 0}, {RegisterClass::gpr, 3}};
  RegisterSet set;
  set.arch = abi::Arch::x86_64;
  set.gpr_present = 1;
  EXPECT_EQ(numbers_of(chooser.of(SetKind::user, set, choice)), "any 0 3");
}

}  // namespace
}  // namespace simdprof::cmd
