#include "lib/capture/event_settle.h"

#include <gtest/gtest.h>

#include "tests/lib/capture/fake_kernel.h"

namespace simdprof {
namespace {

using test::FakeKernel;

constexpr std::uint64_t kExcludeKernel = 1U << 5;

struct Settled {
  Status status;
  EventPlan plan;
  std::vector<std::string> notes;
};

Settled settle(FakeKernel& kernel, const EventRequest& request, const ProbeTarget& target = {0, -1}) {
  std::vector<EventPlan> plans(1);
  plans[0].attr = request.attr;
  plans[0].name = request.name;
  Settled settled;
  settled.status = settle_events(plans, {request}, target, kernel.opener(), settled.notes);
  settled.plan = plans[0];
  return settled;
}

EventRequest cycles(const char* name = "cycles") {
  EventRequest request;
  request.attr.type = 0;
  request.name = name;
  return request;
}

int no_hardware(const abi::EventAttr& attr) { return attr.type == 0 ? ENOENT : 0; }
int users_only(const abi::EventAttr& attr) { return (attr.flags & kExcludeKernel) != 0 ? 0 : EACCES; }

TEST(SettleEvents, AnEventThatOpensStaysAsItIs) {
  FakeKernel kernel;
  const auto settled = settle(kernel, cycles());
  EXPECT_TRUE(settled.status);
  EXPECT_EQ(settled.plan.name, "cycles");
  EXPECT_TRUE(settled.notes.empty());
  EXPECT_EQ(kernel.asked[0].flags & 1U, 1U);  // tried disabled
}

TEST(SettleEvents, CyclesBecomeAClockWhereThereIsNoCounter) {
  FakeKernel kernel{no_hardware, {}};
  const auto settled = settle(kernel, cycles("cycles:u"));
  EXPECT_TRUE(settled.status);
  EXPECT_EQ(settled.plan.name, "task-clock:u");
  EXPECT_EQ(settled.plan.attr.type, 1U);
  EXPECT_EQ(settled.plan.attr.config, 1U);
  ASSERT_EQ(settled.notes.size(), 1U);
  EXPECT_EQ(settled.notes[0], "no hardware counter for cycles:u here, task-clock is sampled instead");
}

TEST(SettleEvents, WholeCpusTakeTheCpuClock) {
  FakeKernel kernel{no_hardware, {}};
  const auto settled = settle(kernel, cycles(), {-1, 0});
  EXPECT_EQ(settled.plan.name, "cpu-clock");
  EXPECT_EQ(settled.plan.attr.config, 0U);
}

TEST(SettleEvents, OtherHardwareEventsAreAnError) {
  FakeKernel kernel{no_hardware, {}};
  EventRequest instructions = cycles("instructions");
  instructions.attr.config = 1;
  const auto settled = settle(kernel, instructions);
  ASSERT_FALSE(settled.status);
  EXPECT_EQ(settled.status.error().fact,
            "cannot sample instructions: no hardware counter here (no PMU, or a virtual machine without one) (ENOENT)");
}

TEST(SettleEvents, KernelSamplesAreLeftOutWhereTheyAreNotAllowed) {
  FakeKernel kernel{users_only, {}};
  const auto settled = settle(kernel, cycles());
  EXPECT_TRUE(settled.status);
  EXPECT_EQ(settled.plan.name, "cycles:u");
  EXPECT_NE(settled.plan.attr.flags & kExcludeKernel, 0U);
  ASSERT_EQ(settled.notes.size(), 1U);
  EXPECT_EQ(settled.notes[0], "kernel samples are not allowed here, cycles:u is sampled: kernel.perf_event_paranoid");
}

TEST(SettleEvents, AModeThatWasAskedForIsNotChanged) {
  FakeKernel kernel{users_only, {}};
  EventRequest request = cycles("cycles:k");
  request.mode_given = true;
  const auto settled = settle(kernel, request);
  ASSERT_FALSE(settled.status);
  EXPECT_EQ(settled.status.error().code, Errc::permission);
}

TEST(SettleEvents, ARefusalInEveryModeIsAnError) {
  FakeKernel kernel{[](const abi::EventAttr&) { return EACCES; }, {}};
  const auto settled = settle(kernel, cycles());
  ASSERT_FALSE(settled.status);
  EXPECT_EQ(settled.status.error().code, Errc::permission);
  EXPECT_TRUE(settled.notes.empty());
  EXPECT_EQ(settled.plan.name, "cycles");
}

TEST(SettleEvents, BothFallbacksCanBeNeeded) {
  FakeKernel kernel{[](const abi::EventAttr& attr) { return attr.type == 0 ? ENOENT : users_only(attr); }, {}};
  const auto settled = settle(kernel, cycles());
  EXPECT_TRUE(settled.status);
  EXPECT_EQ(settled.plan.name, "task-clock:u");
  EXPECT_EQ(settled.notes.size(), 2U);
}

TEST(SettleEvents, TheMostPreciseLevelThatOpensIsTaken) {
  FakeKernel kernel{[](const abi::EventAttr& attr) { return abi::precise_ip(attr) > 1 ? EOPNOTSUPP : 0; }, {}};
  EventRequest request = cycles("cycles:P");
  request.precise_most = true;
  const auto settled = settle(kernel, request);
  EXPECT_TRUE(settled.status);
  EXPECT_EQ(abi::precise_ip(settled.plan.attr), 1U);
}

TEST(SettleEvents, AKernelWithoutLostCountsIsNoObstacle) {
  FakeKernel kernel{[](const abi::EventAttr& attr) { return (attr.read_format & 16U) != 0 ? EINVAL : 0; }, {}};
  EventRequest request = cycles();
  request.attr.read_format = 0x17;
  EXPECT_TRUE(settle(kernel, request).status);
}

}  // namespace
}  // namespace simdprof
