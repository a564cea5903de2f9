#include "lib/report/aux_quality.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

TEST(AuxQualityLines, ARecordingWithoutTraceHasNone) { EXPECT_EQ(aux_lines({}), Lines{}); }

TEST(AuxQualityLines, AWholeTraceIsOneLine) {
  AuxQuality aux;
  aux.areas.push_back({0, -1, 100, {}});
  aux.areas.push_back({1, -1, 50, {}});
  EXPECT_EQ(aux_lines(aux), (Lines{{"trace", "2 areas, 150 bytes, nothing lost"}}));
  aux.errors = 3;
  EXPECT_EQ(aux_lines(aux), (Lines{{"trace", "2 areas, 150 bytes, nothing lost; 3 errors of decoding"}}));
}

TEST(AuxQualityLines, EachAreaWithLossesHasALine) {
  AuxQuality aux;
  aux.areas.push_back({0, -1, 100, {{"truncated", 2, 0, 2}, {"not-recorded", 1, 64, 0}}});
  aux.areas.push_back({-1, 42, 50, {{"truncated", 3, 10, 1}}});
  EXPECT_EQ(
      aux_lines(aux),
      (Lines{{"trace", "2 areas, 150 bytes, 2 with losses"},
             {"trace loss", "cpu 0: 100 bytes; lost: truncated 2 times (bytes unknown); not-recorded 1 time, 64 bytes"},
             {"trace loss", "thread 42: 50 bytes; lost: truncated 3 times, 10 bytes (bytes of 1 unknown)"}}));
}

TEST(AuxQualityJson, HasAllNumbers) {
  AuxQuality aux;
  aux.areas.push_back({0, -1, 100, {{"truncated", 2, 5, 1}}});
  fmt::memory_buffer out;
  JsonOut json(out);
  write_aux(aux, json);
  EXPECT_EQ(std::string(out.data(), out.size()),
            R"({"areas":[{"cpu":0,"bytes":100,"lost":[{"cause":"truncated","intervals":2,"bytes":5,)"
            R"("unknown_intervals":1}]}],"errors":null})");
}

}  // namespace
}  // namespace simdprof
