#include "lib/symbols/address_spaces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

namespace simdprof {
namespace {

Record record_of(RecordBody body) {
  Record record;
  record.body = std::move(body);
  return record;
}

MmapRecord mmap_of(Pid pid, VirtAddr start, std::uint64_t length, std::string_view path, FileOffset offset = 0) {
  MmapRecord mmap;
  mmap.pid = mmap.tid = pid;
  mmap.start = start;
  mmap.length = length;
  mmap.path = path;
  mmap.file_offset = offset;
  return mmap;
}

CommRecord comm_of(Pid pid, Tid tid, std::string_view comm, bool exec = false) { return {pid, tid, exec, comm}; }

ForkRecord fork_of(Pid parent, Pid pid, Tid parent_tid, Tid tid) {
  ForkRecord fork;
  fork.parent_pid = parent;
  fork.pid = pid;
  fork.parent_tid = parent_tid;
  fork.tid = tid;
  return fork;
}

ExitRecord exit_of(Pid pid, Tid tid) {
  ExitRecord exit;
  exit.pid = exit.parent_pid = pid;
  exit.tid = exit.parent_tid = tid;
  return exit;
}

class AddressSpacesTest : public testing::Test {
 protected:
  template <class Body>
  void tell(Body body) {
    spaces_.observe(record_of(std::move(body)));
  }
  std::string path_at(Pid pid, VirtAddr address) const {
    const Mapping* mapping = spaces_.find(pid, address);
    return mapping == nullptr ? "none" : std::string(mapping->path);
  }
  AddressSpaces spaces_;
};

TEST_F(AddressSpacesTest, MappingsOfAGuestAreNotThoseOfTheHost) {
  Record record = record_of(mmap_of(7, 0xffffffff81000000, 0x1000000, "[guest.kernel.kallsyms]_text"));
  record.misc = abi::PERF_RECORD_MISC_GUEST_KERNEL;
  spaces_.observe(record);
  EXPECT_EQ(path_at(7, 0xffffffff81000010), "none");
  EXPECT_EQ(spaces_.find_kernel(0xffffffff81000010), nullptr);
}

TEST_F(AddressSpacesTest, FindsTheMappingThatCoversAnAddress) {
  tell(mmap_of(1, 0x1000, 0x1000, "/a"));
  tell(mmap_of(1, 0x3000, 0x1000, "/b", 0x7000));
  EXPECT_EQ(path_at(1, 0xfff), "none");
  EXPECT_EQ(path_at(1, 0x1000), "/a");
  EXPECT_EQ(path_at(1, 0x1fff), "/a");
  EXPECT_EQ(path_at(1, 0x2000), "none");
  EXPECT_EQ(path_at(1, 0x3fff), "/b");
  EXPECT_EQ(path_at(2, 0x1000), "none");
  EXPECT_EQ(spaces_.find(1, 0x3000)->file_offset, 0x7000U);
}

TEST_F(AddressSpacesTest, ANewMappingInTheMiddleSplitsTheOlder) {
  tell(mmap_of(1, 0x1000, 0x5000, "/old", 0x10000));
  tell(mmap_of(1, 0x3000, 0x1000, "/new"));
  ASSERT_EQ(spaces_.mappings(1).size(), 3U);
  EXPECT_EQ(path_at(1, 0x2fff), "/old");
  EXPECT_EQ(path_at(1, 0x3000), "/new");
  EXPECT_EQ(path_at(1, 0x4000), "/old");
  EXPECT_EQ(spaces_.find(1, 0x2000)->file_offset, 0x10000U);
  EXPECT_EQ(spaces_.find(1, 0x4000)->file_offset, 0x13000U) << "offset of the tail follows its start";
}

TEST_F(AddressSpacesTest, ANewMappingOverSeveralCutsTheOuterOnesAndDropsTheInner) {
  tell(mmap_of(1, 0x1000, 0x1000, "/a"));
  tell(mmap_of(1, 0x2000, 0x1000, "/b"));
  tell(mmap_of(1, 0x3000, 0x1000, "/c", 0x100000));
  tell(mmap_of(1, 0x1800, 0x2000, "/n"));
  EXPECT_EQ(path_at(1, 0x17ff), "/a");
  EXPECT_EQ(path_at(1, 0x1800), "/n");
  EXPECT_EQ(path_at(1, 0x37ff), "/n");
  EXPECT_EQ(path_at(1, 0x3800), "/c");
  EXPECT_EQ(spaces_.find(1, 0x3800)->file_offset, 0x100800U);
  EXPECT_EQ(spaces_.mappings(1).size(), 3U);
}

TEST_F(AddressSpacesTest, AMappingPastTheEndOfTheAddressSpaceIsCutThere) {
  tell(mmap_of(1, 0xfffffffffffff000, 0x10000, "/end"));
  EXPECT_EQ(path_at(1, 0xfffffffffffffffe), "/end");
  EXPECT_EQ(path_at(1, 0), "none");
  tell(mmap_of(1, 0x1000, 0, "/empty"));
  EXPECT_EQ(path_at(1, 0x1000), "none");
}

TEST_F(AddressSpacesTest, ExecDropsTheOldMappingsAndKeepsTheNewOnesThatFollow) {
  tell(mmap_of(1, 0x1000, 0x1000, "/shell"));
  tell(comm_of(1, 1, "program", true));
  EXPECT_EQ(path_at(1, 0x1000), "none");
  tell(mmap_of(1, 0x5000, 0x1000, "/program"));
  EXPECT_EQ(path_at(1, 0x5000), "/program");
  tell(comm_of(1, 1, "renamed"));
  EXPECT_EQ(path_at(1, 0x5000), "/program") << "a new name alone is no exec";
  EXPECT_EQ(spaces_.comm(1, 1), "renamed");
}

TEST_F(AddressSpacesTest, AChildHasTheParentsMappingsAndThenItsOwn) {
  tell(comm_of(1, 1, "parent"));
  tell(mmap_of(1, 0x1000, 0x1000, "/shared"));
  tell(fork_of(1, 2, 1, 2));
  EXPECT_EQ(path_at(2, 0x1000), "/shared");
  EXPECT_EQ(spaces_.generation(1), spaces_.generation(2));
  tell(mmap_of(2, 0x1000, 0x1000, "/child"));
  EXPECT_EQ(path_at(2, 0x1000), "/child");
  EXPECT_EQ(path_at(1, 0x1000), "/shared");
  EXPECT_NE(spaces_.generation(1), spaces_.generation(2));
  tell(mmap_of(1, 0x9000, 0x1000, "/later"));
  EXPECT_EQ(path_at(2, 0x9000), "none");
  EXPECT_EQ(spaces_.comm(2, 2), "parent");
}

TEST_F(AddressSpacesTest, ThreadsShareMappingsAndInheritTheNameOfTheThreadThatMadeThem) {
  tell(comm_of(1, 1, "main"));
  tell(comm_of(1, 5, "worker"));
  tell(fork_of(1, 1, 5, 6));
  EXPECT_EQ(spaces_.comm(1, 6), "worker");
  tell(mmap_of(1, 0x1000, 0x1000, "/a"));
  EXPECT_EQ(path_at(1, 0x1000), "/a");
  tell(comm_of(1, 6, "other"));
  EXPECT_EQ(spaces_.comm(1, 5), "worker");
  EXPECT_EQ(spaces_.comm(1, 6), "other");
}

TEST_F(AddressSpacesTest, AThreadThatWasNeverToldIsNamedByItsNumber) {
  EXPECT_EQ(spaces_.comm(7, 8), ":8");
  EXPECT_EQ(spaces_.comm(0, 0), "swapper");
  EXPECT_EQ(spaces_.comm(7, 8).data(), spaces_.comm(7, 8).data());
}

TEST_F(AddressSpacesTest, AnEndedTaskKeepsItsMappingsForLateSamplesUntilItsIdIsUsedAgain) {
  tell(comm_of(1, 1, "parent"));
  tell(mmap_of(1, 0x5000, 0x1000, "/parent"));
  tell(comm_of(9, 9, "first"));
  tell(mmap_of(9, 0x1000, 0x1000, "/first"));
  tell(exit_of(9, 9));
  EXPECT_EQ(path_at(9, 0x1000), "/first");
  EXPECT_EQ(spaces_.comm(9, 9), "first");
  tell(fork_of(1, 9, 1, 9));
  EXPECT_EQ(path_at(9, 0x1000), "none");
  EXPECT_EQ(path_at(9, 0x5000), "/parent");
  EXPECT_EQ(spaces_.comm(9, 9), "parent");
}

TEST_F(AddressSpacesTest, LongEndedTasksAreForgottenButNotTheLiving) {
  tell(comm_of(1, 1, "alive"));
  tell(mmap_of(1, 0x1000, 0x1000, "/alive"));
  for (Pid pid = 100; pid < 5000; ++pid) {
    tell(fork_of(1, pid, 1, pid));
    tell(mmap_of(pid, 0x9000, 0x1000, "/child"));
    tell(exit_of(pid, pid));
  }
  EXPECT_EQ(path_at(100, 0x9000), "none");
  EXPECT_EQ(path_at(4999, 0x9000), "/child");
  EXPECT_EQ(path_at(1, 0x1000), "/alive");
  EXPECT_EQ(spaces_.comm(100, 100), ":100");
}

TEST_F(AddressSpacesTest, TheLeadersEndLeavesTheOtherThreadsTheirMappings) {
  tell(fork_of(1, 2, 1, 2));
  tell(mmap_of(2, 0x1000, 0x1000, "/threads"));
  tell(fork_of(2, 2, 2, 3));
  tell(exit_of(2, 2));
  for (Pid pid = 100; pid < 3000; ++pid) {
    tell(fork_of(1, pid, 1, pid));
    tell(exit_of(pid, pid));
  }
  EXPECT_EQ(path_at(2, 0x1000), "/threads");
}

TEST_F(AddressSpacesTest, KernelMappingsAreOfNoProcess) {
  MmapRecord image = mmap_of(-1, 0xffffffff81000000, 0x1000000, "[kernel.kallsyms]_text", 0xffffffff81000000);
  image.kernel = true;
  tell(image);
  MmapRecord module = mmap_of(-1, 0xffffffffc0000000, 0x4000, "[nf_tables]");
  module.kernel = true;
  tell(module);
  ASSERT_NE(spaces_.find_kernel(0xffffffff81000010), nullptr);
  EXPECT_EQ(spaces_.find_kernel(0xffffffffc0003fff)->path, "[nf_tables]");
  EXPECT_EQ(spaces_.find_kernel(0xffffffffc0004000), nullptr);
  EXPECT_EQ(path_at(-1, 0xffffffff81000010), "none");
  ASSERT_NE(spaces_.kernel_image(), nullptr);
  EXPECT_EQ(spaces_.kernel_image()->file_offset, 0xffffffff81000000U);
}

TEST_F(AddressSpacesTest, KernelSymbolsComeAndGo) {
  KsymbolRecord program;
  program.address = 0xffffffffc0500000;
  program.length = 0x80;
  program.name = "bpf_prog_6deef7357e7b4530_sd_devices";
  tell(program);
  const Mapping* found = spaces_.find_kernel(0xffffffffc050007f);
  ASSERT_NE(found, nullptr);
  EXPECT_TRUE(found->kernel_symbol);
  EXPECT_EQ(found->path, program.name);
  program.flags = 1;  // PERF_RECORD_KSYMBOL_FLAGS_UNREGISTER
  tell(program);
  EXPECT_EQ(spaces_.find_kernel(0xffffffffc050007f), nullptr);
}

TEST_F(AddressSpacesTest, BuildIdsComeWithTheMappingOrBeforeIt) {
  constexpr std::array<std::byte, 3> kId = {std::byte{0x0a}, std::byte{0xbc}, std::byte{0xff}};
  MmapRecord with_id = mmap_of(1, 0x1000, 0x1000, "/with");
  with_id.build_id = kId;
  tell(with_id);
  EXPECT_EQ(spaces_.find(1, 0x1000)->build_id, "0abcff");
  tell(BuildIdRecord{kId, "/told"});
  tell(mmap_of(1, 0x2000, 0x1000, "/told"));
  EXPECT_EQ(spaces_.find(1, 0x2000)->build_id, "0abcff");
  tell(mmap_of(1, 0x3000, 0x1000, "/without"));
  EXPECT_TRUE(spaces_.find(1, 0x3000)->build_id.empty());
}

TEST_F(AddressSpacesTest, RecordsOfOtherKindsChangeNothing) {
  tell(mmap_of(1, 0x1000, 0x1000, "/a"));
  const auto generation = spaces_.generation(1);
  tell(Sample{});
  tell(LostRecord{1, 2});
  EXPECT_EQ(spaces_.generation(1), generation);
  EXPECT_EQ(path_at(1, 0x1000), "/a");
}

TEST_F(AddressSpacesTest, TextOutlivesTheRecordItCameIn) {
  std::string path = "/gone/by/then";
  tell(mmap_of(1, 0x1000, 0x1000, path));
  path.assign(path.size(), 'x');
  EXPECT_EQ(path_at(1, 0x1000), "/gone/by/then");
}

}  // namespace
}  // namespace simdprof
