#include "cmd/script_render.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/cmd/session_input.h"

namespace simdprof::cmd {
namespace {

using test::Bytes;
using test::framed;
using test::HandRecording;
using test::words;
using test::operator+;

constexpr std::uint64_t kKernelMarker = static_cast<std::uint64_t>(-128);
constexpr std::uint64_t kUserMarker = static_cast<std::uint64_t>(-512);

// perf_event_attr of 104 bytes; register masks: AX, FLAGS and both words of XMM1 for the user, IP at the interrupt.
constexpr std::uint64_t kUserMask = 1U | (1U << 9U) | (3ULL << 34U);
constexpr std::uint64_t kIntrMask = 1U << 8U;

Bytes event_with(std::uint64_t sample_type) {
  Bytes attr =
      words({(std::uint64_t{104} << 32U) | 1, 1, 1001001, sample_type, 0, 0, 0, 0, 0, 0, kUserMask, 0, kIntrMask});
  Bytes out = words({std::uint64_t{104} << 32U}) + attr + test::text("task-clock") + test::raw({0, 0, 0, 0, 0, 0});
  return framed(0x53440001, out);
}

Bytes comm(std::uint32_t pid, std::uint32_t tid) {
  return framed(3, words({(std::uint64_t{tid} << 32U) | pid}) + test::text("app") + test::raw({0, 0, 0, 0, 0}));
}

/// MMAP of /lib/app at 0x500000, 0x10000 bytes from 0x2000 of the file.
Bytes mapping(std::uint32_t pid) {
  return framed(1, words({(std::uint64_t{pid} << 32U) | pid, 0x500000, 0x10000, 0x2000}) + test::text("/lib/app") +
                       test::raw({0, 0, 0, 0, 0, 0, 0, 0}));
}

constexpr std::uint64_t kBase =
    abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_CPU | abi::PERF_SAMPLE_PERIOD;

// ip, pid 812 and tid 815, time 1.5 s and 2 us, CPU 1, period 7.
Bytes base_fields() { return words({0x401136, (std::uint64_t{815} << 32U) | 812, 1'500'002'999, 1, 7}); }

std::string render(std::uint64_t sample_type, const Bytes& sample, std::string_view field_list, bool json = false,
                   std::size_t max_stack = 0, std::string_view machine = "x86_64") {
  const HandRecording file{{{StreamKind::metadata, 0, {event_with(sample_type), test::host_fact("arch", machine)}},
                            {StreamKind::synthesized, 1, {comm(812, 815), mapping(812)}},
                            {StreamKind::ring, 2, {framed(9, sample, 2)}, 1'500'002'999, 1'500'002'999}}};
  SampleOptions options;
  options.input = file.path();
  auto source = SampleSource::open(options, {.place = true, .lines = false, .registers = false});
  if (!source) return source.error().fact;
  ScriptView view;
  view.arch = abi::parse_arch(machine);
  view.max_stack = max_stack;
  const auto choice = parse_fields(std::string(field_list));
  view.fields = fields_of_events(source->facts().events, *choice).value();
  if (!json) {
    source->prepare_texts(
        [&] { return [&](const Sample& of, TextBuffer& piece) { prepare_script_text(piece, of, view); }; });
  }
  const SampleHit* hit = source->next();
  if (hit == nullptr) return "no sample";
  TextOut out(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  (json ? render_script_json : render_script_text)(out, *hit, *source, view);
  EXPECT_EQ(source->next(), nullptr);
  return fmt::to_string(out.buffer());
}

TEST(ScriptText, ALineHasTheKernelToolsColumns) {
  EXPECT_EQ(
      render(kBase, base_fields(), ""),
      "             app   815 [001]     1.500002:          7 task-clock:            401136 [unknown] ([unknown])\n");
}

// A file may say of a recorded event what events of --itrace are.
TEST(ScriptText, ARecordedEventOfAMadeTypeIsShownWithoutWhatATraceTells) {
  Bytes event = event_with(kBase);
  for (std::size_t i = 0; i < 4; ++i) event[16 + i] = std::byte{0xff};
  event[24] = std::byte{1};
  const HandRecording file{{{StreamKind::metadata, 0, {event, test::host_fact("arch", "x86_64")}},
                            {StreamKind::ring, 2, {framed(9, base_fields(), 2)}, 1'500'002'999, 1'500'002'999}}};
  SampleOptions options;
  options.input = file.path();
  auto source = SampleSource::open(options, {.place = true, .lines = false, .registers = false});
  ASSERT_TRUE(source);
  ScriptView view;
  view.fields = fields_of_events(source->facts().events, default_fields()).value();
  for (const auto render : {render_script_text, render_script_json}) {
    auto again = SampleSource::open(options, {.place = true, .lines = false, .registers = false});
    const SampleHit* hit = again->next();
    ASSERT_NE(hit, nullptr);
    TextOut out(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    render(out, *hit, *again, view);
    EXPECT_NE(fmt::to_string(out.buffer()).find("401136"), std::string::npos);
  }
}

TEST(ScriptText, ProcessAndThreadStandTogether) {
  EXPECT_EQ(render(kBase, base_fields(), "comm,pid,tid"), "             app   812/815   \n");
  EXPECT_EQ(render(kBase, base_fields(), "pid"), "  812 \n");
}

TEST(ScriptText, RegistersAreTheWordsThatTheKernelRecorded) {
  const auto type = kBase | abi::PERF_SAMPLE_REGS_USER | abi::PERF_SAMPLE_REGS_INTR;
  const Bytes sample = base_fields() + words({2, 0x2a, 0x202, 0x3ff0000000000000, 0}) + words({2, 0x401136});
  EXPECT_EQ(
      render(type, sample, "ip,iregs,uregs"),
      "           401136 ABI:2    IP:0x401136  ABI:2    AX:0x2a FLAGS:0x202  XMM1:0x3ff0000000000000  XMM1:0x0 \n");
}

TEST(ScriptText, ASetThatTheKernelCouldNotGiveIsLeftOut) {
  const Bytes sample = base_fields() + words({0}) + words({2, 0x401136});
  EXPECT_EQ(render(kBase | abi::PERF_SAMPLE_REGS_USER | abi::PERF_SAMPLE_REGS_INTR, sample, "iregs,uregs"),
            " ABI:2    IP:0x401136 \n");
}

TEST(ScriptText, BranchesHaveTheirFlags) {
  // Flags: bit 0 mispredicted, 1 predicted, 2 in transaction, 3 abort, 4..19 cycles, 20..23 type.
  const Bytes sample =
      base_fields() + words({2, 0x401000, 0x402000, 2 | (17U << 4U), 0x403000, 0x404000, 1 | 4 | 8 | (1U << 20U)});
  EXPECT_EQ(render(kBase | abi::PERF_SAMPLE_BRANCH_STACK, sample, "brstack"),
            " 0x401000/0x402000/P/-/-/17/  0x403000/0x404000/M/X/A/0/COND \n");
}

TEST(ScriptText, BranchesNameTheFilesOfTheirAddressesWithFieldDso) {
  const Bytes sample = base_fields() + words({1, 0x401000, 0xffffffff81000130, 2});
  EXPECT_EQ(render(kBase | abi::PERF_SAMPLE_BRANCH_STACK, sample, "ip,dso,brstack"),
            "           401136 ([unknown]) 0x401000([unknown])/0xffffffff81000130([kernel.kallsyms])/P/-/-/0/ \n");
  EXPECT_EQ(render(kBase | abi::PERF_SAMPLE_BRANCH_STACK, sample, "ip,brstacksym"),
            "           401136[unknown]/[unknown]/P/-/-/0/ \n");
}

TEST(ScriptText, BranchesHaveTheirOffsetsInFiles) {
  const Bytes sample = base_fields() + words({1, 0x501234, 0x401000, 2});
  EXPECT_EQ(render(kBase | abi::PERF_SAMPLE_BRANCH_STACK, sample, "brstackoff"), " 0x3234/0x401000/P/-/-/0/ \n");
  EXPECT_EQ(render(kBase | abi::PERF_SAMPLE_BRANCH_STACK, sample, "ip,dso,brstackoff"),
            "           401136 ([unknown]) 0x3234(/lib/app)/0x401000([unknown])/P/-/-/0/ \n");
  EXPECT_EQ(
      render(kBase | abi::PERF_SAMPLE_BRANCH_STACK, sample, "brstackoff", true),
      R"({"brstack":[{"from":"0x501234","to":"0x401000","from_off":"0x3234","to_off":"0x401000","predicted":true,)"
      R"("in_tx":false,"abort":false,"cycles":0}]})"
      "\n");
}

TEST(ScriptText, OtherArchitecturesHaveTheirOwnRegisterNames) {
  // The words of the masks of this file: user 0, 9, 34, 35; interrupt 8.
  const auto type = kBase | abi::PERF_SAMPLE_REGS_USER | abi::PERF_SAMPLE_REGS_INTR;
  const Bytes sample = base_fields() + words({2, 1, 2, 3, 4}) + words({2, 5});
  const auto shown = [&](std::string_view machine) { return render(type, sample, "iregs,uregs", false, 0, machine); };
  EXPECT_EQ(shown("ppc64le"), " ABI:2    r8:0x5  ABI:2    r0:0x1    r9:0x2 orig_r3:0x3   ctr:0x4 \n");
  EXPECT_EQ(shown("s390x"), " ABI:2    R8:0x5  ABI:2    R0:0x1    R9:0x2 unknown:0x3 unknown:0x4 \n");
  EXPECT_EQ(shown("riscv64"), " ABI:2    s0:0x5  ABI:2    pc:0x1    s1:0x2 unknown:0x3 unknown:0x4 \n");
  EXPECT_EQ(shown("armv7l"), " ABI:2    r8:0x5  ABI:2    r0:0x1    r9:0x2 unknown:0x3 unknown:0x4 \n");
}

TEST(ScriptText, MemoryAccessesHaveTheKernelToolsColumns) {
  const auto type = kBase | abi::PERF_SAMPLE_ADDR | abi::PERF_SAMPLE_WEIGHT_STRUCT | abi::PERF_SAMPLE_DATA_SRC |
                    abi::PERF_SAMPLE_PHYS_ADDR | abi::PERF_SAMPLE_DATA_PAGE_SIZE | abi::PERF_SAMPLE_CODE_PAGE_SIZE;
  // ip, tid, time, addr, cpu, period, weight (latency 9, cost 225), data_src, phys_addr, page sizes 2 MiB and unknown.
  const Bytes sample = words({0x401136, (std::uint64_t{815} << 32U) | 812, 1'500'002'999, 0x7f0012345678, 1, 7,
                              (9ULL << 32U) | 225, 0x11868100242, 0x12345000, 2097152, 0});
  EXPECT_EQ(
      render(type, sample, "addr,data_src,weight,ins_lat,ip,phys_addr,data_page_size,code_page_size"),
      "    7f0012345678     11868100242 |OP LOAD|LVL LFB/MAB or LFB/MAB hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A" +
          std::string(3, ' ') + "             225               9           401136        12345000 2M N/A\n");
  EXPECT_EQ(
      render(type, sample, "data_src,weight,ins_lat,data_page_size", true),
      R"({"data_src":"0x11868100242","data_src_text":"|OP LOAD|LVL LFB/MAB or LFB/MAB hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A","weight":"0xe1","ins_lat":"0x9","data_page_size":"0x200000"})"
      "\n");
}

TEST(ScriptText, MiscIsOneLetterInSixColumns) {
  EXPECT_EQ(render(kBase, base_fields(), "tid,misc,time"), "  815 U         1.500002: \n");
  EXPECT_EQ(render(kBase, base_fields(), "misc", true), "{\"mode\":\"user\"}\n");
  EXPECT_EQ(mode_letter(CpuMode::guest_user), 'g');
  EXPECT_EQ(mode_letter(CpuMode::hypervisor), 'H');
}

TEST(ScriptText, AReturnAddressHasItsOwnOffsetInTheFile) {
  // Looked up by the byte before it, which is the call's.
  const Bytes sample =
      words({0x501230, (std::uint64_t{815} << 32U) | 812, 1'500'002'999, 1, 7, 3, kUserMarker, 0x501230, 0x502000});
  EXPECT_EQ(render(kBase | abi::PERF_SAMPLE_CALLCHAIN, sample, "ip,dso,dsoff"),
            "\n"
            "\t          501230 (/lib/app+0x3230)\n"
            "\t          502000 (/lib/app+0x4000)\n"
            "\n");
}

TEST(ScriptText, ACallChainIsALineAFrameAndAnEmptyLine) {
  const Bytes sample = words(
      {0x401136, (std::uint64_t{815} << 32U) | 812, 1'500'002'999, 1, 7, 4, kUserMarker, 0x401136, 0x401200, 0x401300});
  const auto type = kBase | abi::PERF_SAMPLE_CALLCHAIN;
  EXPECT_EQ(render(type, sample, "comm,tid,ip,sym"),
            "app   815 \n"
            "\t          401136 [unknown]\n"
            "\t          401200 [unknown]\n"
            "\t          401300 [unknown]\n"
            "\n");
  EXPECT_EQ(render(type, sample, "ip", false, 2),
            "\n"
            "\t          401136\n"
            "\t          401200\n"
            "\n");
  EXPECT_EQ(render(type, sample, "-callchain,-comm,-tid,-cpu,-time,-period,-event"),
            "           401136 [unknown] ([unknown])\n");
}

TEST(ScriptJson, MembersAreTheFields) {
  EXPECT_EQ(render(kBase, base_fields(), "comm,pid,tid,cpu,time,period,ip,sym,dso", true),
            R"({"comm":"app","pid":812,"tid":815,"cpu":1,"time":"1.500002999","period":"0x7","ip":"0x401136",)"
            R"("unresolved":"no mapping","dso":"[unknown]"})"
            "\n");
}

TEST(ScriptJson, RegistersAndBranchesAreObjects) {
  const auto type = kBase | abi::PERF_SAMPLE_BRANCH_STACK | abi::PERF_SAMPLE_REGS_USER | abi::PERF_SAMPLE_REGS_INTR;
  const Bytes sample = base_fields() + words({1, 0x401000, 0x402000, 2 | (17U << 4U) | (4U << 20U)}) +
                       words({2, 0x2a, 0x202, 0x3ff0000000000000, 0}) + words({0});
  EXPECT_EQ(render(type, sample, "iregs,uregs,brstack", true),
            R"({"iregs":null,"uregs":{"abi":2,"AX":"0x2a","FLAGS":"0x202","XMM1l":"0x3ff0000000000000","XMM1h":"0x0"},)"
            R"("brstack":[{"from":"0x401000","to":"0x402000","predicted":true,"in_tx":false,"abort":false,"cycles":17,)"
            R"("type":"CALL"}]})"
            "\n");
}

TEST(ScriptJson, ACallChainIsAnArrayOfPlaces) {
  const Bytes sample = words({0x401136, (std::uint64_t{815} << 32U) | 812, 1'500'002'999, 1, 7, 3, kKernelMarker,
                              0xffffffff81000130, 0xffffffff81000200});
  EXPECT_EQ(render(kBase | abi::PERF_SAMPLE_CALLCHAIN, sample, "tid,ip", true),
            R"({"tid":815,"ip":"0x401136","callchain":[{"ip":"0xffffffff81000130"},{"ip":"0xffffffff81000200"}]})"
            "\n");
}

TEST(PeriodOf, IsTheAttributesWhereSamplesDoNotSay) {
  const auto type = kBase & ~std::uint64_t{abi::PERF_SAMPLE_PERIOD};
  const Bytes sample = words({0x401136, (std::uint64_t{815} << 32U) | 812, 1'500'002'999, 1});
  EXPECT_EQ(render(type, sample, "period"), "   1001001 \n");
}

}  // namespace
}  // namespace simdprof::cmd
