#include "lib/capture/probe_stops.h"

#include <gtest/gtest.h>

#include "tests/lib/capture/fake_kernel.h"

namespace simdprof {
namespace {

using test::FakeKernel;

StopFacts facts(std::int64_t yama, bool root) {
  StopFacts stop_facts;
  stop_facts.yama_scope = yama;
  stop_facts.may_ptrace_any = root;
  stop_facts.xsave.xcr0_mask = 7;  // x87, SSE, AVX
  return stop_facts;
}

TargetSpec command() {
  TargetSpec target;
  target.command = {"app"};
  return target;
}
TargetSpec running() {
  TargetSpec target;
  target.pids = {1234};
  return target;
}

StopProbe probe(FakeKernel& kernel, const TargetSpec& target, const StopFacts& stop_facts) {
  return probe_stops(abi::EventAttr{}, target, stop_facts, kernel.opener());
}

TEST(ProbeStops, AsksForASigtrapEventThatGoesWithExec) {
  FakeKernel kernel;
  const auto found = probe(kernel, command(), facts(1, false));
  EXPECT_EQ(found.error_number, 0);
  EXPECT_EQ(found.explanation, "user XMM YMM at stops");
  ASSERT_EQ(kernel.asked.size(), 1U);
  EXPECT_NE(kernel.asked[0].flags & (std::uint64_t{1} << 37U), 0U);  // sigtrap
  EXPECT_NE(kernel.asked[0].flags & (std::uint64_t{1} << 36U), 0U);  // remove_on_exec
  EXPECT_NE(kernel.asked[0].flags & 1U, 0U);                         // disabled
}

TEST(ProbeStops, AnOldKernelHasNoSuchEvents) {
  FakeKernel kernel{[](const abi::EventAttr&) { return EINVAL; }, {}};
  const auto found = probe(kernel, command(), facts(0, true));
  EXPECT_EQ(found.error_number, EINVAL);
  EXPECT_EQ(found.explanation, "this kernel has no SIGTRAP events; Linux 5.13 brought them");
}

TEST(ProbeStops, YamaDecidesByTargetAndRights) {
  FakeKernel kernel;
  EXPECT_EQ(probe(kernel, running(), facts(0, false)).error_number, 0);
  EXPECT_EQ(probe(kernel, command(), facts(1, false)).error_number, 0);
  EXPECT_EQ(probe(kernel, running(), facts(1, false)).error_number, EPERM);
  EXPECT_EQ(probe(kernel, running(), facts(1, true)).error_number, 0);
  EXPECT_EQ(probe(kernel, command(), facts(2, false)).error_number, EPERM);
  EXPECT_EQ(probe(kernel, command(), facts(2, true)).error_number, 0);
  EXPECT_EQ(probe(kernel, command(), facts(3, true)).error_number, EPERM);
}

TEST(ProbeStops, WholeCpusCannotBeStopped) {
  FakeKernel kernel;
  TargetSpec all;
  all.system_wide = true;
  TargetSpec some;
  some.cpus = {0};
  EXPECT_EQ(probe(kernel, all, facts(0, true)).error_number, EINVAL);
  EXPECT_EQ(probe(kernel, some, facts(0, true)).error_number, EINVAL);
  EXPECT_TRUE(kernel.asked.empty());
}

TEST(ProbeStops, WithoutXsaveThereIsNothingToRead) {
  FakeKernel kernel;
  StopFacts none = facts(0, true);
  none.xsave = {};
  EXPECT_EQ(probe(kernel, command(), none).error_number, ENODEV);
}

TEST(ProbeStops, ClassesAreThoseOfTheCpuThatAreWanted) {
  abi::XsaveTable table;
  table.xcr0_mask = 0xe7;
  EXPECT_EQ(render_image_classes(table, {}), "XMM YMM ZMM opmask");
  EXPECT_EQ(render_image_classes(table, {true, false, false, true}), "XMM opmask");
  EXPECT_EQ(render_image_classes(table, {false, false, false, false}), "no vector registers");
}

}  // namespace
}  // namespace simdprof
