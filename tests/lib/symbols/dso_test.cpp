#include "lib/symbols/dso.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(MapKind, TellsFilesFromWhatHasNone) {
  EXPECT_EQ(map_kind("/usr/lib/libc.so.6"), MapKind::file);
  EXPECT_EQ(map_kind("[vdso]"), MapKind::vdso);
  EXPECT_EQ(map_kind("[stack]"), MapKind::anonymous);
  EXPECT_EQ(map_kind("[vsyscall]"), MapKind::anonymous);
  EXPECT_EQ(map_kind("//anon"), MapKind::anonymous);
  EXPECT_EQ(map_kind("/memfd:jit (deleted)"), MapKind::anonymous);
  EXPECT_EQ(map_kind(""), MapKind::anonymous);
}

TEST(ShortName, IsTheLastPartOfAPath) {
  EXPECT_EQ(short_name("/usr/lib/libc.so.6"), "libc.so.6");
  EXPECT_EQ(short_name("relative"), "relative");
  EXPECT_EQ(short_name("[vdso]"), "[vdso]");
  EXPECT_EQ(short_name("//anon"), "//anon");
  EXPECT_EQ(short_name(""), "//anon");
}

TEST(OffsetInFile, CountsFromTheMappingsOwnOffset) {
  Mapping mapping;
  mapping.start = 0x7000;
  mapping.end = 0x9000;
  mapping.file_offset = 0x200;
  mapping.path = "/bin/a";
  EXPECT_EQ(offset_in_file(mapping, 0x7010), 0x210U);
  mapping.path = "[vdso]";
  EXPECT_EQ(offset_in_file(mapping, 0x7010), 0x10U);
}

TEST(LoadDso, SaysWhyThereAreNoSymbols) {
  InternedText text;
  EXPECT_EQ(load_dso({}, "//anon", "", text)->reason, Unresolved::anonymous_map);
  EXPECT_EQ(load_dso({}, "/absent/libnone.so", "", text)->reason, Unresolved::no_file);
  const auto other = load_dso({}, "/proc/self/exe", "00112233445566778899aabbccddeeff00112233", text);
  EXPECT_EQ(other->image, nullptr);
  EXPECT_NE(other->reason, Unresolved::resolved);
}

TEST(LoadDso, LoadsTheSymbolsOfAProgram) {
  InternedText text;
  const auto dso = load_dso({}, "/proc/self/exe", "", text);
  EXPECT_EQ(dso->reason, Unresolved::resolved) << dso->detail;
  EXPECT_EQ(dso->name, "exe");
  EXPECT_FALSE(dso->symbols.table().all().empty());
}

}  // namespace
}  // namespace simdprof
