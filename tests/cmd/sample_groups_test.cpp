#include "cmd/sample_groups.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/support/bytes.h"

namespace simdprof::cmd {
namespace {

using test::words;

class SampleGroupsTest : public testing::Test {
 protected:
  SampleGroupsTest() {
    rules.arch = abi::Arch::x86_64;
    rules.events.resize(2);
    rules.grouped = {true, true};
  }
  static Sample sample_of(VirtAddr ip, Tid tid = 7) {
    Sample sample;
    sample.present = abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_CALLCHAIN;
    sample.mode = CpuMode::user;
    sample.ip = ip;
    sample.pid = sample.tid = tid;
    return sample;
  }
  void add(const Sample& sample) {
    Record& record = records.emplace_back();
    record.type = abi::PERF_RECORD_SAMPLE;
    record.body = sample;
  }
  /// The group of each record as a number, in the order of their first samples; -1: none.
  std::vector<int> groups() {
    made.start(records.size());
    for (std::size_t known = 0; known < records.size(); known += 3) made.add(rules, std::span(records).first(known));
    made.add(rules, records);
    std::vector<int> numbers;
    std::vector<SampleGroups::Group*> seen;
    for (std::size_t i = 0; i < records.size(); ++i) {
      SampleGroups::Group* const group = made.find(i);
      if (group == nullptr) {
        numbers.push_back(-1);
        continue;
      }
      const auto known = std::find(seen.begin(), seen.end(), group);
      numbers.push_back(static_cast<int>(known - seen.begin()));
      if (known == seen.end()) seen.push_back(group);
    }
    EXPECT_EQ(made.size(), seen.size());
    return numbers;
  }

  SampleGroups::Rules rules;
  std::vector<Record> records;
  SampleGroups made;
};

TEST_F(SampleGroupsTest, SamplesThatDifferInNothingAreOneGroup) {
  for (const VirtAddr ip : {0x10, 0x20, 0x10, 0x30, 0x20}) add(sample_of(ip));
  EXPECT_EQ(groups(), (std::vector{0, 1, 0, 2, 1}));
}

TEST_F(SampleGroupsTest, ManyGroupsStayWhatTheyWereWhenTheTableGrows) {
  std::vector<int> expected;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 3000; ++i) {
      add(sample_of(0x1000 + 4 * static_cast<VirtAddr>(i)));
      expected.push_back(i);
    }
  }
  EXPECT_EQ(groups(), expected);
}

TEST_F(SampleGroupsTest, TaskModeAndEventKeepSamplesApart) {
  add(sample_of(0x10));
  add(sample_of(0x10, 8));
  Sample other = sample_of(0x10);
  other.pid = 9;
  add(other);
  other = sample_of(0x10);
  other.mode = CpuMode::kernel;
  add(other);
  other = sample_of(0x10);
  other.event = 1;
  add(other);
  add(sample_of(0x10));
  EXPECT_EQ(groups(), (std::vector{0, 1, 2, 3, 4, 0}));
}

TEST_F(SampleGroupsTest, TheCpuDoesWhereItIsAskedFor) {
  Sample sample = sample_of(0x10);
  add(sample);
  sample.cpu = 3;
  add(sample);
  EXPECT_EQ(groups(), (std::vector{0, 0}));
  rules.cpus = true;
  EXPECT_EQ(groups(), (std::vector{0, 1}));
}

TEST_F(SampleGroupsTest, TheCallChainDoesWhereItIsAskedFor) {
  const auto one = words({abi::PERF_CONTEXT_USER, 0x10, 0x401000}), copy = one;
  const auto other = words({abi::PERF_CONTEXT_USER, 0x10, 0x402000});
  for (const auto* chain : {&one, &other, &copy}) {
    Sample sample = sample_of(0x10);
    sample.callchain = WordView(*chain);
    add(sample);
  }
  EXPECT_EQ(groups(), (std::vector{0, 0, 0}));
  rules.chains = true;
  EXPECT_EQ(groups(), (std::vector{0, 1, 0}));
}

TEST_F(SampleGroupsTest, AChainThatIsNotAllStandsForItself) {
  rules.chains = true;
  add(sample_of(0x10));  // no chain: the address alone
  const auto chain = words({abi::PERF_CONTEXT_USER, 0x10});
  const std::vector<std::byte> stack(16);
  Sample sample = sample_of(0x10);
  sample.callchain = WordView(chain);
  sample.stack_user = stack;
  add(sample);
  EXPECT_EQ(groups(), (std::vector{-1, -1}));
}

TEST_F(SampleGroupsTest, WhatARuleMaySpeakOfStandsForItselfWhenPlainOnesAreWanted) {
  Sample differing = sample_of(0x10);
  differing.regs_user.abi = differing.regs_intr.abi = abi::PERF_SAMPLE_REGS_ABI_64;  // and nobody saw them equal
  add(differing);
  add(differing);
  add(sample_of(0x10));
  EXPECT_EQ(groups(), (std::vector{0, 0, 0}));
  rules.plain = true;
  EXPECT_EQ(groups(), (std::vector{-1, -1, 0}));
}

TEST_F(SampleGroupsTest, OtherRecordsUndecodedOnesAndEventsLeftOutStandForThemselves) {
  records.emplace_back().body = CommRecord{};
  add(sample_of(0x10));
  records.back().type = 0;
  Sample sample = sample_of(0x10);
  sample.event = 1;
  add(sample);
  sample.event = 2;  // the recording has two
  add(sample);
  rules.grouped[1] = false;
  EXPECT_EQ(groups(), (std::vector{-1, -1, -1, -1}));
}

TEST_F(SampleGroupsTest, MemoryOfAnotherRunBringsNothingAlong) {
  for (VirtAddr ip = 0; ip < 1000; ++ip) add(sample_of(ip));
  groups();
  made.find(0)->version = 5;
  records.resize(1);
  EXPECT_EQ(groups(), std::vector{0});
  EXPECT_EQ(made.find(0)->version, 0U);
}

}  // namespace
}  // namespace simdprof::cmd
