#include "cmd/option_set.h"

#include <gtest/gtest.h>

#include "cmd/exit_code.h"

namespace simdprof::cmd {
namespace {

using Words = std::vector<std::string>;

TEST(OptionSet, VariablesKeepTheirValuesWhenNothingIsGiven) {
  std::string text = "before";
  int number = 3;
  std::uint64_t limit = 7;
  bool flag = true;
  Words list = {"a"};
  OptionSet set("verb", "");
  set.add_option("--text", text, "");
  set.add_option("--number", number, "");
  set.add_option("--limit", limit, "");
  set.add_option("--list", list, "");
  set.add_flag("--flag", flag, "");
  EXPECT_EQ(set.parse({}), std::nullopt);
  EXPECT_EQ(text, "before");
  EXPECT_EQ(number, 3);
  EXPECT_EQ(limit, 7U);
  EXPECT_TRUE(flag);
  EXPECT_EQ(list, Words{"a"});
}

TEST(OptionSet, AValueStandsInTheNextWordOrBehindTheSign) {
  std::string text, other;
  std::uint64_t limit = 0;
  OptionSet set("verb", "");
  set.add_option("-t,--text", text, "");
  set.add_option("--other", other, "");
  set.add_option("--limit", limit, "");
  EXPECT_EQ(set.parse({"-t", "one", "--other=two", "--limit", "18446744073709551615"}), std::nullopt);
  EXPECT_EQ(text, "one");
  EXPECT_EQ(other, "two");
  EXPECT_EQ(limit, UINT64_MAX);
}

TEST(OptionSet, AListTakesOneWordEachTime) {
  Words list;
  std::string word;
  OptionSet set("verb", "");
  set.add_option("--list", list, "");
  set.add_option("WORD", word, "");
  EXPECT_EQ(set.parse({"--list", "a", "--list", "b", "c"}), std::nullopt);
  EXPECT_EQ(list, (Words{"a", "b"}));
  EXPECT_EQ(word, "c");
}

TEST(OptionSet, FlagsSetClearAndCount) {
  bool set_flag = false, cleared = true;
  int count = 0;
  OptionSet set("verb", "");
  set.add_flag("--set", set_flag, "");
  set.add_flag("!--no-clear", cleared, "");
  set.add_flag("-v", count, "");
  EXPECT_EQ(set.parse({"-vv", "--set", "--no-clear", "-v"}), std::nullopt);
  EXPECT_TRUE(set_flag);
  EXPECT_FALSE(cleared);
  EXPECT_EQ(count, 3);
}

TEST(OptionSet, ValuesOutsideWhatIsAllowedAreUsageErrors) {
  const auto status_of = [](const Words& words) {
    std::string format = "text";
    int level = 3;
    std::uint64_t limit = 1;
    OptionSet set("verb", "");
    set.add_option("--format", format, "").one_of({"text", "json"});
    set.add_option("--level", level, "").between(1, 22);
    set.add_option("--limit", limit, "").above_zero();
    return set.parse(words);
  };
  EXPECT_EQ(status_of({"--format", "json", "--level", "22", "--limit", "1"}), std::nullopt);
  for (const Words& words : std::vector<Words>{{"--format", "xml"},
                                               {"--level", "0"},
                                               {"--level", "23"},
                                               {"--level", "x"},
                                               {"--limit", "0"},
                                               {"--limit", "-1"},
                                               {"--limit"},
                                               {"--unknown"},
                                               {"word"}}) {
    EXPECT_EQ(status_of(words), kExitUsage) << words.front() << " " << words.back();
  }
}

TEST(OptionSet, OptionsThatAreRequiredOrExcludeEachOther) {
  const auto status_of = [](const Words& words) {
    std::string output;
    bool one = false, other = false;
    OptionSet set("verb", "");
    set.add_option("-o,--output", output, "").required();
    set.add_flag("--one", one, "");
    set.add_flag("--other", other, "").excludes("--one");
    return set.parse(words);
  };
  EXPECT_EQ(status_of({}), kExitUsage);
  EXPECT_EQ(status_of({"-o", "file", "--one"}), std::nullopt);
  EXPECT_EQ(status_of({"-o", "file", "--other"}), std::nullopt);
  EXPECT_EQ(status_of({"-o", "file", "--one", "--other"}), kExitUsage);
}

TEST(OptionSet, WhatFollowsTheOptionsRemainsAsItStands) {
  bool flag = false;
  OptionSet set("verb", "");
  set.add_flag("--flag", flag, "");
  set.end_at_first_word();
  EXPECT_EQ(set.parse({"--flag", "program", "--flag", "-x"}), std::nullopt);
  EXPECT_TRUE(flag);
  EXPECT_EQ(set.remaining(), (Words{"program", "--flag", "-x"}));
}

TEST(OptionSet, TheHelpNamesOptionsValuesAndDefaults) {
  std::string format = "text";
  OptionSet set("verb", "What it does.");
  set.add_option("--format", format, "how rows look").one_of({"text", "json"}).shows_default();
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(set.parse({"--help"}), kExitOk);
  const std::string help = ::testing::internal::GetCapturedStdout();
  for (const char* part :
       {"What it does.", "Usage: simdprof verb [OPTIONS]", "--format", "{text,json}", "=text", "how rows look"}) {
    EXPECT_NE(help.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace simdprof::cmd
