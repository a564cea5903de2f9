#include "lib/capture/pmu.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace simdprof {
namespace {

namespace fs = std::filesystem;

// A sysfs tree with one PMU, as a kernel would show it.
class PmuFolder : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "pmu_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    put("cpu/type", "4\n");
    put("cpu/format/event", "config:0-7,32-35\n");
    put("cpu/format/umask", "config:8-15\n");
    put("cpu/format/any", "config:21\n");
    put("cpu/format/ldlat", "config1:0-15\n");
    put("cpu/format/whole", "config2:0-63\n");
    put("cpu/format/broken", "config:x\n");
    put("cpu/events/mem-loads", "event=0xcd,umask=0x1,ldlat=3\n");
    put("cpu/events/mem-loads.scale", "1.0\n");
    put("cpu/events/loop", "loop\n");
    system_.devices = root_;
  }
  void TearDown() override { fs::remove_all(root_); }
  void put(const std::string& file, const std::string& text) const {
    const fs::path path = fs::path(root_) / file;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  Result<PmuTermsResult> apply(std::string_view pmu, std::string_view terms, abi::EventAttr& attr) const {
    const auto parsed = parse_pmu_terms(terms, 4);
    if (!parsed) return fail(parsed.error());
    return apply_pmu_terms(system_, pmu, *parsed, attr);
  }

  std::string root_;
  EventSystem system_;
};

TEST(FormatBits, AreReadInRuns) {
  const auto bits = parse_format_bits("config1:0-7,32-35,40");
  ASSERT_TRUE(bits);
  EXPECT_EQ(bits->word, FormatBits::Word::config1);
  ASSERT_EQ(bits->runs.size(), 3U);
  EXPECT_EQ(bits->runs[1].low, 32U);
  EXPECT_EQ(bits->runs[1].high, 35U);
  EXPECT_EQ(bits->width(), 13U);
}

TEST(FormatBits, OtherTextIsMalformed) {
  for (const char* text :
       {"", "config", "config:", "config4:0", "config:0-", "config:64", "config:7-0", "config:0,,1", "config:0-63,0"}) {
    EXPECT_FALSE(parse_format_bits(text)) << text;
  }
}

TEST(FormatBits, AValueIsSpreadLowestRunFirst) {
  abi::EventAttr attr;
  attr.config = 0xffffffffffffffff;
  ASSERT_TRUE(set_format_bits(attr, *parse_format_bits("config:0-7,32-35"), 0x5ab));
  EXPECT_EQ(attr.config, 0xfffffff5ffffffab);
}

TEST(FormatBits, AValueThatDoesNotFitIsRefused) {
  abi::EventAttr attr;
  const Status status = set_format_bits(attr, *parse_format_bits("config:0-3"), 16);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::usage);
  EXPECT_TRUE(set_format_bits(attr, *parse_format_bits("config2:0-63"), ~std::uint64_t{0}));
  EXPECT_EQ(attr.config2_or_bp_len, ~std::uint64_t{0});
}

TEST(PmuTerms, AreSplitWithTheirPlaces) {
  const auto terms = parse_pmu_terms("event=0x3c,any", 4);
  ASSERT_TRUE(terms);
  ASSERT_EQ(terms->size(), 2U);
  EXPECT_EQ((*terms)[0].name, "event");
  EXPECT_EQ((*terms)[0].value, "0x3c");
  EXPECT_EQ((*terms)[1].name, "any");
  EXPECT_EQ((*terms)[1].position, 15U);
  EXPECT_TRUE(parse_pmu_terms("", 0)->empty());
  for (const char* text : {",", "a,", "a,,b", "=1", "a="}) EXPECT_FALSE(parse_pmu_terms(text, 0)) << text;
}

TEST_F(PmuFolder, TermsSetTheBitsOfTheirFormat) {
  abi::EventAttr attr;
  ASSERT_TRUE(apply("cpu", "event=0x1c2,umask=2,any,ldlat=30", attr));
  EXPECT_EQ(attr.type, 4U);
  EXPECT_EQ(attr.config, 0x1002002c2U);  // event bits 8..11 lie at 32..35
  EXPECT_EQ(attr.config1_or_bp_addr, 30U);
}

TEST_F(PmuFolder, AnAliasStandsForItsTerms) {
  abi::EventAttr attr;
  const auto applied = apply("cpu", "mem-loads,umask=4", attr);
  ASSERT_TRUE(applied);
  EXPECT_EQ(attr.config, 0x4cdU);
  EXPECT_EQ(attr.config1_or_bp_addr, 3U);
  EXPECT_EQ(applied->name, "mem-loads");
}

TEST_F(PmuFolder, GeneralTermsAreKnownToEveryPmu) {
  abi::EventAttr attr;
  const auto applied = apply("cpu", "config=0x10,config1=2,config3=4,period=1000,name=mine", attr);
  ASSERT_TRUE(applied);
  EXPECT_EQ(attr.config, 0x10U);
  EXPECT_EQ(attr.config1_or_bp_addr, 2U);
  EXPECT_EQ(attr.config3, 4U);
  EXPECT_EQ(attr.sample_period_or_freq, 1000U);
  EXPECT_TRUE(applied->has_period);
  EXPECT_FALSE(applied->has_frequency);
  EXPECT_EQ(applied->name, "mine");
}

TEST_F(PmuFolder, UnknownTermsNameTheirPlaceAndNeighbour) {
  abi::EventAttr attr;
  const auto applied = apply("cpu", "event=1,umaks=2", attr);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, Errc::usage);
  EXPECT_EQ(applied.error().fact, "PMU cpu knows no term 'umaks' (character 13); did you mean 'umask'?");
}

TEST_F(PmuFolder, BadTermsAreRefused) {
  abi::EventAttr attr;
  for (const char* terms :
       {"event=zz", "broken=1", "event=0x10000", "loop", "../type", "config=", "period=x", "mem-loads=1"}) {
    EXPECT_FALSE(apply("cpu", terms, attr)) << terms;
  }
}

TEST_F(PmuFolder, AnAbsentPmuIsNotFound) {
  abi::EventAttr attr;
  const auto applied = apply("cpux", "event=1", attr);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, Errc::not_found);
  EXPECT_EQ(applied.error().fact, "this machine has no PMU 'cpux'; did you mean 'cpu'?");
  EXPECT_FALSE(apply("..", "event=1", attr));
  EXPECT_FALSE(apply("", "event=1", attr));
}

TEST_F(PmuFolder, ListsLeaveScalesOut) {
  EXPECT_EQ(list_pmus(system_), (std::vector<std::string>{"cpu"}));
  EXPECT_EQ(list_pmu_events(system_, "cpu"), (std::vector<std::string>{"loop", "mem-loads"}));
}

TEST(ParseNumber, TakesDecimalAndHexadecimal) {
  EXPECT_EQ(parse_number("0"), 0U);
  EXPECT_EQ(parse_number("0x1F"), 31U);
  EXPECT_EQ(parse_number("18446744073709551615"), ~std::uint64_t{0});
  for (const char* text : {"", "0x", "-1", "1x", " 1", "18446744073709551616"})
    EXPECT_FALSE(parse_number(text)) << text;
}

}  // namespace
}  // namespace simdprof
