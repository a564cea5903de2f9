#include "lib/capture/attr_build.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

EventRequest request(std::uint32_t type, std::uint64_t config) {
  EventRequest event;
  event.attr.type = type;
  event.attr.config = config;
  event.name = "event";
  return event;
}

std::vector<EventPlan> build(const std::vector<EventRequest>& requests, const SamplingOptions& options,
                             const KernelLimits& limits = {}) {
  std::vector<std::string> notes;
  return build_event_plans(requests, options, limits, notes);
}

TEST(AttrBuild, HasTheBaseOfEverySample) {
  SamplingOptions options;
  options.user_regs = 0xff0fff;
  options.intr_regs = 0x100;
  const auto attr = build({request(1, 1)}, options)[0].attr;
  // IDENTIFIER, REGS_INTR, REGS_USER, PERIOD, CPU, TIME, TID, IP
  EXPECT_EQ(attr.sample_type, (1U << 16) | (1U << 18) | (1U << 12) | (1U << 8) | (1U << 7) | 7U);
  EXPECT_EQ(attr.sample_regs_user, 0xff0fffU);
  EXPECT_EQ(attr.sample_regs_intr, 0x100U);
  EXPECT_EQ(attr.sample_period_or_freq, 999U);
  EXPECT_EQ(attr.clockid, 1);
  EXPECT_EQ(attr.size, 128U);
  // inherit 1, mmap 8, comm 9, freq 10, task 13, sample_id_all 18, mmap2 23, comm_exec 24, use_clockid 25
  EXPECT_EQ(attr.flags, 0x3842702U);
  EXPECT_EQ(attr.read_format, 0x17U);  // both times, ID, LOST
}

TEST(AttrBuild, OnlyTheFirstEventReportsMappingsAndTasks) {
  const auto plans = build({request(1, 1), request(1, 2)}, {});
  EXPECT_EQ(plans[1].attr.flags, 0x2040402U);  // inherit, freq, sample_id_all, use_clockid
}

TEST(AttrBuild, APeriodWinsOverTheFrequency) {
  SamplingOptions options;
  options.period = 5000;
  const auto attr = build({request(0, 0)}, options)[0].attr;
  EXPECT_EQ(attr.sample_period_or_freq, 5000U);
  EXPECT_EQ(attr.flags & (1U << 10), 0U);
}

TEST(AttrBuild, TheEventsOwnRateWins) {
  EventRequest own = request(4, 1);
  own.attr.sample_period_or_freq = 77;
  own.has_period = true;
  EXPECT_EQ(build({own}, {})[0].attr.sample_period_or_freq, 77U);
  EXPECT_EQ(build({own}, {})[0].attr.flags & (1U << 10), 0U);
  own.has_period = false;
  own.has_frequency = true;
  EXPECT_NE(build({own}, {})[0].attr.flags & (1U << 10), 0U);
}

TEST(AttrBuild, TracepointsAndBreakpointsSampleEveryHit) {
  const auto plans = build({request(2, 317), request(5, 0)}, {});
  EXPECT_EQ(plans[0].attr.sample_period_or_freq, 1U);
  EXPECT_NE(plans[0].attr.sample_type & (1U << 10), 0U);  // RAW
  EXPECT_EQ(plans[1].attr.sample_period_or_freq, 1U);
  EXPECT_NE(plans[1].attr.sample_type & (1U << 3), 0U);  // ADDR
}

TEST(AttrBuild, AFrequencyAboveTheKernelsLimitIsLoweredAndSaid) {
  SamplingOptions options;
  options.frequency_hz = 200000;
  KernelLimits limits;
  limits.max_sample_rate = 25000;
  std::vector<std::string> notes;
  const auto plans = build_event_plans({request(1, 1)}, options, limits, notes);
  EXPECT_EQ(plans[0].attr.sample_period_or_freq, 25000U);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0], "frequency lowered from 200000 to 25000 Hz: kernel.perf_event_max_sample_rate");
}

TEST(AttrBuild, TheHighestFrequencyIsTheKernelsLimit) {
  SamplingOptions options;
  options.frequency_hz = kMaxFrequency;
  KernelLimits limits;
  limits.max_sample_rate = 25000;
  std::vector<std::string> notes;
  EXPECT_EQ(build_event_plans({request(1, 1)}, options, limits, notes)[0].attr.sample_period_or_freq, 25000U);
  EXPECT_TRUE(notes.empty());
}

TEST(AttrBuild, DwarfChainsCopyTheUserStack) {
  SamplingOptions options;
  options.call_graph = CallGraph::dwarf;
  options.stack_bytes = 16384;
  const auto attr = build({request(1, 1)}, options)[0].attr;
  EXPECT_NE(attr.sample_type & (1U << 5), 0U);   // CALLCHAIN
  EXPECT_NE(attr.sample_type & (1U << 13), 0U);  // STACK_USER
  EXPECT_EQ(attr.sample_stack_user, 16384U);
  EXPECT_NE(attr.flags & (1U << 22), 0U);  // exclude_callchain_user
  EXPECT_NE(attr.flags & (1U << 17), 0U);  // mmap_data: unwind tables lie in read-only mappings
}

TEST(AttrBuild, FramePointerChainsNeedNoStack) {
  SamplingOptions options;
  options.call_graph = CallGraph::frame_pointer;
  const auto attr = build({request(1, 1)}, options)[0].attr;
  EXPECT_NE(attr.sample_type & (1U << 5), 0U);
  EXPECT_EQ(attr.sample_type & (1U << 13), 0U);
  EXPECT_EQ(attr.sample_stack_user, 0U);
}

TEST(AttrBuild, InheritanceAndAddressesFollowTheOptions) {
  SamplingOptions options;
  options.inherit = false;
  options.data_address = true;
  const auto attr = build({request(1, 1)}, options)[0].attr;
  EXPECT_EQ(attr.flags & 2U, 0U);
  EXPECT_NE(attr.sample_type & (1U << 3), 0U);
  EXPECT_NE(attr.sample_type & (1U << 15), 0U);  // DATA_SRC
}

TEST(AttrBuild, AnEventWithAnAreaTakesNoSamplesAndATrackingEventTellsOfTasks) {
  EventRequest area = request(30, 0x601);
  area.role = EventRole::aux;
  area.pmu = "intel_pt";
  area.has_period = true;
  area.attr.sample_period_or_freq = 1;
  EventRequest tracking = request(1, 9);
  tracking.role = EventRole::tracking;
  tracking.has_period = true;
  SamplingOptions options;
  options.user_regs = options.intr_regs = 0xff;
  options.call_graph = CallGraph::dwarf;
  options.clockid = kPerfClock;
  const auto plans = build({area, request(0, 0), tracking}, options);
  EXPECT_EQ(plans[0].attr.sample_type, kBaseSampleType);
  EXPECT_EQ(plans[0].attr.sample_regs_user, 0U);
  EXPECT_EQ(plans[0].attr.sample_stack_user, 0U);
  EXPECT_EQ(plans[0].attr.sample_period_or_freq, 1U);
  EXPECT_EQ(plans[0].attr.flags, (1U << 1) | (1U << 18)) << "inherit, sample_id_all; no clock";
  EXPECT_EQ(plans[0].pmu, "intel_pt");
  EXPECT_NE(plans[1].attr.sample_type & (1U << 12), 0U);  // REGS_USER
  EXPECT_EQ(plans[1].attr.flags & (1U << 8), 0U) << "mappings are told by the tracking event";
  EXPECT_EQ(plans[2].attr.flags & ((1U << 8) | (1U << 13) | (1U << 23)), (1U << 8) | (1U << 13) | (1U << 23));
}

TEST(AttrBuild, AuxBytesAreAPartOfTheSample) {
  EventRequest sampled = request(0, 0);
  sampled.attr.aux_sample_size = 4096;
  EXPECT_NE(build({sampled}, {})[0].attr.sample_type & (1U << 20), 0U);  // AUX
}

TEST(AttrBuild, TheSizeIsThatOfTheLastFieldInUse) {
  abi::EventAttr attr;
  EXPECT_EQ(smallest_attr_size(attr), 128U);
  attr.config3 = 1;
  EXPECT_EQ(smallest_attr_size(attr), 136U);
  attr.config4 = 1;
  EXPECT_EQ(smallest_attr_size(attr), 144U);
  attr.sample_simd_regs_enabled = 1;
  EXPECT_EQ(smallest_attr_size(attr), 176U);
}

}  // namespace
}  // namespace simdprof
