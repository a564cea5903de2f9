#include "lib/capture/aux_request.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

constexpr std::uint32_t kTracePmu = 30;  // number of a PMU that a module has added

EventRequest event(const char* name, std::uint32_t type, const char* pmu = "") {
  EventRequest request;
  request.name = name;
  request.attr.type = type;
  request.pmu = pmu;
  return request;
}
EventRequest trace(const char* pmu = "simtrace") { return event("trace", kTracePmu, pmu); }
EventRequest clock() { return event("task-clock", 1); }

AuxProbes probes(bool has_area = true) {
  AuxProbes out;
  out.has_area = [has_area](const abi::EventAttr& attr) { return has_area && attr.type == kTracePmu; };
  out.may_track_kernel = [] { return true; };
  return out;
}

Result<AuxPlan> arrange(std::vector<EventRequest>& requests, const AuxWish& wish = {},
                        const AuxProbes& asked = probes()) {
  return arrange_aux_requests(requests, wish, EventSystem{"/nowhere", {}}, asked);
}

std::vector<std::string> names(const std::vector<EventRequest>& requests) {
  std::vector<std::string> out;
  for (const EventRequest& request : requests) out.push_back(request.name);
  return out;
}

TEST(AuxRequest, WithoutAnAreaNothingChanges) {
  std::vector<EventRequest> requests{clock(), trace()};
  const auto plan = arrange(requests, {}, probes(false));
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->use, AuxUse::none);
  EXPECT_EQ(names(requests), (std::vector<std::string>{"task-clock", "trace"}));
  EXPECT_EQ(requests[1].role, EventRole::samples);
}

TEST(AuxRequest, ThePmuIsAskedWhereItsNameTellsNothing) {
  std::vector<EventRequest> requests{clock(), trace()};
  const auto plan = arrange(requests);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->use, AuxUse::full_trace);
  // The event with the area leads: rings are mapped through it. Tracking lives on when a full area stops it.
  EXPECT_EQ(names(requests), (std::vector<std::string>{"trace", "task-clock", "dummy:u", "dummy:text-poke"}));
  EXPECT_EQ(requests[0].role, EventRole::aux);
  EXPECT_EQ(requests[0].attr.sample_period_or_freq, 1U);
  EXPECT_EQ(requests[2].role, EventRole::tracking);
  EXPECT_NE(requests[2].attr.flags & (1ULL << 26), 0U);  // context_switch
  EXPECT_EQ(requests[3].role, EventRole::text_poke);
  EXPECT_NE(requests[3].attr.flags & (1ULL << 33), 0U);  // text_poke
}

TEST(AuxRequest, KnownNamesAreNotProbed) {
  for (const char* pmu : {"intel_pt", "intel_bts", "arm_spe_0", "cs_etm", "hisi_ptt0_2"}) {
    std::vector<EventRequest> requests{trace(pmu)};
    ASSERT_TRUE(arrange(requests, {}, probes(false))) << pmu;
    EXPECT_EQ(requests[0].role, EventRole::aux) << pmu;
  }
}

TEST(AuxRequest, UserModeAloneNeedsNoKernelTracking) {
  std::vector<EventRequest> requests{trace()};
  requests[0].attr.flags = 1U << 5;  // exclude_kernel
  ASSERT_TRUE(arrange(requests));
  EXPECT_EQ(names(requests), (std::vector<std::string>{"trace", "dummy:u"}));
}

TEST(AuxRequest, GroupsMoveWithTheirLeader) {
  std::vector<EventRequest> requests{clock(), event("cycles", 0), trace(), clock()};
  requests[2].group = requests[3].group = 2;
  ASSERT_TRUE(arrange(requests));
  EXPECT_EQ(requests[0].name, "trace");
  EXPECT_EQ(requests[0].group, 0);
  EXPECT_EQ(requests[1].group, 0);
  EXPECT_EQ(requests[2].group, -1);
  EXPECT_EQ(requests[3].name, "cycles");
}

TEST(AuxRequest, AnAreaMustLeadItsGroup) {
  std::vector<EventRequest> requests{clock(), trace()};
  requests[0].group = requests[1].group = 0;
  const auto plan = arrange(requests);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, Errc::usage);
}

TEST(AuxRequest, WhatNeedsALeaderFollowsTheArea) {
  std::vector<EventRequest> requests{event("cycles", 0), clock(), trace()};
  requests[0].attr.flags = 1U << 31;  // aux_output
  ASSERT_TRUE(arrange(requests));
  EXPECT_EQ(requests[1].name, "cycles");
  EXPECT_EQ(requests[1].group, 0);
  EXPECT_EQ(requests[0].group, 0);
  EXPECT_EQ(requests[2].group, -1);
}

TEST(AuxRequest, WhatNeedsALeaderMayNotHaveAnother) {
  std::vector<EventRequest> requests{trace(), clock(), event("cycles", 0)};
  requests[1].group = requests[2].group = 1;
  requests[2].attr.aux_action = 2;  // pause
  EXPECT_FALSE(arrange(requests));
}

TEST(AuxRequest, AuxSamplesPutBytesIntoEverySample) {
  AuxWish wish;
  wish.samples = true;
  wish.sample_bytes = 8192;
  std::vector<EventRequest> requests{trace(), clock()};
  const auto plan = arrange(requests, wish);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->use, AuxUse::samples);
  EXPECT_EQ(requests[1].attr.aux_sample_size, 8192U);
  EXPECT_EQ(requests[1].group, 0);
}

TEST(AuxRequest, ASnapshotPointIsABreakpointWhoseAddressComesLater) {
  AuxWish wish;
  wish.snapshot = true;
  wish.snapshot_at = "main";
  std::vector<EventRequest> requests{trace()};
  const auto plan = arrange(requests, wish);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->use, AuxUse::snapshot);
  const EventRequest& point = requests.back();
  EXPECT_EQ(point.role, EventRole::snapshot_point);
  EXPECT_EQ(point.attr.type, 5U);                   // breakpoint
  EXPECT_EQ(point.attr.bp_type, 4U);                // execution
  EXPECT_EQ(point.attr.sample_period_or_freq, 1U);  // every hit
  EXPECT_EQ(point.attr.config2_or_bp_len, sizeof(long));
}

TEST(AuxRequest, OptionsForAreasNeedOne) {
  AuxWish pages, snapshot, filter, samples;
  pages.pages = 4;
  snapshot.snapshot = true;
  filter.filter = "filter 0/1@/x";
  samples.samples = true;
  for (const AuxWish& wish : {pages, snapshot, filter, samples}) {
    std::vector<EventRequest> requests{clock()};
    const auto plan = arrange(requests, wish);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, Errc::usage);
    EXPECT_NE(plan.error().fact.find("no event has an AUX area"), std::string::npos);
  }
}

TEST(AuxRequest, TwoAreasOnOneCpuAreRefused) {
  std::vector<EventRequest> same{trace("intel_pt"), trace("intel_pt")};
  EXPECT_FALSE(arrange(same));
  std::vector<EventRequest> two{trace("intel_pt"), trace("intel_bts")};
  EXPECT_FALSE(arrange(two));
}

TEST(AuxRequest, SizesComeFromTheWishOrTheRights) {
  const auto pages_for = [](const AuxWish& wish, bool privileged) {
    std::vector<EventRequest> requests{trace()};
    AuxProbes asked = probes();
    asked.privileged = privileged;
    const auto plan = arrange(requests, wish, asked);
    return plan ? plan->pages : 0;
  };
  AuxWish wish;
  EXPECT_EQ(pages_for(wish, true), 1024U);  // 4 MiB
  EXPECT_EQ(pages_for(wish, false), 32U);   // 128 KiB
  wish.snapshot = true;
  wish.snapshot_bytes = 100000;
  EXPECT_EQ(pages_for(wish, false), 32U);
  wish.pages = 16;
  EXPECT_EQ(pages_for(wish, false), 0U) << "a snapshot that is larger than the area";
  wish.pages = 64;
  EXPECT_EQ(pages_for(wish, false), 64U);
}

TEST(AuxRequest, ThePeriodOfAnAreasEventIsTheUsers) {
  AuxWish wish;
  wish.period = 5000;
  std::vector<EventRequest> requests{trace("arm_spe_0")};
  ASSERT_TRUE(arrange(requests, wish));
  EXPECT_EQ(requests[0].attr.sample_period_or_freq, 5000U);
  std::vector<EventRequest> own{trace("arm_spe_0")};
  own[0].has_period = true;
  own[0].attr.sample_period_or_freq = 77;
  ASSERT_TRUE(arrange(own, wish));
  EXPECT_EQ(own[0].attr.sample_period_or_freq, 77U);
  std::vector<EventRequest> none{trace("arm_spe_0")};
  ASSERT_TRUE(arrange(none));
  EXPECT_EQ(none[0].attr.sample_period_or_freq, 4096U);
}

}  // namespace
}  // namespace simdprof
