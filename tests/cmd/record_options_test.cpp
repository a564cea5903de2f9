#include "cmd/record_options.h"

#include <gtest/gtest.h>

#include "lib/capture/register_list.h"

namespace simdprof::cmd {
namespace {

std::optional<RecordOptions> parse(const std::vector<std::string>& words, int expected_status = 0) {
  int exit_status = 0;
  auto options = parse_record_options(words, exit_status);
  if (!options) {
    EXPECT_EQ(exit_status, expected_status);
  }
  return options;
}

void expect_usage_error(const std::vector<std::string>& words) {
  EXPECT_FALSE(parse(words, 129)) << (words.empty() ? "" : words.front());
}

TEST(RecordOptions, TheCommandBeginsBehindTheDashes) {
  const auto options = parse({"-F", "99", "--", "app", "-F", "1", "--", "x"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->target.command, (std::vector<std::string>{"app", "-F", "1", "--", "x"}));
  EXPECT_EQ(options->sampling.frequency_hz, 99U);
}

TEST(RecordOptions, OrAtTheFirstWordThatIsNoOption) {
  const auto options = parse({"-g", "app", "-I", "--user-regs"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->target.command, (std::vector<std::string>{"app", "-I", "--user-regs"}));
  EXPECT_EQ(options->sampling.call_graph, CallGraph::frame_pointer);
}

TEST(RecordOptions, AnEventTakesNoWordOfTheCommand) {
  const auto options = parse({"-e", "cycles", "-e", "faults", "app", "-e", "x"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->events, "cycles,faults");
  EXPECT_EQ(options->target.command, (std::vector<std::string>{"app", "-e", "x"}));
}

TEST(RecordOptions, BothSetsHaveAllGeneralRegistersByDefault) {
  const auto options = parse({"app"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->sampling.user_regs, abi::gpr_mask(native_arch()));
  EXPECT_EQ(options->sampling.intr_regs, abi::gpr_mask(native_arch()));
  EXPECT_EQ(options->sampling.frequency_hz, 999U);
  EXPECT_EQ(options->output, "simdprof.data");
  EXPECT_TRUE(options->vector_classes.empty());
}

TEST(RecordOptions, RegisterListsStandBehindTheEqualsSign) {
  const auto options = parse({"--user-regs=none", "-I=none", "app"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->sampling.user_regs, 0U);
  EXPECT_EQ(options->sampling.intr_regs, 0U);
  EXPECT_EQ(parse({"-I", "app"})->sampling.intr_regs, abi::gpr_mask(native_arch()));
  EXPECT_EQ(parse({"--user-regs=?"})->list, "registers");
  EXPECT_EQ(parse({"-e", "=?"})->list, "events");
}

TEST(RecordOptions, TargetsExcludeEachOther) {
  EXPECT_EQ(parse({"-p", "12,13"})->target.pids, (std::vector<Pid>{12, 13}));
  EXPECT_EQ(parse({"-t", "14"})->target.tids, (std::vector<Tid>{14}));
  EXPECT_EQ(parse({"-C", "0-1"})->target.cpus, (std::vector<std::int32_t>{0, 1}));
  EXPECT_TRUE(parse({"-a", "app"})->target.system_wide);
  expect_usage_error({});
  expect_usage_error({"-p", "12", "-a"});
  expect_usage_error({"-p", "12", "app"});
}

TEST(RecordOptions, TimesAndSizes) {
  const auto options = parse({"-D", "250", "--duration", "1.5", "-m", "1M", "-z", "9", "-o", "-", "app"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->start_delay.count(), 250);
  EXPECT_EQ(options->duration->count(), 1500);
  EXPECT_EQ(options->zstd_level, 9);
  EXPECT_EQ(options->output, "-");
  EXPECT_GE(options->ring_pages, 16U);
}

TEST(RecordOptions, ClassesAndEventsAddUp) {
  const auto options = parse({"--xmm", "--opmask", "-e", "cycles", "-e", "faults:u", "-c", "1000", "app"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->vector_classes, (std::vector<std::string>{"xmm", "opmask"}));
  EXPECT_EQ(options->events, "cycles,faults:u");
  EXPECT_EQ(options->sampling.period, 1000U);
}

TEST(RecordOptions, WrongValuesAreUsageErrors) {
  expect_usage_error({"--nonsense", "app"});
  expect_usage_error({"-F", "zero", "app"});
  expect_usage_error({"-F", "0", "app"});
  expect_usage_error({"-F", "9", "-c", "9", "app"});
  expect_usage_error({"--source", "magic", "app"});
  expect_usage_error({"-z", "23", "app"});
  expect_usage_error({"--call-graph", "lbr", "app"});
  expect_usage_error({"--call-graph", "dwarf", "--user-regs=ax", "app"});
  expect_usage_error({"--intr-regs=nothing", "app"});
  expect_usage_error({"-D", "x", "app"});
}

}  // namespace
}  // namespace simdprof::cmd
