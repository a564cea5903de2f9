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
  void map_at(Pid pid, std::string_view path, VirtAddr start, std::uint64_t length = 0x1000) {
    MmapRecord map;
    map.pid = pid;
    map.start = start;
    map.length = length;
    map.path = path;
    tell(map);
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

TEST_F(ProgramTableTest, CodeOfAFileThatBothHaveMappedIsShared) {
  map_at(1, "/usr/bin/a", 0x400000);
  map_at(1, "/usr/lib/libc.so.6", 0x7f0000);
  map_at(2, "/usr/bin/b", 0x400000);
  map_at(2, "/usr/lib/libc.so.6", 0x7e0000);
  EXPECT_TRUE(table_.shares_code(1, 0x7f0000, 2));
  EXPECT_TRUE(table_.shares_code(1, 0x7f0fff, 2));
  EXPECT_FALSE(table_.shares_code(1, 0x7f1000, 2)) << "no file is there";
  EXPECT_FALSE(table_.shares_code(1, 0x400000, 2)) << "another file, at the same address";
  EXPECT_FALSE(table_.shares_code(1, 0x7f0000, 3)) << "nothing is known of the other";
  EXPECT_FALSE(table_.shares_code(3, 0x7f0000, 2)) << "nothing is known of the process";
}

TEST_F(ProgramTableTest, TheLoaderIsKnownByItsName) {
  const char* const loaders[] = {
      "/lib64/ld-linux-x86-64.so.2", "/lib/ld-2.31.so",  "/lib/ld-musl-x86_64.so.1",   "/lib64/ld64.so.2",
      "/lib/ld-linux.so.2",          "/libexec/ld.so.1", "/lib/ld-linux-aarch64.so.1", "/usr/lib/ld-linux.so.3"};
  const char* const others[] = {"/usr/bin/ld", "/usr/lib/libc.so.6", "/usr/lib/ldap.so", "/opt/ld-tool",
                                "/usr/lib/libld.so"};
  for (const char* path : loaders) {
    map_at(1, path, 0x7f0000);
    EXPECT_TRUE(table_.is_loader(1, 0x7f0000)) << path;
  }
  for (const char* path : others) {
    map_at(1, path, 0x7f0000);
    EXPECT_FALSE(table_.is_loader(1, 0x7f0000)) << path;
  }
  EXPECT_FALSE(table_.is_loader(1, 0x900000));
  EXPECT_FALSE(table_.is_loader(2, 0x7f0000));
}

TEST_F(ProgramTableTest, TheLatestMappingAtAnAddressCounts) {
  map_at(1, "/usr/lib/libc.so.6", 0x7f0000);
  map_at(2, "/usr/lib/libc.so.6", 0x7f0000);
  map_at(1, "/usr/lib/plugin.so", 0x7f0000);
  EXPECT_FALSE(table_.shares_code(1, 0x7f0000, 2));
  EXPECT_TRUE(table_.shares_code(2, 0x7f0000, 1));
}

TEST_F(ProgramTableTest, AChildHasItsParentsCodeUntilItExecutes) {
  map_at(1, "/usr/bin/sh", 0x400000);
  fork(1, 2);
  EXPECT_TRUE(table_.shares_code(2, 0x400000, 1));
  EXPECT_EQ(table_.mappings(), 2U);
  exec(2);
  EXPECT_FALSE(table_.shares_code(2, 0x400000, 1));
  EXPECT_EQ(table_.mappings(), 1U);
}

TEST_F(ProgramTableTest, AMappingPastTheEndOfAllAddressesIsPassedOver) {
  map_at(1, "/usr/bin/a", ~VirtAddr{0} - 1, 0x1000);
  EXPECT_EQ(table_.mappings(), 0U);
}

TEST_F(ProgramTableTest, MappingsAreBounded) {
  for (std::size_t i = 0; i < ProgramTable::kMaxMappings + 10; ++i) map_at(1, "/usr/bin/a", 0x1000 * i);
  EXPECT_EQ(table_.mappings(), ProgramTable::kMaxMappings);
  for (Pid child = 2; child < 5000; ++child) fork(1, child);
  EXPECT_LE(table_.mappings(), ProgramTable::kMaxAllMappings);
  EXPECT_TRUE(table_.size() == 4999 && !table_.differ(1, 2)) << "programs are still known";
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
  EXPECT_EQ(table_.mappings(), 0U);
}

TEST_F(ProgramTableTest, ItsSizeIsBounded) {
  for (Pid pid = 0; pid < static_cast<Pid>(ProgramTable::kMaxProcesses) + 10; ++pid) map(pid, "/usr/bin/a");
  EXPECT_LE(table_.size(), ProgramTable::kMaxProcesses);
}

}  // namespace
}  // namespace simdprof
