#include "cmd/map_generations.h"

#include <gtest/gtest.h>

namespace simdprof::cmd {
namespace {

template <class Body>
Record record_of(Body body) {
  Record record;
  record.body = body;
  return record;
}

MmapRecord mmap_of(Pid pid, bool kernel = false) {
  MmapRecord mmap;
  mmap.pid = pid;
  mmap.kernel = kernel;
  return mmap;
}

TEST(MapGenerations, AMappingChangesItsProcessAlone) {
  MapGenerations generations;
  const auto seven = generations.version(7, CpuMode::user);
  const auto eight = generations.version(8, CpuMode::user);
  EXPECT_NE(seven, eight);
  generations.observe(record_of(mmap_of(7)));
  EXPECT_NE(generations.version(7, CpuMode::user), seven);
  EXPECT_EQ(generations.version(8, CpuMode::user), eight);
}

TEST(MapGenerations, TheProcessAskedForLastIsNoException) {
  MapGenerations generations;
  const auto before = generations.version(7, CpuMode::user);
  generations.observe(record_of(mmap_of(7)));
  const auto after = generations.version(7, CpuMode::user);
  EXPECT_NE(after, before);
  (void)generations.version(8, CpuMode::user);
  EXPECT_EQ(generations.version(7, CpuMode::user), after);
}

TEST(MapGenerations, TheKernelIsOneForAllProcesses) {
  MapGenerations generations;
  const auto user = generations.version(7, CpuMode::user);
  const auto kernel = generations.version(7, CpuMode::kernel);
  EXPECT_EQ(generations.version(8, CpuMode::kernel), kernel);
  generations.observe(record_of(mmap_of(-1, true)));
  EXPECT_NE(generations.version(8, CpuMode::kernel), kernel);
  EXPECT_EQ(generations.version(7, CpuMode::user), user);
}

TEST(MapGenerations, ExecForkAndExitOfAProcessCountThoseOfThreadsDoNot) {
  MapGenerations generations;
  const auto version = [&] { return generations.version(7, CpuMode::user); };
  auto before = version();
  CommRecord comm;
  comm.pid = comm.tid = 7;
  generations.observe(record_of(comm));
  EXPECT_EQ(version(), before) << "a new name is no new program";
  comm.exec = true;
  generations.observe(record_of(comm));
  EXPECT_NE(version(), before);
  before = version();
  ForkRecord fork;
  fork.pid = 7;
  fork.parent_pid = 7;
  fork.tid = 9;
  generations.observe(record_of(fork));
  ExitRecord exit;
  exit.pid = 7;
  exit.tid = 9;
  generations.observe(record_of(exit));
  EXPECT_EQ(version(), before) << "a thread came and went";
  fork.parent_pid = 1;
  generations.observe(record_of(fork));
  EXPECT_NE(version(), before);
  before = version();
  exit.tid = 7;
  generations.observe(record_of(exit));
  EXPECT_NE(version(), before);
}

}  // namespace
}  // namespace simdprof::cmd
