#include "cmd/info_render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <cstdio>

#include "tests/cmd/session_input.h"

namespace simdprof::cmd {
namespace {

using test::framed;
using test::HandRecording;
using test::ip_tid_time;
using test::words;
using test::operator+;
using testing::HasSubstr;

std::string rendered(const HandRecording& file, void (*render)(TextOut&, const RecordingInfo&)) {
  auto session = Session::open(file.path());
  EXPECT_TRUE(session);
  if (!session) return {};
  const RecordingSummary summary = summarize(*session);
  std::FILE* sink = std::tmpfile();
  {
    TextOut out{::fileno(sink)};
    render(out, {session->input(), session->input().format(), session->facts(), summary, session->ledger()});
  }
  std::string text(static_cast<std::size_t>(std::ftell((std::fseek(sink, 0, SEEK_END), sink))), '\0');
  std::rewind(sink);
  text.resize(std::fread(text.data(), 1, text.size(), sink));
  std::fclose(sink);
  return text;
}

/// One event, a refused and a taken source, three samples of which one is cut, a loss; a host name that is no UTF-8.
HandRecording recording() {
  return HandRecording{
      {{StreamKind::metadata,
        0,
        {test::event_desc(0, test::kIpTidTime, 1U << 10U, "cycles:u"), test::host_fact("hostname", "b\xffx\n"),
         framed(0x53440008, words({(95ULL << 32U) | 1}) + test::text("no PMU") + test::raw({0, 0})),
         framed(0x53440008, words({2}) + test::text("YMM") + test::raw({0, 0, 0, 0, 0})),
         framed(0x53440009, words({1000000000, 3500000000, 256}))}},
       {StreamKind::ring,
        1,
        {ip_tid_time(1, 1, 1000000020), ip_tid_time(1, 1, 1000000030), framed(9, words({1})), framed(2, words({0, 9}))},
        1000000020,
        1000000030}}};
}

TEST(InfoRender, TextNamesSourcesEventsTimesAndLosses) {
  const std::string text = rendered(recording(), render_info_text);
  EXPECT_THAT(text, HasSubstr("uncompressed records"));
  EXPECT_THAT(text,
              HasSubstr("\n  kernel   refused, errno 95 (Operation not supported): no PMU\n  ptrace   taken: YMM\n"));
  EXPECT_THAT(text, HasSubstr("\nevent 0 cycles:u: 2 samples, 0 ids\n"));
  EXPECT_THAT(text, HasSubstr("\n  sample_freq                  999\n"));
  EXPECT_THAT(text, HasSubstr("\n  sample_type                  IP|TID|TIME\n"));
  EXPECT_THAT(text, HasSubstr("1.000000020 to 1.000000030 s"));
  EXPECT_THAT(text, HasSubstr("\nduration       2.500000 s\n"));
  EXPECT_THAT(text, HasSubstr("\nsamples        2\n"));
  EXPECT_THAT(text, HasSubstr("\nwait status    0x100\n"));
  EXPECT_THAT(text, HasSubstr("\nlost           ring full: 9\n"));
  EXPECT_THAT(text, HasSubstr("\nskipped        1 SAMPLE, the first: "));
  EXPECT_THAT(text, HasSubstr("\\n")) << "the line break of the host name is shown, not printed";
}

TEST(InfoRender, JsonIsOneObjectWithTheSameNumbers) {
  const std::string text = rendered(recording(), render_info_json);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  rapidjson::Document json;
  json.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  ASSERT_FALSE(json.HasParseError()) << text;
  EXPECT_STREQ(json["host"]["hostname"].GetString(), "b\xef\xbf\xbdx\n");
  EXPECT_FALSE(json["compressed"].GetBool());
  EXPECT_EQ(json["samples"].GetUint64(), 2U);
  EXPECT_EQ(json["wait_status"].GetInt(), 256);
  EXPECT_STREQ(json["events"][0]["name"].GetString(), "cycles:u");
  EXPECT_STREQ(json["events"][0]["attr"]["sample_type"].GetString(), "IP|TID|TIME");
  EXPECT_EQ(json["sources"][0]["errno"].GetInt(), 95);
  EXPECT_TRUE(json["sources"][1]["taken"].GetBool());
  EXPECT_EQ(json["first_time_ns"].GetUint64(), 1000000020U);
  EXPECT_EQ(json["lost"]["ring full"].GetUint64(), 9U);
  EXPECT_EQ(json["skipped"][0]["count"].GetUint64(), 1U);
}

TEST(InfoRender, WhatWasNotRecordedIsSaidNotZero) {
  const HandRecording file{{{StreamKind::metadata, 0, {test::host_fact("arch", "x86_64")}}}};
  const std::string text = rendered(file, render_info_text);
  EXPECT_THAT(text, HasSubstr("\ntime           not recorded\n"));
  EXPECT_THAT(text, HasSubstr("\nduration       not recorded"));
  EXPECT_THAT(text, HasSubstr("\nregister sources, in the order they were tried\n  not recorded\n"));
  EXPECT_THAT(text, HasSubstr("\nlost           nothing\n"));
  rapidjson::Document json;
  const std::string as_json = rendered(file, render_info_json);
  json.Parse(as_json.data(), as_json.size());
  ASSERT_FALSE(json.HasParseError());
  EXPECT_TRUE(json["first_time_ns"].IsNull());
  EXPECT_TRUE(json["end_ns"].IsNull());
}

}  // namespace
}  // namespace simdprof::cmd
