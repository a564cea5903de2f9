#include "lib/capture/breakpoint.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

TEST(ParseBreakpoint, AddressAloneWatchesReadsAndWritesOfFourBytes) {
  const auto breakpoint = parse_breakpoint_text("0x601040");
  ASSERT_TRUE(breakpoint);
  EXPECT_EQ(breakpoint->address, 0x601040U);
  EXPECT_EQ(breakpoint->length, 4U);
  EXPECT_EQ(breakpoint->access, 3U);  // HW_BREAKPOINT_R | HW_BREAKPOINT_W
  EXPECT_EQ(breakpoint->modifiers, "");
}

TEST(ParseBreakpoint, ExecutionCoversAWord) {
  const auto breakpoint = parse_breakpoint_text("4096:x");
  ASSERT_TRUE(breakpoint);
  EXPECT_EQ(breakpoint->address, 4096U);
  EXPECT_EQ(breakpoint->length, 8U);
  EXPECT_EQ(breakpoint->access, 4U);
}

TEST(ParseBreakpoint, TakesLengthAccessAndModifiers) {
  const auto breakpoint = parse_breakpoint_text("0x10/8:w:u");
  ASSERT_TRUE(breakpoint);
  EXPECT_EQ(breakpoint->length, 8U);
  EXPECT_EQ(breakpoint->access, 2U);
  EXPECT_EQ(breakpoint->modifiers, "u");
}

TEST(ParseBreakpoint, ModifiersMayStandWithoutAccess) {
  const auto breakpoint = parse_breakpoint_text("0x10:uk");
  ASSERT_TRUE(breakpoint);
  EXPECT_EQ(breakpoint->access, 3U);
  EXPECT_EQ(breakpoint->modifiers, "uk");
}

TEST(ParseBreakpoint, RefusesWhatTheHardwareCannotWatch) {
  for (const char* text : {"", "zz", "0x10/3", "0x10/", "0x10/16:r", "0x10:rx", "0x10:rr", "0x10:rq"}) {
    const auto breakpoint = parse_breakpoint_text(text);
    ASSERT_FALSE(breakpoint) << text;
    EXPECT_EQ(breakpoint.error().code, Errc::usage) << text;
  }
}

}  // namespace
}  // namespace simdprof
