#include "cmd/doctor.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <set>

#include "cmd/exit_code.h"
#include "lib/capture/probe_stops.h"

namespace simdprof::cmd {
namespace {

TEST(Doctor, AsksEverySourceAndExplainsEachRefusal) {
  const DoctorTable table = examine_machine();
  std::set<std::string> sources;
  for (const DoctorRow& row : table.rows) {
    sources.insert(row.source);
    EXPECT_FALSE(row.capability.empty());
    if (row.error_number != 0) {
      EXPECT_FALSE(row.explanation.empty()) << row.source << " " << row.capability;
    }
  }
  EXPECT_EQ(sources, (std::set<std::string>{"aux", "gpr", "kernel", "ptrace"}));
}

TEST(Doctor, NamesTheSysctlsThatDecide) {
  std::set<std::string> names;
  for (const DoctorFact& fact : examine_machine().facts) {
    names.insert(fact.name);
    EXPECT_FALSE(fact.value.empty()) << fact.name;
  }
  for (const char* name : {"kernel", "XCR0", "kernel.perf_event_paranoid", "kernel.yama.ptrace_scope"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

// Whatever else allows the ptrace source, a child that cannot be traced refuses it.
TEST(Doctor, SaysThatACommandCanBeTracedOnlyWhereAChildCan) {
  const auto rows = examine_machine().rows;
  const auto row = std::find_if(rows.begin(), rows.end(), [](const DoctorRow& one) {
    return one.source == "ptrace" && one.capability == "a command";
  });
  ASSERT_NE(row, rows.end());
  if (trace_a_child().error_number != 0) {
    EXPECT_NE(row->error_number, 0);
  }
}

TEST(Doctor, JsonIsOneObjectOnOneLineWithAnErrnoForEachRefusal) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(doctor_verb({"--format", "json"}), kExitOk);
  const std::string text = testing::internal::GetCapturedStdout();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  rapidjson::Document json;
  json.Parse(text.c_str());
  ASSERT_FALSE(json.HasParseError());
  ASSERT_GT(json["capabilities"].Size(), 6U);
  for (const auto& row : json["capabilities"].GetArray()) {
    EXPECT_EQ(row.HasMember("errno"), !row["available"].GetBool()) << row["capability"].GetString();
  }
  EXPECT_TRUE(json["facts"].HasMember("kernel"));
}

TEST(Doctor, AnUnknownFormatIsAUsageError) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(doctor_verb({"--format", "xml"}), kExitUsage);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("--format"), std::string::npos);
}

}  // namespace
}  // namespace simdprof::cmd
