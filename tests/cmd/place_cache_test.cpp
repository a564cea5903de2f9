#include "cmd/place_cache.h"

#include <gtest/gtest.h>

#include "tests/cmd/mmap_record.h"

namespace simdprof::cmd {
namespace {

using test::mmap_record;

class PlaceCacheTest : public testing::Test {
 protected:
  void observe(const Record& record) {
    cache.observe(record);
    spaces.observe(record);
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

class LaterPlaces : public testing::Test {
 protected:
  Profile profile{*parse_sort_keys("sym")};
  SampleFilter filter = *SampleFilter::make({}, std::nullopt);
  AddressSpaces spaces;
  Resolver resolver{SymbolOptions{}};
  PlaceCache cache{profile, filter, spaces, resolver, {{}, false, true}};
  static constexpr VirtAddr kAddress = 0xffffffff81000010;
};

TEST_F(LaterPlaces, AKernelAddressIsLookedUpWhenAllSettle) {
  const FrameId placeholder = cache.leaf(7, kAddress, CpuMode::kernel);
  EXPECT_EQ(cache.leaf(9, kAddress, CpuMode::kernel), placeholder) << "the kernel is one for all processes";
  EXPECT_NE(cache.leaf(7, kAddress + 1, CpuMode::kernel), placeholder);
  const FrameId user = cache.leaf(7, 0x401000, CpuMode::user);
  EXPECT_TRUE(cache.settled().empty());
  cache.settle();
  EXPECT_EQ(cache.settled().size(), 2U);
  EXPECT_FALSE(cache.settled().contains(user));
  const auto& frames = cache.settled().at(placeholder);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(profile.frames.at(frames[0]).mode, CpuMode::kernel);
  EXPECT_EQ(profile.frames.at(frames[0]).start, kAddress);
  EXPECT_NE(profile.frames.at(frames[0]).reason, Unresolved::resolved);
}

TEST_F(LaterPlaces, AreLookedUpBeforeTheKernelsMappingsChange) {
  const FrameId before = cache.leaf(7, kAddress, CpuMode::kernel);
  KsymbolRecord symbol;
  symbol.address = 0xffffffffc0000000;
  symbol.length = 64;
  symbol.name = "bpf_prog_1";
  Record record;
  record.body = symbol;
  cache.observe(record);
  EXPECT_TRUE(cache.settled().contains(before));
  EXPECT_NE(cache.leaf(7, kAddress, CpuMode::kernel), before) << "what the address means now is another question";
}

}  // namespace
}  // namespace simdprof::cmd
