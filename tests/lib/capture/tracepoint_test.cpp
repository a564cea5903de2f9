#include "lib/capture/tracepoint.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace simdprof {
namespace {

namespace fs = std::filesystem;

class TracepointFolder : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "tracefs_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::create_directories(root_ / "events/sched/sched_switch");
    std::ofstream(root_ / "events/sched/sched_switch/id") << "317\n";
    system_.tracefs = {root_.string() + "/absent", root_.string()};
  }
  void TearDown() override { fs::remove_all(root_); }

  fs::path root_;
  EventSystem system_;
};

TEST_F(TracepointFolder, GivesTheIdOfTheFirstMountedTracefs) {
  EXPECT_EQ(load_tracepoint_id(system_, "sched", "sched_switch"), 317U);
}

TEST_F(TracepointFolder, AnAbsentTracepointIsNotFound) {
  const auto id = load_tracepoint_id(system_, "sched", "nothing");
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().code, Errc::not_found);
  EXPECT_EQ(id.error().fact, "this kernel has no tracepoint 'sched:nothing'");
}

TEST_F(TracepointFolder, WithoutTracefsItSaysHowToMountIt) {
  system_.tracefs = {root_.string() + "/absent"};
  const auto id = load_tracepoint_id(system_, "sched", "sched_switch");
  ASSERT_FALSE(id);
  EXPECT_NE(id.error().fact.find("mount -t tracefs"), std::string::npos);
}

TEST_F(TracepointFolder, PatternsFindThoseThatFit) {
  for (const char* name : {"sched/sched_wakeup", "sched/sched_wake_idle", "irq/softirq_entry"}) {
    fs::create_directories(root_ / "events" / name);
    std::ofstream(root_ / "events" / name / "id") << "1\n";
  }
  fs::create_directories(root_ / "events/sched/no_id");
  std::ofstream(root_ / "events/sched/enable") << "0\n";
  using Names = std::vector<std::string>;
  EXPECT_EQ(find_tracepoints(system_, "sched", "*").value(),
            (Names{"sched:sched_switch", "sched:sched_wake_idle", "sched:sched_wakeup"}));
  EXPECT_EQ(find_tracepoints(system_, "*", "s*_??try").value(), Names{"irq:softirq_entry"});
  EXPECT_EQ(find_tracepoints(system_, "sched", "sched_wake??").value(), Names{"sched:sched_wakeup"});
  EXPECT_EQ(find_tracepoints(system_, "sched", "x*").error().fact, "this kernel has no tracepoint 'sched:x*'");
  EXPECT_EQ(find_tracepoints(system_, "..", "*").error().code, Errc::usage);
  EXPECT_EQ(find_tracepoints(system_, "sched", "[a-z]*").error().code, Errc::usage);
  system_.tracefs = {root_.string() + "/absent"};
  EXPECT_NE(find_tracepoints(system_, "sched", "*").error().fact.find("mount -t tracefs"), std::string::npos);
}

EventPlan plan_of(const std::string& tracepoint) {
  EventPlan plan;
  plan.tracepoint = tracepoint;
  return plan;
}

std::string text_of(const std::vector<std::byte>& record) {
  std::string text;
  for (const std::byte byte : record) text += std::to_integer<char>(byte);
  return text.substr(16);
}

TEST_F(TracepointFolder, TellsTheFormatsOfTheEventsAndTheTextsOfTheKernel) {
  std::ofstream(root_ / "events/sched/sched_switch/format") << "name: sched_switch\n";
  std::ofstream(root_ / "printk_formats") << "0x12 : \"text\"\n";
  const auto records = load_tracepoint_infos(
      system_, {plan_of("sched:sched_switch"), plan_of(""), plan_of("sched:sched_switch"), plan_of("sched:gone")});
  ASSERT_EQ(records.size(), 2U);
  EXPECT_TRUE(text_of(records[0]).starts_with(std::string("sched\0name: sched_switch\n\0", 26)));
  EXPECT_TRUE(text_of(records[1])
                  .starts_with(std::string("\0"
                                           "0x12 : \"text\"\n\0",
                                           16)));
}

TEST_F(TracepointFolder, WithoutTracepointsNothingIsTold) {
  std::ofstream(root_ / "printk_formats") << "0x12 : \"text\"\n";
  EXPECT_TRUE(load_tracepoint_infos(system_, {plan_of("")}).empty());
}

TEST_F(TracepointFolder, AFormatThatNoRecordHoldsIsLeftOut) {
  std::ofstream(root_ / "events/sched/sched_switch/format") << std::string(70000, 'x');
  EXPECT_TRUE(load_tracepoint_infos(system_, {plan_of("sched:sched_switch")}).empty());
}

TEST_F(TracepointFolder, NamesThatAreNoneNeverReachTheFileSystem) {
  for (const char* name : {"", "..", "a/b", "a b", "sched_switch/../sched_switch"}) {
    const auto id = load_tracepoint_id(system_, "sched", name);
    ASSERT_FALSE(id) << name;
    EXPECT_EQ(id.error().code, Errc::usage) << name;
  }
}

}  // namespace
}  // namespace simdprof
