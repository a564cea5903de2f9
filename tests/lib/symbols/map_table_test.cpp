#include "lib/symbols/map_table.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

Mapping mapping(VirtAddr start, VirtAddr end, FileOffset offset, std::string_view path) {
  Mapping made;
  made.start = start;
  made.end = end;
  made.file_offset = offset;
  made.path = path;
  return made;
}

std::string_view path_at(const MapTable& table, VirtAddr address) {
  const Mapping* found = table.find(address);
  return found == nullptr ? "none" : found->path;
}

TEST(MapTable, FindsTheFirstByteAndNotTheEnd) {
  MapTable table;
  table.insert(mapping(0x1000, 0x2000, 0, "a"));
  EXPECT_EQ(path_at(table, 0xfff), "none");
  EXPECT_EQ(path_at(table, 0x1000), "a");
  EXPECT_EQ(path_at(table, 0x1fff), "a");
  EXPECT_EQ(path_at(table, 0x2000), "none");
}

TEST(MapTable, ANewMappingInTheMiddleLeavesBothEndsWithTheirFileOffsets) {
  MapTable table;
  table.insert(mapping(0x1000, 0x4000, 0x100, "old"));
  table.insert(mapping(0x2000, 0x3000, 0, "new"));
  ASSERT_EQ(table.all().size(), 3U);
  EXPECT_EQ(path_at(table, 0x1fff), "old");
  EXPECT_EQ(path_at(table, 0x2000), "new");
  EXPECT_EQ(path_at(table, 0x3000), "old");
  EXPECT_EQ(table.find(0x1000)->file_offset, 0x100U);
  EXPECT_EQ(table.find(0x3000)->file_offset, 0x2100U);
  EXPECT_EQ(table.find(0x3000)->start, 0x3000U);
}

TEST(MapTable, ANewMappingReplacesAllThatItCovers) {
  MapTable table;
  for (VirtAddr start = 0x1000; start < 0x6000; start += 0x1000) table.insert(mapping(start, start + 0x800, 0, "old"));
  table.insert(mapping(0x1400, 0x5400, 0, "new"));
  EXPECT_EQ(path_at(table, 0x13ff), "old");
  EXPECT_EQ(path_at(table, 0x2000), "new");
  EXPECT_EQ(path_at(table, 0x4fff), "new");
  EXPECT_EQ(path_at(table, 0x5400), "old");
  EXPECT_EQ(table.find(0x5400)->file_offset, 0x400U);
  EXPECT_EQ(table.all().size(), 3U);
}

TEST(MapTable, EraseCutsAHole) {
  MapTable table;
  table.insert(mapping(0x1000, 0x4000, 0, "a"));
  table.erase(0x2000, 0x3000);
  EXPECT_EQ(path_at(table, 0x1fff), "a");
  EXPECT_EQ(path_at(table, 0x2000), "none");
  EXPECT_EQ(path_at(table, 0x2fff), "none");
  EXPECT_EQ(path_at(table, 0x3000), "a");
}

TEST(MapTable, IgnoresAMappingOfNoBytesAndTakesTheTopOfTheAddressSpace) {
  MapTable table;
  table.insert(mapping(0x1000, 0x1000, 0, "empty"));
  EXPECT_TRUE(table.all().empty());
  table.insert(mapping(0xffffffffff600000, 0xffffffffffffffff, 0, "top"));
  EXPECT_EQ(path_at(table, 0xfffffffffffffffe), "top");
}

}  // namespace
}  // namespace simdprof
