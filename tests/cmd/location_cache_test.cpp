#include "cmd/location_cache.h"

#include <gtest/gtest.h>

namespace simdprof::cmd {
namespace {

Record mapping(Pid pid, VirtAddr start, std::string_view path) {
  MmapRecord mmap;
  mmap.pid = mmap.tid = pid;
  mmap.start = start;
  mmap.length = 0x1000;
  mmap.prot = 5;   // PROT_READ | PROT_EXEC
  mmap.flags = 2;  // MAP_PRIVATE
  mmap.path = path;
  Record record;
  record.type = abi::PERF_RECORD_MMAP2;
  record.body = mmap;
  return record;
}

class LocationCacheTest : public testing::Test {
 protected:
  void observe(const Record& record) {
    spaces.observe(record);
    cache.observe(record);
  }
  Unresolved reason(Pid pid, VirtAddr address, CpuMode mode = CpuMode::user) {
    const Location& place = cache.locate(pid, address, mode, false);
    EXPECT_EQ(place.address, address);
    return place.reason;
  }

  AddressSpaces spaces;
  Resolver resolver{SymbolOptions{}};
  LocationCache cache{spaces, resolver};
};

TEST_F(LocationCacheTest, AnAnswerHoldsUntilTheMappingsChange) {
  EXPECT_EQ(reason(7, 0x401000), Unresolved::no_map);
  observe(mapping(7, 0x401000, "//anon"));
  EXPECT_EQ(reason(7, 0x401000), Unresolved::anonymous_map);
  EXPECT_EQ(reason(8, 0x401000), Unresolved::no_map);
}

TEST_F(LocationCacheTest, ModesOfOneAddressAreApart) {
  observe(mapping(7, 0x401000, "//anon"));
  EXPECT_EQ(reason(7, 0x401000), Unresolved::anonymous_map);
  EXPECT_EQ(reason(7, 0x401000, CpuMode::guest_user), Unresolved::guest);
  EXPECT_EQ(reason(7, 0x401000), Unresolved::anonymous_map);
}

// More addresses than slots: every answer is that of its own address all the same.
TEST_F(LocationCacheTest, AFullTableForgetsAndLooksUpAgain) {
  observe(mapping(7, 0x401000, "//anon"));
  for (int round = 0; round < 2; ++round) {
    for (VirtAddr address = 0x400000; address < 0x420000; address += 2) {
      const bool mapped = address >= 0x401000 && address < 0x402000;
      ASSERT_EQ(reason(7, address), mapped ? Unresolved::anonymous_map : Unresolved::no_map) << address;
    }
  }
}

}  // namespace
}  // namespace simdprof::cmd
