#include "lib/report/frame_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace simdprof {
namespace {

using testing::ElementsAre;

// mul() of ops.h inlined into work(), which is inlined into main() of app.c.
const std::array kInlineChain = {SourceFrame{"mul", "src/ops.h", 3, true}, SourceFrame{"work", "src/app.c", 40, true},
                                 SourceFrame{"main", "src/app.c", 90, false}};

Location location_in_main() {
  Location location;
  location.address = 0x555555555123;
  location.dso = "app";
  location.dso_address = 0x1123;
  location.symbol = "main";
  location.symbol_offset = 0x23;
  location.reason = Unresolved::resolved;
  location.frames = kInlineChain;
  return location;
}

class AppendFrames : public testing::Test {
 protected:
  std::vector<std::string> names(const Location& location, const FrameDetail& detail) {
    ids.clear();
    append_frames(location, CpuMode::user, detail, texts, frames, ids);
    std::vector<std::string> out;
    for (const FrameId id : ids) out.emplace_back(texts.text(frames.at(id).symbol));
    return out;
  }
  const Frame& last() { return frames.at(ids.back()); }
  std::string srcline(FrameId id) { return std::string(texts.text(frames.at(id).srcline)); }

  TextPool texts;
  FrameTable frames;
  std::vector<FrameId> ids;
};

TEST_F(AppendFrames, PutsInlinedFunctionsFirstAndTheFunctionLast) {
  EXPECT_THAT(names(location_in_main(), {}), ElementsAre("mul", "work", "main"));
  EXPECT_TRUE(frames.at(ids[0]).inlined);
  EXPECT_FALSE(last().inlined);
  EXPECT_EQ(last().start, 0x1100U);
  EXPECT_EQ(last().srcline, 0U);
}

TEST_F(AppendFrames, LeavesInlinedFunctionsOutOnRequest) {
  EXPECT_THAT(names(location_in_main(), {.lines = true, .inlines = false}), ElementsAre("main"));
  EXPECT_EQ(srcline(ids[0]), "ops.h:3");
}

TEST_F(AppendFrames, TellsTheInlinePathInTheLine) {
  names(location_in_main(), {.lines = true});
  EXPECT_EQ(srcline(ids[0]), "ops.h:3");
  EXPECT_EQ(srcline(ids[1]), "app.c:40");
  EXPECT_EQ(srcline(ids[2]), "ops.h:3 (inlined at app.c:40) (inlined at app.c:90)");
}

TEST_F(AppendFrames, KeepsDirectoriesOnRequest) {
  names(location_in_main(), {.lines = true, .inlines = false, .full_paths = true});
  EXPECT_EQ(srcline(ids[0]), "src/ops.h:3");
}

TEST_F(AppendFrames, GivesTwoAddressesOfOneFunctionOneFrame) {
  Location first = location_in_main(), second = location_in_main();
  first.frames = second.frames = {};
  second.dso_address += 8;
  second.symbol_offset += 8;
  names(first, {});
  const FrameId id = ids.back();
  names(second, {});
  EXPECT_EQ(ids.back(), id);
}

TEST_F(AppendFrames, TellsFunctionsOfOneNameApartByTheirStart) {
  Location other = location_in_main();
  names(location_in_main(), {});
  const FrameId id = ids.back();
  other.dso_address += 0x1000;
  names(other, {});
  EXPECT_NE(ids.back(), id);
}

TEST_F(AppendFrames, KeepsTheAddressOfWhatHasNoSymbol) {
  Location location;
  location.address = 0x7fff12345678;
  location.dso = "app";
  location.dso_address = 0x5678;
  location.reason = Unresolved::no_symbols;
  names(location, {});
  EXPECT_EQ(last().symbol, 0U);
  EXPECT_EQ(last().start, 0x5678U);
  EXPECT_EQ(last().reason, Unresolved::no_symbols);
}

TEST_F(AppendFrames, ShowsTheAddressItselfWhereNoFileIsMapped) {
  for (const Unresolved reason : {Unresolved::no_map, Unresolved::kernel_hidden, Unresolved::guest}) {
    Location location;
    location.address = 0xffffffff81000010;
    location.reason = reason;
    names(location, {});
    EXPECT_EQ(last().start, 0xffffffff81000010U);
  }
}

TEST(ModeLetter, IsPerfs) {
  EXPECT_EQ(mode_letter(CpuMode::user), '.');
  EXPECT_EQ(mode_letter(CpuMode::kernel), 'k');
  EXPECT_EQ(mode_letter(CpuMode::guest_kernel), 'g');
  EXPECT_EQ(mode_letter(CpuMode::guest_user), 'u');
  EXPECT_EQ(mode_letter(CpuMode::hypervisor), 'H');
  EXPECT_EQ(mode_letter(CpuMode::unknown), '?');
}

}  // namespace
}  // namespace simdprof
