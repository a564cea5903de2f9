#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "lib/report/view.h"
#include "tests/lib/report/profile_fixture.h"

namespace simdprof {
namespace {

using test::HandMadeProfile;

rapidjson::Document parse(const std::string& text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(text.c_str(), text.size());
  EXPECT_FALSE(document.HasParseError()) << text;
  return document;
}

TEST(RenderJson, ReadsBackAsTheHandMadeProfile) {
  const auto document = parse(HandMadeProfile("overhead,samples,period,comm,pid,dso,sym").render(render_json));
  const auto& event = document["events"][0];
  EXPECT_STREQ(event["event"].GetString(), "task-clock");
  EXPECT_EQ(event["samples"].GetUint64(), 10U);
  EXPECT_EQ(event["period"].GetUint64(), 1000U);
  const auto& rows = event["rows"];
  ASSERT_EQ(rows.Size(), 4U);
  EXPECT_DOUBLE_EQ(rows[0]["overhead"].GetDouble(), 40.0);
  EXPECT_EQ(rows[0]["samples"].GetUint64(), 4U);
  EXPECT_EQ(rows[0]["period"].GetUint64(), 400U);
  EXPECT_STREQ(rows[0]["comm"].GetString(), "app");
  EXPECT_EQ(rows[0]["pid"].GetInt(), 42);
  EXPECT_STREQ(rows[1]["dso"].GetString(), "libm.so.6");
  EXPECT_STREQ(rows[1]["sym"].GetString(), "sqrt");
  EXPECT_STREQ(rows[3]["mode"].GetString(), "kernel");
}

TEST(RenderJson, NotRecordedIsNullAndNeverZero) {
  const auto document = parse(HandMadeProfile().render(render_json));
  const auto& rows = document["events"][0]["rows"];
  EXPECT_EQ(rows[0]["state"]["ymm"].GetUint64(), 4U);
  EXPECT_EQ(rows[0]["state"]["zmm"].GetUint64(), 0U);
  EXPECT_EQ(rows[0]["mxcsr"]["ftz"].GetUint64(), 4U);
  EXPECT_TRUE(rows[2]["state"].IsNull());
  EXPECT_TRUE(rows[2]["mxcsr"].IsNull());
}

TEST(RenderJson, HasSveByVectorLength) {
  const auto document = parse(test::Arm64Profile("samples,sym").render(render_json));
  const auto& rows = document["events"][0]["rows"];
  const auto& daxpy = rows[0]["state"];
  EXPECT_EQ(daxpy["samples"].GetUint64(), 4U);
  EXPECT_EQ(daxpy["neon"].GetUint64(), 1U);
  EXPECT_EQ(daxpy["sve_samples"].GetUint64(), 4U);
  ASSERT_EQ(daxpy["sve"].Size(), 1U);
  EXPECT_EQ(daxpy["sve"][0]["bits"].GetUint64(), 512U);
  EXPECT_EQ(daxpy["sve"][0]["samples"].GetUint64(), 3U);
  EXPECT_FALSE(daxpy.HasMember("xmm"));
  EXPECT_EQ(rows[1]["state"]["sve"][0]["bits"].GetUint64(), 2048U);
  EXPECT_EQ(rows[2]["state"]["sve_samples"].GetUint64(), 0U);
  EXPECT_EQ(rows[2]["state"]["sve"].Size(), 0U);
  EXPECT_TRUE(rows[3]["state"].IsNull());
}

TEST(RenderJson, HoldsTheQualityOfTheRecording) {
  HandMadeProfile made;
  made.quality.ledger.lose(LossCause::ring_full, 10);
  made.quality.throttled = 2;
  made.quality.unresolved[Unresolved::no_symbols] = 1;
  const auto document = parse(made.render(render_json));
  const auto& quality = document["quality"];
  EXPECT_STREQ(quality["command"].GetString(), "app --fast");
  EXPECT_EQ(quality["wait_status"].GetInt(), 0);
  EXPECT_EQ(quality["duration_ns"].GetUint64(), 2'000'000'000U);
  EXPECT_TRUE(quality["cpu_time_ns"].IsNull());
  EXPECT_STREQ(quality["sources"][0]["errno"].GetString(), "EOPNOTSUPP");
  EXPECT_FALSE(quality["sources"][0]["taken"].GetBool());
  EXPECT_TRUE(quality["sources"][1]["taken"].GetBool());
  EXPECT_EQ(quality["events"][0]["asked_hz"].GetUint64(), 999U);
  EXPECT_DOUBLE_EQ(quality["events"][0]["reached_per_second"].GetDouble(), 5.0);
  EXPECT_EQ(quality["samples"]["user"].GetUint64(), 9U);
  EXPECT_EQ(quality["vectors_expected"].GetUint64(), 10U);
  EXPECT_EQ(quality["with_vectors"].GetUint64(), 7U);
  EXPECT_EQ(quality["lost"]["ring full"].GetUint64(), 10U);
  EXPECT_DOUBLE_EQ(quality["lost_percent"].GetDouble(), 50.0);
  EXPECT_EQ(quality["throttled"].GetUint64(), 2U);
  EXPECT_EQ(quality["unresolved"]["no symbols in file"].GetUint64(), 1U);
}

TEST(RenderJson, HoldsCallGraphs) {
  CallGraphOptions graph;
  graph.order = CallGraphOptions::Order::caller;
  RowOptions rows;
  rows.children = true;
  const auto document = parse(HandMadeProfile("overhead,sym").render(render_json, rows, graph));
  const auto& main_row = document["events"][0]["rows"][0];
  EXPECT_DOUBLE_EQ(main_row["children"].GetDouble(), 100.0);
  EXPECT_DOUBLE_EQ(main_row["overhead"].GetDouble(), 0.0);
  const auto& root = main_row["callgraph"][0];
  EXPECT_STREQ(root["frames"][0].GetString(), "main");
  EXPECT_EQ(root["samples"].GetUint64(), 10U);
  ASSERT_EQ(root["branches"].Size(), 3U);
  EXPECT_STREQ(root["branches"][0]["frames"][0].GetString(), "work");
  EXPECT_EQ(root["branches"][1]["frames"].Size(), 3U);  // fib, fib, fib
}

TEST(RenderJson, AddressesAreHexTextAndNamesMayHoldAnything) {
  HandMadeProfile made;
  Frame frame;
  frame.start = 0xffffffffffffffff;
  frame.reason = Unresolved::no_map;
  made.add(5000, made.profile.frames.intern(frame), {}, {});
  made.add(4000, made.function("app", "quote\" slash\\ bell\x07 bad\xff", 0x55), {}, {});
  const auto document = parse(made.render(render_json));
  const auto& rows = document["events"][0]["rows"];
  EXPECT_TRUE(rows[0]["sym"].IsNull());
  EXPECT_STREQ(rows[0]["address"].GetString(), "0xffffffffffffffff");
  EXPECT_STREQ(rows[0]["unresolved"].GetString(), "no mapping");
  EXPECT_STREQ(rows[1]["sym"].GetString(), "quote\" slash\\ bell\x07 bad\xef\xbf\xbd");
}

}  // namespace
}  // namespace simdprof
