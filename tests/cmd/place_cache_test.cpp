#include "cmd/place_cache.h"

#include <gtest/gtest.h>

#include "tests/cmd/mmap_record.h"

namespace simdprof::cmd {
namespace {

using test::mmap_record;

class PlaceCacheTest : public testing::Test {
 protected:
  void observe(const Record& record) {
    spaces.observe(record);
    cache.observe(record);
  }
  const Frame& frame_at(Pid pid, VirtAddr address, CpuMode mode = CpuMode::user) {
    return profile.frames.at(cache.frames(pid, address, mode).back());
  }

  Profile profile{*parse_sort_keys("sym")};
  SampleFilter filter = *SampleFilter::make({}, std::nullopt);
  AddressSpaces spaces;
  Resolver resolver{SymbolOptions{}};
  PlaceCache cache{profile, filter, spaces, resolver, {}};
};

TEST_F(PlaceCacheTest, AnAddressWithoutAMappingIsShownAsSuch) {
  EXPECT_EQ(frame_at(7, 0x401000).reason, Unresolved::no_map);
  EXPECT_EQ(frame_at(7, 0x401000).start, 0x401000U);
}

TEST_F(PlaceCacheTest, OneAddressIsOnePlace) {
  const FrameId first = cache.frames(7, 0x401000, CpuMode::user).back();
  EXPECT_EQ(cache.frames(7, 0x401000, CpuMode::user).back(), first);
  EXPECT_NE(cache.frames(7, 0x401001, CpuMode::user).back(), first);
}

TEST_F(PlaceCacheTest, ANewMappingIsSeenInItsProcessAlone) {
  EXPECT_EQ(frame_at(7, 0x401000).reason, Unresolved::no_map);
  EXPECT_EQ(frame_at(8, 0x401000).reason, Unresolved::no_map);
  observe(mmap_record(7, 0x400000, 0x2000, "//anon"));
  EXPECT_EQ(frame_at(7, 0x401000).reason, Unresolved::anonymous_map);
  EXPECT_EQ(frame_at(8, 0x401000).reason, Unresolved::no_map);
}

TEST_F(PlaceCacheTest, AnExecEndsTheMappings) {
  observe(mmap_record(7, 0x400000, 0x2000, "//anon"));
  EXPECT_EQ(frame_at(7, 0x401000).reason, Unresolved::anonymous_map);
  CommRecord comm;
  comm.pid = comm.tid = 7;
  comm.exec = true;
  comm.comm = "next";
  Record record;
  record.body = comm;
  observe(record);
  EXPECT_EQ(frame_at(7, 0x401000).reason, Unresolved::no_map);
}

TEST_F(PlaceCacheTest, GuestAddressesStayUnresolved) {
  observe(mmap_record(7, 0x400000, 0x2000, "//anon"));
  EXPECT_EQ(frame_at(7, 0x401000, CpuMode::guest_user).reason, Unresolved::guest);
}

TEST(PlaceCacheFilter, AnswersForEachFrame) {
  Profile profile{*parse_sort_keys("sym")};
  SampleFilterOptions options;
  options.dsos = {"//anon"};
  SampleFilter filter = *SampleFilter::make(options, std::nullopt);
  AddressSpaces spaces;
  Resolver resolver{SymbolOptions{}};
  PlaceCache cache{profile, filter, spaces, resolver, {}};
  const Record map = mmap_record(7, 0x400000, 0x2000, "//anon");
  spaces.observe(map);
  cache.observe(map);
  const FrameId inside = cache.frames(7, 0x401000, CpuMode::user).back();
  const FrameId outside = cache.frames(7, 0x900000, CpuMode::user).back();
  EXPECT_TRUE(cache.wanted_frames().at(inside));
  EXPECT_FALSE(cache.wanted_frames().at(outside));
}

}  // namespace
}  // namespace simdprof::cmd
