#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/report/view.h"
#include "tests/lib/report/profile_fixture.h"

namespace simdprof {
namespace {

using test::HandMadeProfile;
using testing::HasSubstr;

TEST(RenderCsv, ShowsTheHandMadeProfile) {
  EXPECT_EQ(HandMadeProfile("overhead,samples,comm,dso,sym").render(render_csv),
            "event,overhead,samples,comm,dso,sym,mode,inlined,unresolved,"
            "simd_samples,none,xmm,ymm,zmm,dirty_upper,mxcsr_samples,ftz,daz,neon,sve_samples,sve,sve_bits\r\n"
            "task-clock,40.0000,4,app,app,work,user,no,,4,0,0,4,0,4,4,4,0,,0,,\r\n"
            "task-clock,30.0000,3,app,libm.so.6,sqrt,user,no,,3,0,3,0,0,0,3,0,0,,0,,\r\n"
            "task-clock,20.0000,2,app,app,fib,user,no,,0,,,,,,0,,,,0,,\r\n"
            "task-clock,10.0000,1,app,[kernel.kallsyms],do_sys,kernel,no,,0,,,,,,0,,,,0,,\r\n");
}

TEST(RenderCsv, CountsNeonAndSveOfArm64) {
  EXPECT_EQ(test::Arm64Profile("samples,dso").render(render_csv),
            "event,samples,dso,simd_samples,none,xmm,ymm,zmm,dirty_upper,mxcsr_samples,ftz,daz,"
            "neon,sve_samples,sve,sve_bits\r\n"
            "task-clock,6,app,6,,,,,,0,,,1,6,5,512 2048\r\n"
            "task-clock,1,libc.so.6,1,,,,,,0,,,1,0,,\r\n"
            "task-clock,1,[kernel.kallsyms],0,,,,,,0,,,,0,,\r\n");
}

TEST(RenderCsv, HasAColumnMoreWithChildren) {
  RowOptions rows;
  rows.children = true;
  const std::string text = HandMadeProfile("overhead,sym").render(render_csv, rows);
  EXPECT_THAT(text, HasSubstr("event,children,overhead,sym,"));
  EXPECT_THAT(text, HasSubstr("task-clock,100.0000,0.0000,main,user,no,"));
  EXPECT_THAT(text, HasSubstr("task-clock,40.0000,0.0000,mul,user,yes,"));
}

TEST(RenderCsv, QuotesNamesWithCommasAndQuotes) {
  HandMadeProfile made("overhead,sym");
  made.add(2000, made.function("app", "f(int, char const*)", 0x77), {}, {});
  made.add(3000, made.function("app", "operator\"\" _s\n", 0x88), {}, {});
  const std::string text = made.render(render_csv);
  EXPECT_THAT(text, HasSubstr(",\"f(int, char const*)\",user"));
  EXPECT_THAT(text, HasSubstr(",\"operator\"\"\"\" _s\n\",user"));
}

TEST(RenderCsv, SaysWhyANameIsMissing) {
  HandMadeProfile made("overhead,sym");
  Frame frame;
  frame.start = 0x40;
  frame.reason = Unresolved::no_map;
  made.add(5000, made.profile.frames.intern(frame), {}, {});
  EXPECT_THAT(made.render(render_csv), HasSubstr(",0x0000000000000040,user,no,no mapping,"));
}

TEST(RenderTsv, SeparatesByTabs) {
  HandMadeProfile made("overhead,sym");
  made.add(2000, made.function("app", "f(int, int)\t", 0x77), {}, {});
  const std::string text = made.render(render_tsv);
  EXPECT_THAT(text, HasSubstr("event\toverhead\tsym\tmode\t"));
  EXPECT_THAT(text, HasSubstr("task-clock\t66.6667\tf(int, int)\\t\tuser\tno\t\t0\t\t\t\t\t\t0\t\t\t\t0\t\t\n"));
}

TEST(RenderCsv, OfNoSamplesIsTheHeadingAlone) {
  HandMadeProfile made;
  made.profile = Profile(*parse_sort_keys("overhead"));
  EXPECT_EQ(made.render(render_csv),
            "event,overhead,simd_samples,none,xmm,ymm,zmm,dirty_upper,mxcsr_samples,ftz,daz,"
            "neon,sve_samples,sve,sve_bits\r\n");
}

}  // namespace
}  // namespace simdprof
