#include "lib/capture/event_parse.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace simdprof {
namespace {

namespace fs = std::filesystem;

// attr.flags bits, from uapi linux/perf_event.h.
constexpr std::uint64_t kExcludeUser = 1U << 4, kExcludeKernel = 1U << 5, kExcludeHv = 1U << 6;
constexpr std::uint64_t kExcludeHost = 1U << 19, kExcludeGuest = 1U << 20;
constexpr std::uint64_t kPinned = 1U << 2;

class ParseEvents : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "events_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    put("dev/cpu/type", "4\n");
    put("dev/cpu/format/event", "config:0-7\n");
    put("dev/cpu/events/slots", "event=0x77\n");
    put("trace/events/sched/sched_switch/id", "317\n");
    system_.devices = (root_ / "dev").string();
    system_.tracefs = {(root_ / "trace").string()};
  }
  void TearDown() override { fs::remove_all(root_); }
  void put(const std::string& file, const std::string& text) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  Result<std::vector<EventRequest>> parse(std::string_view text) const { return parse_events(text, system_); }
  EventRequest one(std::string_view text) const {
    const auto events = parse(text);
    EXPECT_TRUE(events) << text << ": " << (events ? "" : events.error().fact);
    return events && events->size() == 1 ? events->front() : EventRequest{};
  }
  std::string error_of(std::string_view text) const {
    const auto events = parse(text);
    EXPECT_FALSE(events) << text;
    return events ? "" : events.error().fact;
  }

  fs::path root_;
  EventSystem system_;
};

TEST_F(ParseEvents, ANameAloneCountsTheHostInAllModes) {
  const auto event = one("task-clock");
  EXPECT_EQ(event.attr.type, 1U);
  EXPECT_EQ(event.attr.config, 1U);
  EXPECT_EQ(event.attr.flags, kExcludeGuest);
  EXPECT_EQ(event.name, "task-clock");
  EXPECT_FALSE(event.mode_given);
  EXPECT_EQ(event.group, -1);
}

TEST_F(ParseEvents, APatternIsAnEventForEachTracepointThatFits) {
  put("trace/events/sched/sched_wakeup/id", "318\n");
  const auto events = parse("{sched:sched_*:k,task-clock},cycles").value();
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[0].name, "sched:sched_switch:k");
  EXPECT_EQ(events[0].tracepoint, "sched:sched_switch");
  EXPECT_EQ(events[0].attr.config, 317U);
  EXPECT_EQ(events[1].name, "sched:sched_wakeup:k");
  EXPECT_EQ(events[1].attr.config, 318U);
  EXPECT_EQ(events[1].group, 0);
  EXPECT_NE(events[1].attr.flags & kExcludeUser, 0U);
  EXPECT_EQ(events[2].name, "task-clock");
  EXPECT_EQ(events[3].group, -1);
  EXPECT_EQ(error_of("cycles,sched:x*"), "event list, character 8: this kernel has no tracepoint 'sched:x*'");
  EXPECT_NE(error_of("sched:*:q").find("character 9"), std::string::npos);
}

TEST_F(ParseEvents, ModeLettersLeaveTheOtherModesOut) {
  EXPECT_EQ(one("cycles:u").attr.flags, kExcludeKernel | kExcludeHv | kExcludeGuest);
  EXPECT_EQ(one("cycles:k").attr.flags, kExcludeUser | kExcludeHv | kExcludeGuest);
  EXPECT_EQ(one("cycles:uk").attr.flags, kExcludeHv | kExcludeGuest);
  EXPECT_EQ(one("cycles:h").attr.flags, kExcludeUser | kExcludeKernel | kExcludeGuest);
  EXPECT_TRUE(one("cycles:h").mode_given);
}

TEST_F(ParseEvents, GuestAndHostLetters) {
  EXPECT_EQ(one("cycles:G").attr.flags, kExcludeHost);
  EXPECT_EQ(one("cycles:H").attr.flags, kExcludeGuest);
  EXPECT_EQ(one("cycles:GH").attr.flags, 0U);
}

TEST_F(ParseEvents, PrecisionAndPinning) {
  EXPECT_EQ(abi::precise_ip(one("cycles:pp").attr), 2U);
  EXPECT_TRUE(one("cycles:ppp").precise_given);
  EXPECT_TRUE(one("cycles:P").precise_most);
  EXPECT_NE(one("cycles:D").attr.flags & kPinned, 0U);
}

TEST_F(ParseEvents, RawEventsAreHexadecimal) {
  const auto event = one("r1a8:u");
  EXPECT_EQ(event.attr.type, 4U);
  EXPECT_EQ(event.attr.config, 0x1a8U);
  EXPECT_EQ(event.name, "r1a8:u");
}

TEST_F(ParseEvents, TracepointsHaveTheirId) {
  const auto event = one("sched:sched_switch:k");
  EXPECT_EQ(event.attr.type, 2U);
  EXPECT_EQ(event.attr.config, 317U);
  EXPECT_NE(event.attr.flags & kExcludeUser, 0U);
}

TEST_F(ParseEvents, BreakpointsHaveAddressLengthAndAccess) {
  const auto event = one("mem:0x601040/8:w:u");
  EXPECT_EQ(event.attr.type, 5U);
  EXPECT_EQ(event.attr.bp_type, 2U);
  EXPECT_EQ(event.attr.config1_or_bp_addr, 0x601040U);
  EXPECT_EQ(event.attr.config2_or_bp_len, 8U);
  EXPECT_NE(event.attr.flags & kExcludeKernel, 0U);
  EXPECT_EQ(event.name, "mem:0x601040/8:w:u");
}

TEST_F(ParseEvents, PmuTermsTakeModifiersWithAndWithoutColon) {
  for (const char* text : {"cpu/event=0x3c/u", "cpu/event=0x3c/:u"}) {
    const auto event = one(text);
    EXPECT_EQ(event.attr.type, 4U);
    EXPECT_EQ(event.attr.config, 0x3cU);
    EXPECT_NE(event.attr.flags & kExcludeKernel, 0U);
    EXPECT_EQ(event.name, text);
  }
  const auto named = one("cpu/event=1,period=99,name=mine/");
  EXPECT_EQ(named.name, "mine");
  EXPECT_TRUE(named.has_period);
  EXPECT_EQ(named.attr.sample_period_or_freq, 99U);
}

TEST_F(ParseEvents, AnAliasNeedsNoPmu) {
  EXPECT_EQ(one("slots").attr.config, 0x77U);
  EXPECT_NE(one("slots:u").attr.flags & kExcludeKernel, 0U);
}

TEST_F(ParseEvents, ThePmuOfAnEventIsKept) {
  EXPECT_EQ(one("cpu/event=1/u").pmu, "cpu");
  EXPECT_EQ(one("slots").pmu, "cpu");
  EXPECT_EQ(one("cycles").pmu, "");
}

TEST_F(ParseEvents, AnEventByNameTakesTheTermsThatEveryPmuKnows) {
  const EventRequest event = one("cycles/aux-output,period=5000/u");
  EXPECT_EQ(event.attr.type, 0U);
  EXPECT_EQ(event.attr.config, 0U);
  EXPECT_EQ(event.attr.sample_period_or_freq, 5000U);
  EXPECT_TRUE(event.has_period);
  EXPECT_NE(event.attr.flags & (1ULL << 31), 0U);  // aux_output
  EXPECT_NE(event.attr.flags & kExcludeKernel, 0U);
  EXPECT_EQ(event.pmu, "");
  EXPECT_NE(error_of("cycles/umask=1/").find("knows no term 'umask'"), std::string::npos);
  EXPECT_NE(error_of("cycles/perod=1/").find("did you mean 'period'?"), std::string::npos);
}

TEST_F(ParseEvents, TermsOfAuxAreasAreForEveryPmu) {
  EXPECT_EQ(one("cpu/aux-sample-size=8192/").attr.aux_sample_size, 8192U);
  EXPECT_EQ(one("cpu/aux-action=start-paused/").attr.aux_action, 1U);
  EXPECT_EQ(one("cycles/aux-action=pause/").attr.aux_action, 2U);
  EXPECT_EQ(one("cycles/aux-action=resume/").attr.aux_action, 4U);
  EXPECT_NE(error_of("cycles/aux-action=stop/").find("start-paused, pause and resume"), std::string::npos);
  for (const char* size : {"0", "61441", "x"}) {
    EXPECT_FALSE(parse(std::string("cycles/aux-sample-size=") + size + "/")) << size;
  }
}

TEST_F(ParseEvents, ListsAndGroupsKeepTheirOrder) {
  const auto events = parse("cycles,{instructions:u,branches}:k,cpu/event=1,config1=2/,faults");
  ASSERT_TRUE(events) << events.error().fact;
  ASSERT_EQ(events->size(), 5U);
  EXPECT_EQ((*events)[0].group, -1);
  EXPECT_EQ((*events)[1].group, 1);
  EXPECT_EQ((*events)[2].group, 1);
  EXPECT_NE((*events)[2].attr.flags & kExcludeUser, 0U);
  EXPECT_EQ((*events)[2].name, "branches:k");
  EXPECT_EQ((*events)[3].attr.config1_or_bp_addr, 2U);
  EXPECT_EQ((*events)[4].name, "faults");
}

TEST_F(ParseEvents, ErrorsNameThePlaceAndTheNearestName) {
  EXPECT_EQ(error_of("task-clock,cylces"), "event list, character 12: no event 'cylces'; did you mean 'cycles'?");
  EXPECT_EQ(error_of("cycles:uS"), "event list, character 9: modifier 'S' is not supported; known are u k h p P G H D");
  EXPECT_EQ(error_of("cycles:pppp"), "event list, character 11: more than three p");
  EXPECT_EQ(error_of("{cycles"), "event list, character 1: group without '}'");
  EXPECT_EQ(error_of("cycles}"), "event list, character 7: ',' expected instead of '}'");
  EXPECT_EQ(error_of("cpu/event=1"), "event list, character 1: '/' at the end of the terms is missing");
  EXPECT_EQ(error_of("sched:nothing"), "event list, character 1: this kernel has no tracepoint 'sched:nothing'");
}

TEST_F(ParseEvents, EmptyPartsAreRefused) {
  for (const char* text : {"", ",", "cycles,", ",cycles", "{}", "{cycles,}", "cycles,,faults", ":u", "{{cycles}}"}) {
    const auto events = parse(text);
    ASSERT_FALSE(events) << text;
    EXPECT_EQ(events.error().code, Errc::usage) << text;
  }
}

TEST_F(ParseEvents, TooManyEventsAreRefused) {
  std::string list = "cs";
  for (int i = 1; i < 1024; ++i) list += ",cs";
  EXPECT_TRUE(parse(list));
  EXPECT_FALSE(parse(list + ",cs"));
  EXPECT_FALSE(parse(std::string(70000, 'a')));
}

}  // namespace
}  // namespace simdprof
