#include "lib/report/view.h"

#include <gtest/gtest.h>

#include "tests/lib/report/profile_fixture.h"

namespace simdprof {
namespace {

TEST(FrameName, IsTheSymbolOrTheAddress) {
  TextPool texts;
  Frame frame;
  frame.start = 0x401a20;
  EXPECT_EQ(frame_name(texts, frame), "0x0000000000401a20");
  frame.symbol = texts.intern("main");
  EXPECT_EQ(frame_name(texts, frame), "main");
}

TEST(EventName, OfAnEventThatIsNotThereIsSaid) {
  const test::HandMadeProfile made;
  const std::vector<Section> sections(2);
  const ReportView view{made.profile, made.quality, sections, std::nullopt, false, false};
  Section section;
  EXPECT_EQ(event_name(view, section), "task-clock");
  section.event = 9;
  EXPECT_EQ(event_name(view, section), "unknown event");
}

TEST(RenderQuality, WritesCommentLines) {
  Quality quality;
  quality.command = "true";
  fmt::memory_buffer out;
  render_quality(quality, false, out);
  const std::string text = fmt::to_string(out);
  EXPECT_EQ(text.substr(0, text.find('\n')), "# command      true");
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) EXPECT_EQ(text.substr(at, 2), "# ");
}

TEST(WidthText, OfNothingRecordedIsADash) {
  EXPECT_EQ(width_text(SimdWidth::unknown), "-");
  EXPECT_EQ(width_text(SimdWidth::none), "none");
  EXPECT_EQ(width_text(SimdWidth::zmm), "ZMM");
  EXPECT_EQ(width_text(SimdWidth::neon), "NEON");
  EXPECT_EQ(width_text(static_cast<SimdWidth>(2048)), "SVE2048");
}

}  // namespace
}  // namespace simdprof
