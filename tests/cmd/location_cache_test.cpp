#include "cmd/location_cache.h"

#include <gtest/gtest.h>

#include "tests/cmd/mmap_record.h"

namespace simdprof::cmd {
namespace {

using test::mmap_record;

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
  observe(mmap_record(7, 0x401000, 0x1000, "//anon"));
  EXPECT_EQ(reason(7, 0x401000), Unresolved::anonymous_map);
  EXPECT_EQ(reason(8, 0x401000), Unresolved::no_map);
}

TEST_F(LocationCacheTest, ModesOfOneAddressAreApart) {
  observe(mmap_record(7, 0x401000, 0x1000, "//anon"));
  EXPECT_EQ(reason(7, 0x401000), Unresolved::anonymous_map);
  EXPECT_EQ(reason(7, 0x401000, CpuMode::guest_user), Unresolved::guest);
  EXPECT_EQ(reason(7, 0x401000), Unresolved::anonymous_map);
}

// More addresses than slots: every answer is that of its own address all the same.
TEST_F(LocationCacheTest, AFullTableForgetsAndLooksUpAgain) {
  observe(mmap_record(7, 0x401000, 0x1000, "//anon"));
  for (int round = 0; round < 2; ++round) {
    for (VirtAddr address = 0x400000; address < 0x420000; address += 2) {
      const bool mapped = address >= 0x401000 && address < 0x402000;
      ASSERT_EQ(reason(7, address), mapped ? Unresolved::anonymous_map : Unresolved::no_map) << address;
    }
  }
}

}  // namespace
}  // namespace simdprof::cmd
