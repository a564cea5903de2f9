#include "decoders/tracepoint/print_token.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace simdprof {
namespace {

using Kind = PrintToken::Kind;

TEST(PrintTokens, AreWordsOfC) {
  PrintTokens tokens("REC->a >= 0x1fUL && 'x' << 010");
  EXPECT_EQ(tokens.take().word, "REC");
  EXPECT_TRUE(tokens.take_sign("->"));
  EXPECT_EQ(tokens.take().word, "a");
  EXPECT_FALSE(tokens.take_sign(">"));
  EXPECT_TRUE(tokens.take_sign(">="));
  EXPECT_EQ(tokens.take().number, 0x1fU);
  EXPECT_TRUE(tokens.take_sign("&&"));
  EXPECT_EQ(tokens.take().number, 120U);
  EXPECT_TRUE(tokens.take_sign("<<"));
  EXPECT_EQ(tokens.take().number, 8U);
  EXPECT_EQ(tokens.take().kind, Kind::end);
  EXPECT_EQ(tokens.take().kind, Kind::end);
}

TEST(PrintTokens, TextsThatFollowEachOtherAreOne) {
  PrintTokens tokens(R"("a\tb" "\"c\\" "\x41\101", x)");
  const PrintToken token = tokens.take();
  EXPECT_EQ(token.kind, Kind::text);
  EXPECT_EQ(token.text, "a\tb\"c\\AA");
  EXPECT_TRUE(tokens.take_sign(","));
}

TEST(PrintTokens, WhatHasNoEndIsUnknown) {
  for (const char* text : {"\"abc", "\"abc\\", "'", "'a", "'\\", "99999999999999999999999", "0x"}) {
    EXPECT_EQ(PrintTokens(text).next().kind, Kind::unknown) << text;
  }
}

TEST(PrintTokens, AheadLeavesTheFirstAlone) {
  const PrintTokens tokens("( int )");
  EXPECT_EQ(tokens.ahead().next().word, "int");
  EXPECT_TRUE(tokens.at("("));
}

}  // namespace
}  // namespace simdprof
