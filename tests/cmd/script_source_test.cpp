#include "cmd/script_source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>

namespace simdprof::cmd {
namespace {

class SourceTextTest : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(path_) << "int main() {\n\treturn\x1b[2J 0;\n}\n";
    frames_ = {SourceFrame{"main", path_, 1, false}, SourceFrame{"main", path_, 2, false},
               SourceFrame{"main", path_, 4, false}, SourceFrame{"main", "/absent/a.c", 1, false}};
  }
  void TearDown() override { std::remove(path_.c_str()); }

  [[nodiscard]] Location line(std::size_t frame) const {
    Location place;
    place.frames = std::span(frames_).subspan(frame, 1);
    return place;
  }
  std::string show(Tid tid, const Location& place) {
    TextBuffer out;
    text_.append(out, tid, place);
    return fmt::to_string(out);
  }
  SourceText text_;

 private:
  std::string path_ = testing::TempDir() + "simdprof-text-" + std::to_string(::getpid()) + ".c";
  std::array<SourceFrame, 4> frames_;
};

TEST_F(SourceTextTest, ALineHasItsNumberInPerfsColumns) { EXPECT_EQ(show(7, line(0)), "|1        int main() {\n"); }

TEST_F(SourceTextTest, TabsStayAndEscapeSequencesDoNotReachTheTerminal) {
  EXPECT_EQ(show(7, line(1)), "|2        \treturn\\x1b[2J 0;\n");
  EXPECT_EQ(text_.find(line(1)), "\treturn\x1b[2J 0;");
}

TEST_F(SourceTextTest, TheSameLineIsNotShownAgainToTheSameThread) {
  EXPECT_NE(show(7, line(0)), "");
  EXPECT_EQ(show(7, line(0)), "");
  EXPECT_NE(show(8, line(0)), "");
  EXPECT_NE(show(7, line(1)), "");
  EXPECT_NE(show(7, line(0)), "");
}

TEST_F(SourceTextTest, WhatHasNoTextShowsNothingAndChangesNothing) {
  EXPECT_NE(show(7, line(0)), "");
  EXPECT_EQ(show(7, line(2)), "");
  EXPECT_EQ(show(7, line(3)), "");
  EXPECT_EQ(show(7, Location{}), "");
  EXPECT_EQ(show(7, line(0)), "");
  EXPECT_EQ(text_.find(Location{}), std::nullopt);
}

}  // namespace
}  // namespace simdprof::cmd
