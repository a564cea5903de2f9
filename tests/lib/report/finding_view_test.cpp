#include "lib/report/finding_view.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "tests/lib/report/finding_fixture.h"
#include "tests/lib/report/profile_fixture.h"

namespace simdprof {
namespace {

using test::finding_of;
using test::HandMadeProfile;

std::string rendered(void (*render)(const ReportView&, fmt::memory_buffer&), bool quiet = true) {
  HandMadeProfile made;
  const FrameId sys = made.frame("[kernel.kallsyms]", "do_sys", 0xffffffff81000000, CpuMode::kernel, false);
  made.quality.findings = FindingTally(true);
  Finding stale = finding_of(RuleId::r6, Severity::strong, 43, 1, 77, sys);
  stale.distrust = kDistrustUserVectors;
  stale.note = "a note, too";
  made.quality.findings.add(stale);
  made.quality.findings.add(stale);
  Finding left_over;
  left_over.rule = RuleId::r14;
  left_over.severity = Severity::error;
  left_over.name = "bytes left over";
  left_over.sample.place = kNoPlace;
  made.quality.findings.add(left_over, 3);
  const std::vector<Section> none;
  const ReportView view{made.profile, made.quality, none, std::nullopt, quiet, false};
  fmt::memory_buffer out;
  render(view, out);
  return fmt::to_string(out);
}

TEST(FindingView, TextIsATableOfOneLineARuleAndPlace) {
  EXPECT_EQ(rendered(render_findings_text),
            "        3  error     R14     -    -  -           -                  bytes left over\n"
            "        2  strong    R6      1   43  [k] do_sys  [kernel.kallsyms]  a rule, in words (a note, too)\n");
}

TEST(FindingView, TheHeaderCountsByRule) {
  const std::string text = rendered(render_findings_text, false);
  EXPECT_NE(text.find("# finding      R14 error: bytes left over: 3 samples\n"
                      "# finding      R6 strong: a rule, in words: 2 samples\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("# Samples  Severity  Rule  CPU  Tid  Symbol      Object             Finding\n"),
            std::string::npos)
      << text;
}

TEST(FindingView, CsvQuotesWhatHoldsACommaAndLeavesTheUnknownEmpty) {
  EXPECT_EQ(rendered(render_findings_csv),
            "rule,severity,heuristic,name,note,samples,distrusts,pid,tid,cpu,sym,mode,dso,first_time_ns\r\n"
            "R14,error,no,bytes left over,,3,nothing,,,,,,,\r\n"
            "R6,strong,no,\"a rule, in words\",\"a note, too\",2,user-vectors,42,43,1,do_sys,kernel,"
            "[kernel.kallsyms],77\r\n");
}

TEST(FindingView, TsvHasTabs) {
  EXPECT_NE(rendered(render_findings_tsv).find("R6\tstrong\tno\ta rule, in words\ta note, too\t2\t"),
            std::string::npos);
}

TEST(FindingView, JsonHasQualityAndRows) {
  rapidjson::Document document;
  const std::string text = rendered(render_findings_json);
  document.Parse(text.c_str());
  ASSERT_FALSE(document.HasParseError()) << text;
  const auto& counts = document["quality"]["findings"];
  ASSERT_EQ(counts.Size(), 2U);
  EXPECT_STREQ(counts[1]["rule"].GetString(), "R6");
  EXPECT_STREQ(counts[1]["severity"].GetString(), "strong");
  EXPECT_EQ(counts[1]["samples"].GetUint64(), 2U);
  const auto& rows = document["findings"];
  ASSERT_EQ(rows.Size(), 2U);
  EXPECT_FALSE(rows[0].HasMember("tid"));
  EXPECT_STREQ(rows[1]["sym"].GetString(), "do_sys");
  EXPECT_STREQ(rows[1]["distrusts"].GetString(), "user-vectors");
  EXPECT_EQ(rows[1]["cpu"].GetUint(), 1U);
  EXPECT_EQ(rows[1]["first_time_ns"].GetUint64(), 77U);
}

}  // namespace
}  // namespace simdprof
