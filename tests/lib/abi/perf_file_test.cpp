#include "lib/abi/perf_file.h"

#include <gtest/gtest.h>

#include <cstring>

namespace simdprof::abi {
namespace {

TEST(PerfFile, TheMagicIsTheTextInEitherByteOrder) {
  char text[9] = {};
  std::memcpy(text, &kPerfFileMagic, 8);
  EXPECT_STREQ(text, "PERFILE2");
  std::memcpy(text, &kPerfFileMagicBig, 8);
  EXPECT_STREQ(text, "2ELIFREP");
}

TEST(PerfFile, ToolRecordsHaveTheNamesOfTheirNumbers) {
  EXPECT_STREQ(tool_record_name(64), "HEADER_ATTR");
  EXPECT_STREQ(tool_record_name(71), "AUXTRACE");
  EXPECT_STREQ(tool_record_name(81), "COMPRESSED");
  EXPECT_STREQ(tool_record_name(83), "COMPRESSED2");
  EXPECT_STREQ(tool_record_name(86), "SCHEDSTAT_DOMAIN");
  EXPECT_EQ(tool_record_name(63), nullptr);
  EXPECT_EQ(tool_record_name(87), nullptr);
}

TEST(PerfFile, FeaturesHaveTheNamesOfTheirBits) {
  EXPECT_STREQ(feature_name(3), "HOSTNAME");
  EXPECT_STREQ(feature_name(27), "COMPRESSED");
  EXPECT_STREQ(feature_name(34), "CLN_SIZE");
  EXPECT_STREQ(feature_name(129), "SIMPLEPERF_META_INFO");
  EXPECT_EQ(feature_name(0), nullptr);
  EXPECT_EQ(feature_name(35), nullptr);
}

}  // namespace
}  // namespace simdprof::abi
