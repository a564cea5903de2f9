#include "lib/report/quality_json.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "tests/lib/report/finding_fixture.h"

namespace simdprof {
namespace {

rapidjson::Document written(const Quality& quality) {
  fmt::memory_buffer out;
  JsonOut json(out);
  write_quality(quality, json);
  rapidjson::Document document;
  const std::string text = fmt::to_string(out);
  document.Parse(text.c_str());
  EXPECT_FALSE(document.HasParseError()) << text;
  return document;
}

TEST(QualityJson, WithoutFindingsTheListIsEmpty) {
  const auto document = written(Quality{});
  EXPECT_TRUE(document["command"].IsNull());
  EXPECT_EQ(document["findings"].Size(), 0U);
}

TEST(QualityJson, FindingsAreCountedByRule) {
  Quality quality;
  quality.findings.add(test::finding_of(RuleId::r3, Severity::error), 5);
  const auto document = written(quality);
  ASSERT_EQ(document["findings"].Size(), 1U);
  EXPECT_STREQ(document["findings"][0]["rule"].GetString(), "R3");
  EXPECT_EQ(document["findings"][0]["samples"].GetUint64(), 5U);
}

}  // namespace
}  // namespace simdprof
