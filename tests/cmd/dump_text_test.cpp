#include "cmd/dump_text.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace simdprof::cmd {
namespace {

using test::words;

std::string shown(const TextBuffer& out) { return {out.data(), out.size()}; }

TEST(DumpText, RawIsOneLineWithThePayloadInHex) {
  const auto payload = test::raw({0, 0x7f, 0xff});
  RawRecord raw;
  raw.type = abi::PERF_RECORD_MMAP2;
  raw.misc = 2;
  raw.offset = 0x1c0;
  raw.stream = 3;
  raw.payload = payload;
  TextBuffer out;
  dump_raw(out, raw);
  EXPECT_EQ(shown(out), "0x00000001c0 stream=3 MMAP2 misc=0x0002 size=11 007fff\n");
}

TEST(DumpText, RecordsWithoutATimeHaveADash) {
  Record record;
  record.type = abi::PERF_RECORD_COMM;
  record.offset = 0x40;
  record.stream = 1;
  CommRecord comm;
  comm.pid = 7;
  comm.tid = 8;
  comm.exec = true;
  comm.comm = "a\nb\"c";
  record.body = comm;
  TextBuffer out;
  dump_record(out, record);
  EXPECT_EQ(shown(out), "- 0x40 stream=1 COMM pid=7 tid=8 exec comm=\"a\\u000ab\\\"c\"\n")
      << "a name cannot make a second line";
}

TEST(DumpText, RecordsEndWithTheirTrailer) {
  Record record;
  record.type = abi::PERF_RECORD_LOST;
  record.time_ns = 3492782721205;
  record.sample_id.pid = 7;
  record.sample_id.tid = 8;
  record.sample_id.cpu = 1;
  record.sample_id.id = 5;
  record.body = LostRecord{5, 600};
  TextBuffer out;
  dump_record(out, record);
  EXPECT_EQ(shown(out), "3492.782721205 0x0 stream=0 LOST id=5 lost=600 by_pid=7 by_tid=8 by_cpu=1 by_id=5\n");
}

TEST(DumpText, ForkAndExitShowParents) {
  Record record;
  record.type = abi::PERF_RECORD_FORK;
  ForkRecord fork;
  fork.pid = 7;
  fork.parent_pid = 1;
  fork.tid = 8;
  fork.parent_tid = 2;
  fork.time_ns = 10;
  record.body = fork;
  TextBuffer out;
  dump_record(out, record);
  EXPECT_EQ(shown(out), "- 0x0 stream=0 FORK pid=7 parent_pid=1 tid=8 parent_tid=2 time_ns=10\n");
}

TEST(DumpText, ASampleShowsItsFieldsInTheOrderOfItsBytes) {
  const auto chain = words({abi::PERF_CONTEXT_USER, 0x401000});
  const auto general = words({0x401000});
  const auto simd = words({1, 2});
  Sample sample;
  sample.present = abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_CALLCHAIN |
                   abi::PERF_SAMPLE_REGS_USER | abi::PERF_SAMPLE_IDENTIFIER;
  sample.mode = CpuMode::user;
  sample.misc = 2;
  sample.id = 77;
  sample.ip = 0x401000;
  sample.pid = 7;
  sample.tid = 8;
  sample.callchain = WordView(chain);
  sample.regs_user.abi = 6;
  sample.regs_user.mask = 0x100;
  sample.regs_user.words = WordView(general);
  sample.regs_user.nr_vectors = 1;
  sample.regs_user.vector_qwords = 2;
  sample.regs_user.packed_counts = true;
  sample.regs_user.simd = WordView(simd);
  EventTable events;
  events.events.push_back({{}, "cycles:u"});
  TextBuffer out;
  dump_sample(out, Record{}, sample, events);
  EXPECT_EQ(shown(out),
            "sample 0x0 stream=0 event=0 \"cycles:u\" mode=user misc=0x2\n"
            "  identifier       77\n"
            "  ip               0x401000\n"
            "  tid              7/8\n"
            "  callchain        [0xfffffffffffffe00 0x401000]\n"
            "  regs_user        abi=6 mask=0x100 [0x401000] vectors=1x2 predicates=0x0 packed [0x1 0x2]\n"
            "\n");
}

TEST(DumpText, RegistersAreShownWithPresenceAndOrigin) {
  RegisterSets sets;
  sets.image_expected = true;
  sets.image_at_syscall_exit = true;
  sets.user.arch = abi::Arch::x86_64;
  sets.user.abi = 2;
  sets.user.gpr_present = 1U << abi::PERF_REG_X86_IP;
  sets.user.gpr[abi::PERF_REG_X86_IP] = 0x401000;
  sets.user.gpr_origin = Origin::gpr;
  sets.user.vector_origin = Origin::xstate;
  sets.user.xstate_in_use = 3;
  sets.user.mxcsr = 0x1f80;
  sets.user.mxcsr_presence = Presence::valid;
  VectorRegister& first = sets.user.vector[0];
  first.words = {0x11, 0x22, 0, 0, 0, 0, 0, 0};
  first.recorded_words = 3;
  first.xmm = Presence::valid;
  first.ymm_high = Presence::init;
  sets.user.vector[1].words[1] = 0x33;
  sets.user.vector[1].recorded_words = 2;
  sets.user.vector[2].xmm = Presence::untrusted;
  Sample sample;
  sample.tid = 8;
  sample.ip = 0x401000;
  sample.mode = CpuMode::kernel;
  TextBuffer out;
  dump_registers(out, Record{}, sample, sets);
  const std::string text = shown(out);
  const std::string expected =
      "sample 0x0 time=- tid=8 ip=0x401000 mode=kernel image_expected image_at_syscall_exit\n"
      "  user abi=2 general=gpr vectors=xstate in_use=0x3\n"
      "    IP 0x401000\n"
      "    vector0 [127:0] valid 0x00000000000000220000000000000011 [255:128] init [511:256] not recorded\n"
      "    vector1 [127:0] not recorded but [127:64] 0x0000000000000033 [255:128] not recorded [511:256] not recorded\n"
      "    vector2 [127:0] untrusted 0x00000000000000000000000000000000 [255:128] not recorded [511:256] not "
      "recorded\n";
  EXPECT_EQ(text.substr(0, expected.size()), expected);
  const std::string end =
      "    opmask not recorded\n"
      "    mxcsr valid 0x1f80\n"
      "  intr abi=0 general=none vectors=none\n"
      "\n";
  ASSERT_GE(text.size(), end.size());
  EXPECT_EQ(text.substr(text.size() - end.size()), end);
}

TEST(DumpText, AGuestHitSaysThatItsSectionsWereDropped) {
  Sample sample;
  sample.mode = CpuMode::guest_user;
  RegisterSets sets;
  sets.guest_dropped = true;
  TextBuffer out;
  dump_registers(out, Record{}, sample, sets);
  EXPECT_EQ(shown(out),
            "sample 0x0 time=- tid=0 ip=0x0 mode=guest-user guest_dropped\n"
            "  user abi=0 general=none vectors=none\n"
            "  intr abi=0 general=none vectors=none\n"
            "\n");
}

}  // namespace
}  // namespace simdprof::cmd
