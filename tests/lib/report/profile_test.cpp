#include "lib/report/profile.h"

#include <gtest/gtest.h>

#include "tests/lib/report/profile_fixture.h"

namespace simdprof {
namespace {

TEST(Profile, AddsUpSamplesThatDifferInNothingAsked) {
  const test::HandMadeProfile made;
  ASSERT_EQ(made.profile.entries().size(), 4U);
  const auto& work = made.profile.entries()[0];
  EXPECT_EQ(work.weight, (Weight{4, 400}));
  EXPECT_EQ(work.simd.ymm, 4U);
  EXPECT_EQ(work.simd.ftz, 4U);
  EXPECT_EQ(made.profile.entries()[2].weight, (Weight{2, 200}));
  EXPECT_EQ(made.profile.total(0), (Weight{10, 1000}));
  EXPECT_TRUE(made.profile.any_simd());
}

TEST(Profile, KeepsApartWhatTheKeysAskFor) {
  for (const auto& [keys, entries] :
       {std::pair{"sym", 1U}, {"tid", 2U}, {"pid", 2U}, {"cpu", 2U}, {"comm", 2U}, {"simd", 2U}}) {
    Profile profile(*parse_sort_keys(keys));
    const FrameId leaf = profile.frames.intern({});
    ProfileSample sample;
    sample.leaf = leaf;
    profile.add(sample);
    sample.tid = sample.pid = 1;
    sample.cpu = 1;
    sample.comm = profile.texts.intern("other");
    sample.simd.widest = SimdWidth::xmm;
    profile.add(sample);
    EXPECT_EQ(profile.entries().size(), entries) << keys;
  }
}

TEST(Profile, KeepsEventsApart) {
  Profile profile(*parse_sort_keys("sym"));
  ProfileSample sample;
  sample.leaf = profile.frames.intern({});
  sample.period_events = 10;
  profile.add(sample);
  sample.event = 1;
  sample.period_events = 7;
  profile.add(sample);
  EXPECT_EQ(profile.entries().size(), 2U);
  EXPECT_EQ(profile.total(0).period_events, 10U);
  EXPECT_EQ(profile.total(1).period_events, 7U);
  EXPECT_EQ(profile.total(2), Weight{});
}

TEST(Profile, CountsFilteredSamplesInTheTotalOnly) {
  Profile profile(*parse_sort_keys("sym"));
  profile.add_filtered(0, 300);
  EXPECT_TRUE(profile.entries().empty());
  EXPECT_EQ(profile.total(0), (Weight{1, 300}));
  EXPECT_FALSE(profile.any_simd());
}

TEST(Profile, GroupsThatAreOneAfterAnExchangeAreAddedUp) {
  Profile profile(*parse_sort_keys("sym"));
  const FrameId known = profile.frames.intern({});
  const FrameId later = profile.frames.add_placeholder(), other = profile.frames.add_placeholder();
  ASSERT_NE(later, other);
  const FrameId chain[] = {later, known};
  ProfileSample sample;
  sample.period_events = 10;
  sample.leaf = later;
  sample.chain = profile.chains.intern(chain);
  sample.simd.widest = SimdWidth::ymm;
  profile.add(sample);
  const FrameId other_chain[] = {other, known};
  sample.leaf = other;
  sample.chain = profile.chains.intern(other_chain);
  profile.add(sample);
  ASSERT_EQ(profile.entries().size(), 2U);
  Frame frame;
  frame.start = 0x1000;
  const FrameId real = profile.frames.intern(frame);
  profile.exchange_frames({{later, {real}}, {other, {real}}});
  ASSERT_EQ(profile.entries().size(), 1U);
  const auto& entry = profile.entries()[0];
  EXPECT_EQ(entry.group.leaf, real);
  EXPECT_EQ(profile.chains.frame(entry.group.chain), real);
  EXPECT_EQ(entry.weight, (Weight{2, 20}));
  EXPECT_EQ(entry.simd.ymm, 2U);
  EXPECT_EQ(profile.total(0), (Weight{2, 20}));
}

TEST(Profile, ASampleOfAKnownEntryCountsAsAnyOther) {
  Profile profile(*parse_sort_keys("comm"));
  ProfileSample sample;
  sample.event = 3;
  sample.leaf = profile.frames.intern({});
  const std::uint32_t entry = profile.entry_of(sample);
  profile.add_to(entry, 5);
  sample.period_events = 7;
  profile.add(sample);
  ASSERT_EQ(profile.entries().size(), 1U);
  EXPECT_EQ(profile.entries()[entry].weight, (Weight{2, 12}));
  EXPECT_EQ(profile.total(3), (Weight{2, 12}));
}

}  // namespace
}  // namespace simdprof
