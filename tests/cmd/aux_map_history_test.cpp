#include "cmd/aux_map_history.h"

#include <gtest/gtest.h>

#include "tests/cmd/mmap_record.h"

namespace simdprof::cmd {
namespace {

using test::mmap_record;

Record fork_of(Pid parent, Pid child) {
  ForkRecord fork;
  fork.pid = fork.tid = child;
  fork.parent_pid = fork.parent_tid = parent;
  Record record;
  record.body = fork;
  return record;
}

Record exec_of(Pid pid) {
  CommRecord comm;
  comm.pid = comm.tid = pid;
  comm.exec = true;
  comm.comm = "new";
  Record record;
  record.body = comm;
  return record;
}

class AuxMaps : public testing::Test {
 protected:
  /// Path of what is mapped there; empty: nothing.
  std::string path(Pid pid, VirtAddr address, std::uint64_t time_ns) {
    const AuxMapHistory::Entry* entry = maps.find(pid, address, time_ns);
    return entry == nullptr ? "" : maps.files()[entry->file].path;
  }
  AuxMapHistory maps{{{"/bin/known", "abcd"}}};
};

TEST_F(AuxMaps, AMappingHoldsUntilAnotherCoversIt) {
  maps.observe(mmap_record(1, 0x1000, 0x4000, "/a"), 100);
  maps.observe(mmap_record(1, 0x2000, 0x1000, "/b"), 200);
  maps.finish();
  EXPECT_EQ(path(1, 0x2000, 150), "/a");
  EXPECT_EQ(path(1, 0x2000, 200), "/b");
  EXPECT_EQ(path(1, 0x1fff, 300), "/a");
  EXPECT_EQ(path(1, 0x3000, 300), "/a");
  EXPECT_EQ(path(1, 0x5000, 300), "");
  EXPECT_EQ(path(2, 0x2000, 300), "");
}

TEST_F(AuxMaps, FilesThatStoodThereBeforeTheVdsoAreKnown) {
  maps.observe(mmap_record(1, 0x1000, 0x1000, "/program"), 100);
  maps.observe(mmap_record(1, 0x4000, 0x1000, "[vdso]"), 110);
  maps.observe(mmap_record(1, 0x8000, 0x1000, "/library"), 120);
  maps.observe(mmap_record(2, 0x8000, 0x1000, "/other"), 120);
  maps.finish();
  ASSERT_EQ(maps.files().size(), 4U);
  EXPECT_TRUE(maps.files()[0].before_vdso);
  EXPECT_FALSE(maps.files()[1].before_vdso);
  EXPECT_FALSE(maps.files()[2].before_vdso);
  EXPECT_FALSE(maps.files()[3].before_vdso);
}

TEST_F(AuxMaps, WhatIsLeftBehindANewMappingKeepsItsPlaceInTheFile) {
  maps.observe(mmap_record(1, 0x1000, 0x4000, "/a"), 100);
  maps.observe(mmap_record(1, 0x2000, 0x1000, "/b"), 200);
  maps.finish();
  const AuxMapHistory::Entry* tail = maps.find(1, 0x3004, 300);
  ASSERT_NE(tail, nullptr);
  EXPECT_EQ(tail->file_offset + (0x3004 - tail->start), 0x2004U);
  const AuxMapHistory::Entry* old = maps.find(1, 0x2004, 150);
  ASSERT_NE(old, nullptr);
  EXPECT_EQ(old->file_offset + (0x2004 - old->start), 0x1004U);
}

TEST_F(AuxMaps, BeforeItsRecordTheNextMappingIsMeant) {
  maps.observe(mmap_record(1, 0x1000, 0x1000, "/a"), 100);
  maps.finish();
  EXPECT_EQ(path(1, 0x1000, 90), "/a") << "the trace's clock lags, code that is not mapped cannot run";
}

TEST_F(AuxMaps, AChildHasItsParentsMappingsOfThatTime) {
  maps.observe(mmap_record(1, 0x1000, 0x1000, "/a"), 100);
  maps.observe(fork_of(1, 2), 200);
  maps.observe(mmap_record(1, 0x1000, 0x1000, "/later"), 300);
  maps.observe(mmap_record(2, 0x8000, 0x1000, "/own"), 300);
  maps.finish();
  EXPECT_EQ(path(2, 0x1000, 400), "/a");
  EXPECT_EQ(path(1, 0x1000, 400), "/later");
  EXPECT_EQ(path(2, 0x8000, 400), "/own");
  EXPECT_EQ(path(1, 0x8000, 400), "");
}

TEST_F(AuxMaps, AfterAnExecNothingOfTheOldProgramIsLeft) {
  maps.observe(mmap_record(1, 0x1000, 0x1000, "/old"), 100);
  maps.observe(exec_of(1), 200);
  maps.observe(mmap_record(1, 0x4000, 0x1000, "/new"), 210);
  maps.finish();
  EXPECT_EQ(path(1, 0x1000, 150), "/old");
  EXPECT_EQ(path(1, 0x1000, 220), "");
  EXPECT_EQ(path(1, 0x4000, 220), "/new");
  EXPECT_EQ(path(1, 0x4000, 195), "/new") << "the trace's clock lags";
  EXPECT_EQ(path(1, 0x4000, ~std::uint64_t{0}), "/new");
}

TEST_F(AuxMaps, TellsWhenTheyChangeNext) {
  maps.observe(mmap_record(1, 0x1000, 0x1000, "/a"), 100);
  maps.observe(mmap_record(2, 0x1000, 0x1000, "/b"), 150);
  maps.observe(exec_of(1), 200);
  maps.finish();
  EXPECT_EQ(maps.next_change(1, 50), 100U);
  EXPECT_EQ(maps.next_change(1, 100), 200U);
  EXPECT_EQ(maps.next_change(1, 200), ~std::uint64_t{0});
  EXPECT_EQ(maps.next_change(7, 0), ~std::uint64_t{0});
}

TEST_F(AuxMaps, BuildIdsComeFromTheMetadata) {
  maps.observe(mmap_record(1, 0x1000, 0x1000, "/bin/known"), 100);
  maps.observe(mmap_record(1, 0x3000, 0x1000, "/bin/other"), 100);
  maps.finish();
  ASSERT_EQ(maps.files().size(), 2U);
  EXPECT_EQ(maps.files()[0].build_id, "abcd");
  EXPECT_EQ(maps.files()[1].build_id, "");
}

TEST_F(AuxMaps, ManyForksOfForksEnd) {
  maps.observe(mmap_record(1, 0x1000, 0x1000, "/a"), 1);
  for (Pid pid = 1; pid < 2000; ++pid) maps.observe(fork_of(pid, pid + 1), static_cast<std::uint64_t>(pid) + 1);
  maps.finish();
  EXPECT_EQ(path(100, 0x1000, 5000), "/a");
  EXPECT_EQ(path(2000, 0x9000, 5000), "");
}

}  // namespace
}  // namespace simdprof::cmd
