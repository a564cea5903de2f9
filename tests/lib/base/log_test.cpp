#include "lib/base/log.h"

#include <gtest/gtest.h>

#include <string>

namespace simdprof {
namespace {

class LogTest : public ::testing::Test {
 protected:
  ~LogTest() override { set_log_level(LogLevel::normal); }

  /// What one line of each kind leaves on stderr.
  static std::string stderr_at(LogLevel level) {
    set_log_level(level);
    ::testing::internal::CaptureStderr();
    log_error("e");
    log_warning("w");
    log_note("n");
    log_verbose("v");
    log_debug("d");
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(LogTest, QuietShowsErrorsOnly) { EXPECT_EQ(stderr_at(LogLevel::quiet), "simdprof: e\n"); }

TEST_F(LogTest, NormalAddsWarningsAndNotes) {
  EXPECT_EQ(stderr_at(LogLevel::normal), "simdprof: e\nsimdprof: w\nsimdprof: n\n");
}

TEST_F(LogTest, VerboseAndDebugAddMore) {
  EXPECT_EQ(stderr_at(LogLevel::verbose), "simdprof: e\nsimdprof: w\nsimdprof: n\nsimdprof: v\n");
  EXPECT_EQ(stderr_at(LogLevel::debug), "simdprof: e\nsimdprof: w\nsimdprof: n\nsimdprof: v\nsimdprof: d\n");
}

TEST_F(LogTest, BracesInAFileNameAreText) {
  ::testing::internal::CaptureStderr();
  log_error("{}{0}{:x}.data: no such file");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "simdprof: {}{0}{:x}.data: no such file\n");
}

TEST_F(LogTest, NothingGoesToStdout) {
  ::testing::internal::CaptureStdout();
  (void)stderr_at(LogLevel::debug);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace simdprof
