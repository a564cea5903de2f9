#include "cmd/run_prefetch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

namespace simdprof::cmd {
namespace {

std::vector<std::size_t> backwards(std::size_t count) {
  std::vector<std::size_t> order;
  for (std::size_t i = count; i > 0; --i) order.push_back(i - 1);
  return order;
}

RunLoad load_number(std::size_t run) {
  RunLoad load;
  load.run.bytes.resize(run + 1);
  load.damaged = run % 3 == 0;
  return load;
}

TEST(RunPrefetch, GivesRunsInTheAskedOrder) {
  for (const std::size_t count : {0U, 1U, 3U, 4U, 100U}) {
    RunPrefetch prefetch{backwards(count), load_number};
    for (std::size_t i = count; i > 0; --i) {
      const RunLoad load = prefetch.take();
      EXPECT_EQ(load.run.bytes.size(), i);
      EXPECT_EQ(load.damaged, (i - 1) % 3 == 0);
    }
  }
}

TEST(RunPrefetch, LoadsEachRunOnceAndNotFarAhead) {
  std::atomic<std::size_t> loaded{0};
  {
    RunPrefetch prefetch{backwards(1000), [&](std::size_t run) {
                           ++loaded;
                           return load_number(run);
                         }};
    (void)prefetch.take();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_LE(loaded.load(), 1U + 2U * 16U) << "two runs a worker, 16 workers at most";
  }
  EXPECT_LE(loaded.load(), 1U + 2U * 16U) << "what nobody asked for is not loaded at the end either";
}

}  // namespace
}  // namespace simdprof::cmd
