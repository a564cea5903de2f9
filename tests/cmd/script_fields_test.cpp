#include "cmd/script_fields.h"

#include <gtest/gtest.h>

#include "cmd/aux_itrace.h"

namespace simdprof::cmd {
namespace {

EventDesc event_with(std::uint64_t sample_type) {
  EventDesc event;
  event.name = "task-clock";
  event.attr.sample_type = sample_type;
  return event;
}

constexpr std::uint64_t kUsual =
    abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_PERIOD;

/// What a list chooses for hardware events.
FieldChoice chosen(const std::string& list) { return parse_fields(list).value().of(event_with(kUsual)); }

TEST(ParseFields, AnEmptyListIsTheDefault) {
  const FieldChoice choice = chosen("");
  for (const auto field :
       {ScriptField::comm, ScriptField::tid, ScriptField::time, ScriptField::period, ScriptField::event,
        ScriptField::ip, ScriptField::sym, ScriptField::symoff, ScriptField::dso, ScriptField::callchain}) {
    EXPECT_TRUE(choice.shown.has(field));
    EXPECT_FALSE(choice.named.has(field));
  }
  EXPECT_FALSE(choice.shown.has(ScriptField::pid));
  EXPECT_FALSE(choice.shown.has(ScriptField::uregs));
}

TEST(ParseFields, NamesReplaceTheDefault) {
  const FieldChoice choice = chosen("tid,time,uregs");
  EXPECT_TRUE(choice.shown.has(ScriptField::tid));
  EXPECT_TRUE(choice.shown.has(ScriptField::uregs));
  EXPECT_FALSE(choice.shown.has(ScriptField::comm));
  EXPECT_FALSE(choice.shown.has(ScriptField::ip));
}

TEST(ParseFields, SignsChangeTheDefault) {
  const FieldChoice choice = chosen("+uregs,-comm,-sym");
  EXPECT_TRUE(choice.shown.has(ScriptField::uregs));
  EXPECT_TRUE(choice.shown.has(ScriptField::dso));
  EXPECT_FALSE(choice.shown.has(ScriptField::comm));
  EXPECT_FALSE(choice.shown.has(ScriptField::sym));
}

TEST(ParseFields, TheAddressBringsTheChainWhereThereIsOne) {
  EXPECT_TRUE(chosen("ip").shown.has(ScriptField::callchain));
  EXPECT_FALSE(chosen("ip").named.has(ScriptField::callchain));
  const FieldChoice chain = chosen("callchain");
  EXPECT_TRUE(chain.shown.has(ScriptField::ip));
  EXPECT_TRUE(chain.shown.has(ScriptField::sym));
}

TEST(ParseFields, AListMayBeForEventsOfOneType) {
  EventDesc tracepoint;
  tracepoint.attr.type = abi::PERF_TYPE_TRACEPOINT;
  EventDesc cache;
  cache.attr.type = abi::PERF_TYPE_HW_CACHE;
  const std::string lists[] = {"comm,ip", "trace:tid,trace", "hw:+time,-comm"};
  const FieldChoices choices = parse_fields(lists).value();
  EXPECT_TRUE(choices.of(tracepoint).shown.has(ScriptField::trace));
  EXPECT_FALSE(choices.of(tracepoint).shown.has(ScriptField::comm));
  EXPECT_TRUE(choices.of(cache).shown.has(ScriptField::comm));
  const FieldChoice& hardware = choices.of(event_with(kUsual));
  EXPECT_TRUE(hardware.shown.has(ScriptField::ip) && hardware.shown.has(ScriptField::time));
  EXPECT_FALSE(hardware.shown.has(ScriptField::comm));
  EXPECT_TRUE(choices.shows(ScriptField::trace));
  EXPECT_FALSE(choices.shows(ScriptField::cpu));
}

TEST(ParseFields, AnUnknownTypeIsAUsageErrorThatListsTheTypes) {
  EXPECT_EQ(parse_fields("soft:comm").error().fact,
            "-F: no type of events 'soft'; there are synth,hw,sw,trace,raw,break");
  EXPECT_EQ(parse_fields("hw:").error().code, Errc::usage);
  EXPECT_EQ(parse_fields("hw:comm,sw:ip").error().code, Errc::usage);
}

TEST(FieldsOfEvents, AFieldNamedForATypeWithoutEventsIsNoError) {
  EXPECT_TRUE(fields_of_events({{event_with(kUsual)}, {}}, parse_fields("trace:cpu,trace").value()));
  EXPECT_FALSE(fields_of_events({{event_with(kUsual)}, {}}, parse_fields("hw:cpu").value()));
}

TEST(FieldsOfEvents, AHiddenFieldIsNotMissed) {
  FieldChoices choices = parse_fields("comm,callchain").value();
  EXPECT_FALSE(fields_of_events({{event_with(kUsual)}, {}}, choices));
  choices.hide(ScriptField::callchain);
  EXPECT_TRUE(fields_of_events({{event_with(kUsual)}, {}}, choices));
}

TEST(ParseFields, AnUnknownFieldIsAUsageErrorThatListsTheFields) {
  for (const char* list : {"bogus", "comm,bogus", "+bogus", "comm,", ",comm", "+", "comm,+ip", "+ip,comm"}) {
    const auto choice = parse_fields(list);
    ASSERT_FALSE(choice) << list;
    EXPECT_EQ(choice.error().code, Errc::usage) << list;
  }
  EXPECT_NE(parse_fields("bogus").error().fact.find("comm,tid,pid,tod,time,cpu"), std::string::npos);
}

EventTable one(const EventDesc& event) { return {{event}, {}}; }

TEST(FieldsOfEvents, ADefaultFieldThatIsNotThereIsLeftOut) {
  const FieldSet fields = fields_of_events(one(event_with(kUsual)), default_fields()).value().at(0);
  EXPECT_TRUE(fields.has(ScriptField::ip));
  EXPECT_FALSE(fields.has(ScriptField::cpu));
  EXPECT_FALSE(fields.has(ScriptField::callchain));
}

EventDesc tracepoint_with(std::uint64_t more) {
  EventDesc event = event_with(kUsual | abi::PERF_SAMPLE_RAW | more);
  event.name = "sched:sched_switch";
  event.attr.type = abi::PERF_TYPE_TRACEPOINT;
  return event;
}

TEST(FieldsOfEvents, ATracepointSaysWhatItTellsInPlaceOfItsPlace) {
  const EventTable events{{tracepoint_with(0), event_with(kUsual)}, {}};
  const auto fields = fields_of_events(events, default_fields()).value();
  EXPECT_TRUE(fields[0].has(ScriptField::trace));
  EXPECT_FALSE(fields[0].has(ScriptField::period));
  EXPECT_FALSE(fields[0].has(ScriptField::ip));
  EXPECT_FALSE(fields[1].has(ScriptField::trace));
  EXPECT_TRUE(fields[1].has(ScriptField::period));
  const auto chain = fields_of_events(one(tracepoint_with(abi::PERF_SAMPLE_CALLCHAIN)), default_fields()).value();
  EXPECT_TRUE(chain[0].has(ScriptField::ip));
  const auto named = fields_of_events(events, parse_fields("+ip,+period").value()).value();
  EXPECT_TRUE(named[0].has(ScriptField::ip) && named[0].has(ScriptField::period) && named[0].has(ScriptField::trace));
  const auto alone = fields_of_events(events, parse_fields("period,trace").value()).value();
  EXPECT_TRUE(alone[0].has(ScriptField::period));
}

TEST(FieldsOfEvents, RawBytesAreOfTracepointsAndOfBpfOutput) {
  EventDesc bpf = event_with(kUsual | abi::PERF_SAMPLE_RAW);
  bpf.attr.type = abi::PERF_TYPE_SOFTWARE;
  bpf.attr.config = abi::PERF_COUNT_SW_BPF_OUTPUT;
  EXPECT_TRUE(fields_of_events(one(bpf), default_fields()).value()[0].has(ScriptField::bpf_output));
  EXPECT_FALSE(fields_of_events(one(tracepoint_with(0)), default_fields()).value()[0].has(ScriptField::bpf_output));
  EXPECT_EQ(fields_of_events(one(bpf), parse_fields("trace").value()).error().fact,
            "field trace is of samples of tracepoints, with their raw bytes");
  EXPECT_EQ(fields_of_events(one(tracepoint_with(0)), parse_fields("bpf-output").value()).error().fact,
            "field bpf-output is of samples of bpf-output, with their raw bytes");
}

TEST(FieldsOfEvents, ANamedFieldThatIsNotThereIsAnError) {
  const auto fields = fields_of_events(one(event_with(kUsual)), parse_fields("comm,cpu").value());
  ASSERT_FALSE(fields);
  EXPECT_EQ(fields.error().code, Errc::unsupported);
  EXPECT_EQ(fields.error().fact, "samples of event 'task-clock' do not have CPU; cannot show field cpu");
}

TEST(FieldsOfEvents, InstructionLatencyNeedsTheStruct) {
  const FieldChoices choice = parse_fields("ins_lat").value();
  EXPECT_TRUE(fields_of_events(one(event_with(kUsual | abi::PERF_SAMPLE_WEIGHT_STRUCT)), choice));
  EXPECT_FALSE(fields_of_events(one(event_with(kUsual | abi::PERF_SAMPLE_WEIGHT)), choice));
}

TEST(FieldsOfEvents, ANamedFieldOfAnyEventIsShownWhereItIs) {
  EventTable events;
  events.events = {event_with(kUsual), event_with(kUsual | abi::PERF_SAMPLE_BRANCH_STACK)};
  const auto fields = fields_of_events(events, parse_fields("ip,brstack").value());
  ASSERT_TRUE(fields);
  EXPECT_FALSE(fields->at(0).has(ScriptField::brstack));
  EXPECT_TRUE(fields->at(1).has(ScriptField::brstack));
  const auto none = fields_of_events(events, parse_fields("addr").value());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().fact, "samples of these events do not have ADDR; cannot show field addr");
}

EventTable with_branches_of_trace() {
  EventTable events = one(event_with(kUsual));
  const ItraceEvents made(parse_itrace("b").value(), events);
  return events;
}

TEST(FieldsOfEvents, WhatATraceTellsIsOfSamplesThatAreMadeOfIt) {
  for (const char* name : {"flags", "callindent", "ipc"}) {
    const FieldChoices choice = parse_fields(name).value();
    const auto none = fields_of_events(one(event_with(kUsual)), choice);
    ASSERT_FALSE(none) << name;
    EXPECT_EQ(none.error().fact, std::string("field ") + name + " is of samples that --itrace makes");
    const auto fields = fields_of_events(with_branches_of_trace(), choice).value();
    EXPECT_EQ(fields.at(0), FieldSet{}) << name;
    EXPECT_NE(fields.at(1), FieldSet{}) << name;
  }
}

TEST(FieldsOfEvents, ABranchOfATraceIsShownWithItsTarget) {
  const auto by_default = fields_of_events(with_branches_of_trace(), default_fields()).value();
  EXPECT_FALSE(by_default.at(0).has(ScriptField::addr));
  EXPECT_TRUE(by_default.at(1).has(ScriptField::addr));
  const auto added = fields_of_events(with_branches_of_trace(), parse_fields("+flags").value()).value();
  EXPECT_TRUE(added.at(1).has(ScriptField::addr));
  for (const char* without : {"ip,flags", "-addr"}) {
    const auto named = fields_of_events(with_branches_of_trace(), parse_fields(without).value()).value();
    EXPECT_FALSE(named.at(1).has(ScriptField::addr)) << without;
  }
}

TEST(FieldsOfEvents, SynthIsOfWhatATraceTellsBesideItsFlow) {
  EventTable events = one(event_with(kUsual));
  const ItraceEvents made(parse_itrace("bw").value(), events);
  ASSERT_EQ(events.events.size(), 3U);
  EXPECT_EQ(events.events[2].name, "ptwrite");
  const auto by_default = fields_of_events(events, default_fields()).value();
  EXPECT_FALSE(by_default.at(0).has(ScriptField::synth));
  EXPECT_FALSE(by_default.at(1).has(ScriptField::synth));
  EXPECT_TRUE(by_default.at(2).has(ScriptField::synth));
  EXPECT_TRUE(by_default.at(1).has(ScriptField::period));
  EXPECT_FALSE(by_default.at(2).has(ScriptField::period));
  EXPECT_TRUE(fields_of_events(events, parse_fields("period").value()).value().at(2).has(ScriptField::period));
  const auto none = fields_of_events(with_branches_of_trace(), parse_fields("synth").value());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().fact, "field synth is of samples that --itrace makes with w or p");
}

TEST(FieldsOfEvents, EitherKindOfWeightServes) {
  const FieldChoices choice = parse_fields("weight").value();
  EXPECT_TRUE(fields_of_events(one(event_with(kUsual | abi::PERF_SAMPLE_WEIGHT)), choice));
  EXPECT_TRUE(fields_of_events(one(event_with(kUsual | abi::PERF_SAMPLE_WEIGHT_STRUCT)), choice));
  EXPECT_FALSE(fields_of_events(one(event_with(kUsual)), choice));
}

}  // namespace
}  // namespace simdprof::cmd
