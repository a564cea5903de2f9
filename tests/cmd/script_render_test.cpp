#include "cmd/script_render.h"

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

constexpr std::uint64_t kBase =
    abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_CPU | abi::PERF_SAMPLE_PERIOD;

// ip, pid 812 and tid 815, time 1.5 s and 2 us, CPU 1, period 7.
Bytes base_fields() { return words({0x401136, (std::uint64_t{815} << 32U) | 812, 1'500'002'999, 1, 7}); }

std::string render(std::uint64_t sample_type, const Bytes& sample, std::string_view field_list, bool json = false,
                   std::size_t max_stack = 0) {
  const HandRecording file{{{StreamKind::metadata, 0, {event_with(sample_type), test::host_fact("arch", "x86_64")}},
                            {StreamKind::synthesized, 1, {comm(812, 815)}},
                            {StreamKind::ring, 2, {framed(9, sample, 2)}, 1'500'002'999, 1'500'002'999}}};
  SampleOptions options;
  options.input = file.path();
  auto source = SampleSource::open(options, {.place = true, .lines = false, .registers = false});
  if (!source) return source.error().fact;
  ScriptView view;
  view.arch = abi::Arch::x86_64;
  view.max_stack = max_stack;
  const auto choice = parse_fields(field_list);
  view.fields.push_back(fields_of_event(source->facts().events.events.at(0), *choice).value());
  const SampleHit* hit = source->next();
  if (hit == nullptr) return "no sample";
  TextBuffer out;
  (json ? render_script_json : render_script_text)(out, *hit, *source, view);
  EXPECT_EQ(source->next(), nullptr);
  return fmt::to_string(out);
}

TEST(ScriptText, ALineHasTheKernelToolsColumns) {
  EXPECT_EQ(
      render(kBase, base_fields(), ""),
      "             app   815 [001]     1.500002:          7 task-clock:            401136 [unknown] ([unknown])\n");
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
