#include "lib/capture/source_choice.h"

#include <gtest/gtest.h>

#include "tests/lib/capture/fake_kernel.h"

namespace simdprof {
namespace {

using test::FakeKernel;

CapturePlan plan() {
  CapturePlan capture_plan;
  capture_plan.target.command = {"app"};
  capture_plan.events.emplace_back();
  capture_plan.events[0].attr.sample_regs_user = 0xff0fff;
  return capture_plan;
}

StopFacts facts() {
  StopFacts stop_facts;
  stop_facts.yama_scope = 0;
  stop_facts.xsave.xcr0_mask = 7;
  return stop_facts;
}

Result<SourceChoice> choose(SourceWish wish, FakeKernel& kernel, const CapturePlan& capture_plan = plan()) {
  return choose_source(wish, capture_plan, {0, -1}, facts(), kernel.opener());
}

// sigtrap is bit 37 of the flags.
std::function<int(const abi::EventAttr&)> without_sigtrap(std::function<int(const abi::EventAttr&)> other) {
  return [other](const abi::EventAttr& attr) {
    return (attr.flags & (std::uint64_t{1} << 37U)) != 0 ? EINVAL : other(attr);
  };
}

TEST(SourceChoice, TakesTheKernelWhereItGivesUserVectors) {
  FakeKernel kernel{test::simd_kernel(4, false), {}};
  const auto choice = choose(SourceWish::automatic, kernel);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->source, SourceKind::kernel);
  EXPECT_EQ(choice->line, "source kernel: user XMM YMM, interrupt XMM YMM in each sample");
  EXPECT_EQ(choice->attempts.back().source, SourceKind::kernel);
  EXPECT_EQ(choice->attempts.back().error_number, 0);
}

TEST(SourceChoice, ElseItTakesStops) {
  FakeKernel kernel{test::software_kernel, {}};
  const auto choice = choose(SourceWish::automatic, kernel);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->source, SourceKind::ptrace);
  EXPECT_EQ(choice->line, "source ptrace: user XMM YMM from a stop at each sample; no interrupt vectors");
  EXPECT_EQ(choice->attempts.front().source, SourceKind::kernel);
  EXPECT_EQ(choice->attempts.front().error_number, EOPNOTSUPP);
}

TEST(SourceChoice, StopsComeBeforeInterruptVectorsAlone) {
  FakeKernel kernel{test::pebs_kernel, {}};
  EXPECT_EQ(choose(SourceWish::automatic, kernel)->source, SourceKind::ptrace);
  FakeKernel no_stops{without_sigtrap(test::pebs_kernel), {}};
  const auto choice = choose(SourceWish::automatic, no_stops);
  EXPECT_EQ(choice->source, SourceKind::kernel);
  EXPECT_EQ(choice->line,
            "source kernel: interrupt XMM in each sample; precise user hits only, their interrupt set is the user's");
}

TEST(SourceChoice, WithNeitherGeneralRegistersRemainAndTheLineSaysWhy) {
  FakeKernel kernel{without_sigtrap(test::software_kernel), {}};
  const auto choice = choose(SourceWish::automatic, kernel);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->source, SourceKind::gpr);
  EXPECT_EQ(choice->line,
            "source gpr: general registers only; vector registers are missing; kernel: this PMU takes no extended "
            "registers (EOPNOTSUPP); ptrace: this kernel has no SIGTRAP events; Linux 5.13 brought them");
}

TEST(SourceChoice, WholeCpusFallToGeneralRegistersUnlessStopsAreForced) {
  FakeKernel kernel{test::software_kernel, {}};
  CapturePlan whole = plan();
  whole.target = {};
  whole.target.system_wide = true;
  EXPECT_EQ(choose(SourceWish::automatic, kernel, whole)->source, SourceKind::gpr);
  const auto forced = choose(SourceWish::ptrace, kernel, whole);
  ASSERT_FALSE(forced);
  EXPECT_EQ(forced.error().fact,
            "source ptrace: whole CPUs (-a, -C) cannot be stopped; record a command, -p or -t (EINVAL)");
}

TEST(SourceChoice, AForcedSourceThatIsNotThereIsAnError) {
  FakeKernel kernel{test::software_kernel, {}};
  const auto forced = choose(SourceWish::kernel, kernel);
  ASSERT_FALSE(forced);
  EXPECT_EQ(forced.error().code, Errc::unsupported);
  EXPECT_EQ(forced.error().fact,
            "source kernel: this PMU takes no extended registers (EOPNOTSUPP); try --source=ptrace");
}

TEST(SourceChoice, NeonAndSveComeFromStopsAlone) {
  StopFacts arm64 = facts();
  arm64.xsave = {};
  arm64.arm64 = {true, true};
  CapturePlan neon = plan();
  neon.vectors = {false, false, false, false, true, false};
  FakeKernel kernel{test::software_kernel, {}};
  EXPECT_EQ(choose_source(SourceWish::automatic, neon, {0, -1}, arm64, kernel.opener())->line,
            "source ptrace: user NEON from a stop at each sample; no interrupt vectors");
  FakeKernel no_stops{without_sigtrap(test::software_kernel), {}};
  EXPECT_EQ(choose_source(SourceWish::automatic, neon, {0, -1}, arm64, no_stops.opener())->line,
            "source gpr: general registers only; vector registers are missing; kernel: samples have a place for those "
            "of x86 alone; ptrace: this kernel has no SIGTRAP events; Linux 5.13 brought them");
}

TEST(SourceChoice, GprIsTakenWithoutAsking) {
  FakeKernel kernel;
  const auto choice = choose(SourceWish::gpr, kernel);
  EXPECT_EQ(choice->source, SourceKind::gpr);
  EXPECT_TRUE(kernel.asked.empty());
}

TEST(SourceChoice, TheRefusalOfTheNewestKnownFormIsTold) {
  FakeKernel kernel{[](const abi::EventAttr& attr) {
                      return attr.sample_simd_regs_enabled != 0                                          ? E2BIG
                             : ((attr.sample_regs_user | attr.sample_regs_intr) & test::kLegacyXmm) != 0 ? EINVAL
                                                                                                         : 0;
                    },
                    {}};
  const auto forced = choose(SourceWish::kernel, kernel);
  ASSERT_FALSE(forced);
  EXPECT_EQ(forced.error().fact, "source kernel: this PMU refuses these registers (EINVAL); try --source=ptrace");
}

}  // namespace
}  // namespace simdprof
