#include "lib/capture/proc_maps.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(ProcMaps, ReadsOneLineOfAFile) {
  const auto maps =
      parse_proc_maps("7f12a0028000-7f12a01bd000 r-xp 00028000 fe:01 393812                     /usr/lib/libc.so.6\n");
  ASSERT_EQ(maps.size(), 1U);
  EXPECT_EQ(maps[0].start, 0x7f12a0028000U);
  EXPECT_EQ(maps[0].end, 0x7f12a01bd000U);
  EXPECT_EQ(maps[0].file_offset, 0x28000U);
  EXPECT_EQ(maps[0].major, 0xfeU);
  EXPECT_EQ(maps[0].minor, 1U);
  EXPECT_EQ(maps[0].inode, 393812U);
  EXPECT_EQ(maps[0].prot, 5U);
  EXPECT_EQ(maps[0].flags, 2U);
  EXPECT_EQ(maps[0].path, "/usr/lib/libc.so.6");
}

TEST(ProcMaps, ReadsAnonymousSpecialAndOddNames) {
  const auto maps = parse_proc_maps(
      "1000-2000 rwxp 00000000 00:00 0 \n"
      "3000-4000 r--s 00001000 00:13 77                         /tmp/a b (deleted)\n"
      "5000-6000 r-xp 00000000 00:00 0                          [vdso]\n"
      "7000-8000 r-xp 00000000 00:13 9                          /tmp/new\\012line");
  ASSERT_EQ(maps.size(), 4U);
  EXPECT_EQ(maps[0].path, "");
  EXPECT_EQ(maps[0].prot, 7U);
  EXPECT_EQ(maps[1].path, "/tmp/a b (deleted)");
  EXPECT_EQ(maps[1].flags, 1U);
  EXPECT_EQ(maps[2].path, "[vdso]");
  EXPECT_EQ(maps[3].path, "/tmp/new\nline");
}

TEST(ProcMaps, EveryShorterLineGivesNoMappingOrAShorterName) {
  const std::string line = "1000-2000 r-xp 00000000 fe:01 12 /bin/x";
  for (std::size_t size = 0; size < line.size(); ++size) {
    const auto maps = parse_proc_maps(std::string_view(line).substr(0, size));
    ASSERT_LE(maps.size(), 1U);
    if (!maps.empty()) {
      EXPECT_TRUE(std::string("/bin/x").starts_with(maps[0].path)) << size;
    }
  }
}

TEST(ProcMaps, LeavesOutLinesThatAreNoMapping) {
  EXPECT_TRUE(parse_proc_maps("").empty());
  EXPECT_TRUE(parse_proc_maps("\n\nrubbish\n").empty());
  EXPECT_TRUE(parse_proc_maps("2000-1000 r-xp 00000000 00:00 0\n").empty());
  EXPECT_TRUE(parse_proc_maps("1000-2000 r-x 00000000 00:00 0\n").empty());
  EXPECT_EQ(parse_proc_maps("rubbish\n1000-2000 r-xp 0 0:0 0\n").size(), 1U);
}

}  // namespace
}  // namespace simdprof
