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

}  // namespace
}  // namespace simdprof
