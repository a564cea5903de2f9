#include "lib/capture/ptrace_events.h"

#include <sys/resource.h>

#include <algorithm>

#include "tests/lib/capture/ptrace_recording.h"
#include "tests/lib/capture/ptrace_tracee.h"

namespace simdprof {
namespace {

class TracedEventsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::can_trace()) GTEST_SKIP() << "no sigtrap events or no ptrace here";
  }
};

TEST_F(TracedEventsTest, MakesOneRingACpuAndNamesEveryEvent) {
  const CapturePlan plan = test::make_plan();
  const test::Tracee tracee(test::spin);
  TracedEvents events(plan, true);
  ASSERT_TRUE(events.open_task_event(tracee.pid()));
  const std::size_t cpus = events.rings().size();
  EXPECT_GE(cpus, 1U);
  const auto set = events.open_samples(tracee.pid(), false);
  ASSERT_TRUE(set);
  EXPECT_EQ((*set)->fds.size(), cpus);
  const auto opened = events.take_opened();
  ASSERT_EQ(opened.size(), 2 * cpus);
  EXPECT_EQ(opened.front().event, 1U);  // the task event follows those of the plan
  EXPECT_EQ(opened.back().event, 0U);
  EXPECT_EQ(opened.back().tid, tracee.pid());
  EXPECT_TRUE(events.makes_stops(opened.back().id));
  EXPECT_TRUE(events.take_opened().empty());
}

TEST_F(TracedEventsTest, OnlyTheFirstEventMakesStops) {
  CapturePlan plan = test::make_plan();
  plan.events.push_back(plan.events[0]);
  plan.events[1].attr.config = abi::PERF_COUNT_SW_CPU_CLOCK;
  const test::Tracee tracee(test::spin);
  TracedEvents events(plan, true);
  ASSERT_TRUE(events.open_task_event(tracee.pid()));
  ASSERT_TRUE(events.open_samples(tracee.pid(), false));
  for (const auto& opened : events.take_opened()) {
    EXPECT_EQ(events.makes_stops(opened.id), opened.event == 0) << opened.event;
  }
}

TEST_F(TracedEventsTest, SamplesComeWhenEnabledAndEndWhenDisabled) {
  const CapturePlan plan = test::make_plan();
  const test::Tracee tracee(test::spin);
  TracedEvents events(plan, true);
  ASSERT_TRUE(events.open_task_event(tracee.pid()));
  const auto set = events.open_samples(tracee.pid(), false);
  ASSERT_TRUE(set);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  for (auto& ring : events.rings()) EXPECT_FALSE(ring.ring.pending());
  TracedEvents::enable(**set);
  EXPECT_EQ(tracee.wait().signal, SIGTRAP);
  TracedEvents::disable(**set);
  std::size_t samples = 0;
  for (auto& ring : events.rings()) {
    ASSERT_TRUE(ring.ring.drain([&](auto record) { samples += record_type(record) == abi::PERF_RECORD_SAMPLE; }));
  }
  EXPECT_GE(samples, 1U);
}

/// Numbers of pages in the lines about smaller rings, as a user of no rights gets them with 512 pages wanted.
std::vector<std::string> lines_about_rings(std::size_t& ring_bytes_least, std::size_t& ring_bytes_most) {
  std::array<int, 2> report{};
  std::array<int, 2> log{};
  EXPECT_EQ(::pipe(report.data()), 0);
  EXPECT_EQ(::pipe(log.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(log[1], 2);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_MEMLOCK, &none);
    if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) ::_exit(2);
    CapturePlan plan = test::make_plan();
    plan.ring_pages = 512;
    TracedEvents events(plan, true);
    std::array<std::size_t, 2> sizes{~std::size_t{0}, 0};
    if (!events.open_task_event(::getpid())) ::_exit(1);
    for (const auto& ring : events.rings()) {
      sizes[0] = std::min(sizes[0], ring.ring.data_bytes());
      sizes[1] = std::max(sizes[1], ring.ring.data_bytes());
    }
    ::_exit(::write(report[1], sizes.data(), sizeof(sizes)) == sizeof(sizes) ? 0 : 1);
  }
  ::close(report[1]);
  ::close(log[1]);
  std::array<std::size_t, 2> sizes{};
  EXPECT_EQ(::read(report[0], sizes.data(), sizeof(sizes)), static_cast<ssize_t>(sizeof(sizes)));
  ring_bytes_least = sizes[0];
  ring_bytes_most = sizes[1];
  std::string text(4096, '\0');
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(log[0], text.data(), text.size()))));
  ::close(report[0]);
  ::close(log[0]);
  EXPECT_EQ(test::wait_for_end(child), 0);
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST_F(TracedEventsTest, UnderATightLimitAllRingsShrinkTogetherAndOneLineSaysSo) {
  std::size_t least = 0;
  std::size_t most = 0;
  const auto lines = lines_about_rings(least, most);
  EXPECT_EQ(least, most);
  EXPECT_GT(least, 0U);
  if (most == std::size_t{512} * 4096) GTEST_SKIP() << "kernel.perf_event_mlock_kb allows it all";
  ASSERT_EQ(lines.size(), 1U);
  const std::string wanted = "rings made smaller, " + std::to_string(most / 4096) + " pages instead of 512";
  EXPECT_NE(lines[0].find(wanted), std::string::npos) << lines[0];
}

TEST_F(TracedEventsTest, AThreadThatIsGoneIsNotFound) {
  const CapturePlan plan = test::make_plan();
  TracedEvents events(plan, true);
  const Status opened = events.open_task_event(0x7ffffff0);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::not_found);
}

}  // namespace
}  // namespace simdprof
