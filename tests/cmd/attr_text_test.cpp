#include "cmd/attr_text.h"

#include <gtest/gtest.h>

#include <map>

namespace simdprof::cmd {
namespace {

std::map<std::string, std::string> fields_of(const abi::EventAttr& attr) {
  std::map<std::string, std::string> fields;
  for (const AttrField& field : attr_fields(attr)) fields[std::string(field.name)] = field.value;
  return fields;
}

using Fields = std::map<std::string, std::string>;

TEST(AttrText, LeavesOutWhatIsZero) {
  EXPECT_EQ(fields_of({}), (Fields{{"type", "0"}, {"size", "0"}, {"config", "0x0"}}));
}

TEST(AttrText, NamesBitsAndKeepsThoseWithoutAName) {
  abi::EventAttr attr;
  attr.type = 1;
  attr.size = 128;
  attr.config = 1;
  attr.sample_period_or_freq = 999;
  attr.sample_type = abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TIME | (1ULL << 40U);
  attr.read_format = abi::PERF_FORMAT_ID;
  attr.flags = abi::kAttrFreq | abi::kAttrExcludeKernel | abi::kAttrPreciseIp2 | (1ULL << 63U);
  attr.sample_regs_user = 0xff0fff;
  attr.clockid = -1;
  EXPECT_EQ(fields_of(attr), (Fields{{"type", "1"},
                                     {"size", "128"},
                                     {"config", "0x1"},
                                     {"sample_freq", "999"},
                                     {"sample_type", "IP|TIME|0x10000000000"},
                                     {"read_format", "ID"},
                                     {"freq", "1"},
                                     {"exclude_kernel", "1"},
                                     {"precise_ip", "2"},
                                     {"flags", "0x8000000000000000"},
                                     {"sample_regs_user", "0xff0fff"},
                                     {"clockid", "-1"}}));
}

TEST(AttrText, UnionsAreNamedByWhatTheyMean) {
  abi::EventAttr attr;
  attr.type = abi::PERF_TYPE_BREAKPOINT;
  attr.sample_period_or_freq = 1;
  attr.flags = abi::kAttrWatermark;
  attr.wakeup_events_or_watermark = 4096;
  attr.config1_or_bp_addr = 0x401000;
  attr.config2_or_bp_len = 4;
  const auto fields = fields_of(attr);
  EXPECT_EQ(fields.at("sample_period"), "1");
  EXPECT_EQ(fields.at("wakeup_watermark"), "4096");
  EXPECT_EQ(fields.at("bp_addr"), "0x401000");
  EXPECT_EQ(fields.at("bp_len"), "0x4");
}

}  // namespace
}  // namespace simdprof::cmd
