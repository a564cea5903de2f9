#include "lib/capture/ptrace_threads.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

namespace simdprof {
namespace {

TEST(ThreadTable, LooksUpTheProcessOfANewThread) {
  ThreadTable table;
  std::thread([&] {
    const auto tid = static_cast<Tid>(::gettid());
    EXPECT_EQ(table.adopt(tid).pid, ::getpid());
    EXPECT_EQ(table.find(tid)->tid, tid);
  }).join();
  EXPECT_EQ(table.size(), 1U);
}

TEST(ThreadTable, AThreadThatIsGoneAlreadyIsItsOwnProcess) {
  ThreadTable table;
  EXPECT_EQ(table.adopt(0x7ffffff0).pid, 0x7ffffff0);
  EXPECT_EQ(table.find(5), nullptr);
}

TEST(ThreadTable, AnExecEndsTheOtherThreadsOfTheProcessAlone) {
  ThreadTable table;
  for (const Tid tid : {0x7ffffff0, 0x7ffffff1, 0x7ffffff2}) table.adopt(tid).pid = 40;
  table.adopt(0x7ffffff3).pid = 41;
  EXPECT_EQ(table.erase_others(40, 0x7ffffff1).size(), 2U);
  EXPECT_EQ(table.tids(), (std::vector<Tid>{0x7ffffff1, 0x7ffffff3}));
}

TEST(ThreadTable, GuardsAllThreadsOfAProcess) {
  ThreadTable table;
  table.adopt(0x7ffffff0).pid = 40;
  table.adopt(0x7ffffff1).pid = 40;
  table.adopt(0x7ffffff2).pid = 41;
  table.set_guard(40, true, true);
  EXPECT_TRUE(table.find(0x7ffffff1)->guarded);
  EXPECT_TRUE(table.find(0x7ffffff1)->ignored_by_us);
  EXPECT_FALSE(table.find(0x7ffffff2)->guarded);
  table.set_guard(40, false, false);
  EXPECT_FALSE(table.find(0x7ffffff0)->guarded);
}

TEST(ThreadTable, ANewThreadIsAsGuardedAsItsProcess) {
  ThreadTable table;
  table.adopt(0x7ffffff0).pid = ::getpid();
  table.set_guard(::getpid(), true, true);
  std::thread([&] {
    const TracedThread& thread = table.adopt(static_cast<Tid>(::gettid()));
    EXPECT_TRUE(thread.guarded);
    EXPECT_TRUE(thread.ignored_by_us);
  }).join();
}

TEST(ThreadTable, GoesRoundTheProcesses) {
  ThreadTable table;
  EXPECT_EQ(table.next_process(0), 0);
  EXPECT_EQ(table.find_any_of(40), nullptr);
  table.adopt(0x7ffffff0).pid = 40;
  table.adopt(0x7ffffff1).pid = 50;
  table.adopt(0x7ffffff2).pid = 40;
  EXPECT_EQ(table.next_process(0), 40);
  EXPECT_EQ(table.next_process(40), 50);
  EXPECT_EQ(table.next_process(50), 40);
  EXPECT_EQ(table.find_any_of(50)->tid, 0x7ffffff1);
}

TEST(ThreadTable, GivesSharedEventsOnce) {
  ThreadTable table;
  const auto shared = std::make_shared<const TracedEvents::Set>();
  table.adopt(0x7ffffff0).events = shared;
  table.adopt(0x7ffffff1).events = shared;
  table.adopt(0x7ffffff2).events = std::make_shared<const TracedEvents::Set>();
  table.adopt(0x7ffffff3);
  EXPECT_EQ(table.event_sets().size(), 2U);
}

}  // namespace
}  // namespace simdprof
