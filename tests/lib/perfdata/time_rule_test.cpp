#include "lib/perfdata/time_rule.h"

#include <gtest/gtest.h>

#include "tests/lib/perfdata/hand_perf_data.h"

namespace simdprof::perfdata {
namespace {

using test::Fields;

Metadata::Event event(std::uint64_t sample_type, std::vector<std::uint64_t> ids, bool trailer = true) {
  Metadata::Event out;
  out.attr.sample_type = sample_type;
  out.attr.flags = trailer ? std::uint64_t{abi::kAttrSampleIdAll} : 0;
  out.ids = std::move(ids);
  return out;
}

TEST(TimeRule, FindsTheTimeOfASampleBehindIdIpAndTid) {
  // IDENTIFIER, IP, TID, TIME, CPU
  const TimeRule rule({event(0x10087, {})}, std::endian::little);
  EXPECT_EQ(rule.find(9, test::words({1, 2, 3, 777, 5})), 777U);
  EXPECT_EQ(rule.find(9, test::words({1, 2, 3})), kNoTime) << "ends before it";
}

TEST(TimeRule, ReadsBigEndianWords) {
  const TimeRule rule({event(7, {})}, std::endian::big);
  EXPECT_EQ(rule.find(9, test::words({1, 2, 777}, std::endian::big)), 777U);
}

TEST(TimeRule, CountsFromTheEndOfATrailer) {
  // Trailer: TID, TIME, ID, CPU. A COMM of two words of its own.
  const TimeRule rule({event(0xc7, {})}, std::endian::little);
  auto comm = Fields().u32(1).u32(1).padded("name", 8).u64(0).u64(777).u64(4).u64(0).get();
  EXPECT_EQ(rule.find(3, comm), 777U);
  comm.resize(comm.size() - 32);
  EXPECT_EQ(rule.find(3, comm), kNoTime) << "a recorder's own, without trailer";
  EXPECT_EQ(rule.find(14, test::words({0, 777, 4, 0})), 777U) << "SWITCH";
  EXPECT_EQ(rule.find(99, test::words({0, 777, 4, 0})), kNoTime);
}

TEST(TimeRule, AForkWithoutTrailerHasItsOwnTime) {
  const TimeRule rule({event(7, {}, false)}, std::endian::little);
  EXPECT_EQ(rule.find(7, test::words({1, 2, 777})), 777U);
  EXPECT_EQ(rule.find(5, test::words({777, 1, 1})), 777U) << "THROTTLE";
  EXPECT_EQ(rule.find(7, test::words({1, 2})), kNoTime);
}

TEST(TimeRule, EventsOfSeveralLayoutsAreToldByTheirId) {
  // IDENTIFIER, TID, TIME and IDENTIFIER, IP, TID, TIME
  const TimeRule rule({event(0x10006, {10}), event(0x10007, {11})}, std::endian::little);
  EXPECT_EQ(rule.find(9, test::words({10, 1, 777, 888})), 777U);
  EXPECT_EQ(rule.find(9, test::words({11, 1, 777, 888})), 888U);
  EXPECT_EQ(rule.find(9, test::words({12, 1, 777, 888})), kNoTime) << "an id of nobody";
}

TEST(TimeRule, EventsWithoutTimeGiveNone) {
  const TimeRule rule({event(3, {})}, std::endian::little);
  EXPECT_EQ(rule.find(9, test::words({1, 2, 3})), kNoTime);
  EXPECT_EQ(TimeRule{}.find(9, test::words({1, 2, 3})), kNoTime);
}

}  // namespace
}  // namespace simdprof::perfdata
