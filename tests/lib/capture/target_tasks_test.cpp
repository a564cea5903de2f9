#include "lib/capture/target_tasks.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace simdprof {
namespace {

constexpr Pid kNobody = 0x7ffffff0;

bool contains(const std::vector<std::int32_t>& list, std::int32_t value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

TEST(TargetTasks, ThreadsOfAProcessAreListed) {
  std::atomic<Tid> tid{0};
  std::atomic<bool> over{false};
  std::thread thread([&] {
    tid = static_cast<Tid>(::syscall(SYS_gettid));
    while (!over) std::this_thread::yield();
  });
  while (tid == 0) std::this_thread::yield();
  const auto threads = list_threads(::getpid());
  EXPECT_TRUE(contains(threads, ::getpid()));
  EXPECT_TRUE(contains(threads, tid));
  EXPECT_EQ(find_process_of(tid), ::getpid());
  const auto targets = list_target_threads({{}, {}, {tid}, false, {}});
  over = true;
  thread.join();
  ASSERT_TRUE(targets);
  EXPECT_EQ(*targets, (std::vector<Tid>{tid}));
}

TEST(TargetTasks, WhoIsNotThereIsNotFound) {
  EXPECT_TRUE(list_threads(kNobody).empty());
  EXPECT_EQ(find_process_of(kNobody).error().code, Errc::not_found);
  EXPECT_EQ(list_target_threads({{}, {kNobody}, {}, false, {}}).error().code, Errc::not_found);
  EXPECT_EQ(list_target_threads({{}, {}, {kNobody}, false, {}}).error().code, Errc::not_found);
}

TEST(TargetTasks, DescendantsBeginWithTheProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const auto family = list_descendants(::getpid());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ASSERT_FALSE(family.empty());
  EXPECT_EQ(family.front(), ::getpid());
  EXPECT_TRUE(contains(family, child));
}

TEST(TargetTasks, AllProcessesIncludeThisOne) { EXPECT_TRUE(contains(list_processes(), ::getpid())); }

}  // namespace
}  // namespace simdprof
