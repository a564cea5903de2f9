#include "decoders/validity/program_table.h"

#include <gtest/gtest.h>

#include <utility>

namespace simdprof {
namespace {

class ProgramTableTest : public testing::Test {
 protected:
  void tell(RecordBody body, std::uint16_t misc = abi::PERF_RECORD_MISC_USER) {
    Record record;
    record.misc = misc;
    record.body = std::move(body);
    table_.observe(record);
  }
  void map(Pid pid, std::string_view path, std::uint16_t misc = abi::PERF_RECORD_MISC_USER) {
    MmapRecord map;
    map.pid = pid;
    map.path = path;
    tell(map, misc);
  }
  void exec(Pid pid) {
    CommRecord comm;
    comm.pid = comm.tid = pid;
    comm.exec = true;
    tell(comm);
  }
  void fork(Pid parent, Pid child) {
    ForkRecord fork;
    fork.parent_pid = parent;
    fork.pid = child;
    tell(fork);
  }
  ProgramTable table_;
};

TEST_F(ProgramTableTest, TheFirstMappedFileIsTheProgram) {
  map(1, "/usr/bin/a");
  map(1, "/usr/lib/libc.so.6");
  map(2, "/usr/bin/b");
  map(2, "/usr/lib/libc.so.6");
  map(3, "/usr/bin/a");
  EXPECT_TRUE(table_.differ(1, 2));
  EXPECT_FALSE(table_.differ(1, 3));
}

TEST_F(ProgramTableTest, UnknownIsNotDifferent) {
  map(1, "/usr/bin/a");
  EXPECT_FALSE(table_.differ(1, 2));
  map(2, "[heap]");
  map(2, "//anon");
  map(2, "/usr/bin/b", abi::PERF_RECORD_MISC_GUEST_USER);
  EXPECT_FALSE(table_.differ(1, 2));
}

TEST_F(ProgramTableTest, AChildHasItsParentsProgramUntilItExecutes) {
  map(1, "/usr/bin/sh");
  fork(1, 2);
  EXPECT_FALSE(table_.differ(1, 2));
  exec(2);
  EXPECT_FALSE(table_.differ(1, 2)) << "not known yet";
  map(2, "/usr/bin/tool");
  EXPECT_TRUE(table_.differ(1, 2));
}

TEST_F(ProgramTableTest, AnEndedProcessIsForgotten) {
  map(1, "/usr/bin/a");
  ExitRecord exit;
  exit.pid = 1;
  exit.tid = 9;  // a thread
  tell(exit);
  EXPECT_EQ(table_.size(), 1U);
  exit.tid = 1;
  tell(exit);
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(ProgramTableTest, ItsSizeIsBounded) {
  for (Pid pid = 0; pid < static_cast<Pid>(ProgramTable::kMaxProcesses) + 10; ++pid) map(pid, "/usr/bin/a");
  EXPECT_LE(table_.size(), ProgramTable::kMaxProcesses);
}

}  // namespace
}  // namespace simdprof
