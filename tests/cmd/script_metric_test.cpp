#include "cmd/script_metric.h"

#include <gtest/gtest.h>

namespace simdprof::cmd {
namespace {

struct Counted {
  std::uint32_t type;
  std::uint64_t config;
  std::uint64_t count;
};

std::string said(const std::vector<Counted>& counted, bool json = false) {
  EventTable table;
  std::vector<GroupSamples::Member> group;
  for (const Counted& one : counted) {
    EventDesc event;
    event.attr.type = one.type;
    event.attr.config = one.config;
    event.name = fmt::format("e{}", group.size());
    group.push_back({static_cast<std::uint32_t>(table.events.size()), one.count});
    table.events.push_back(event);
  }
  TextBuffer out;
  const auto metrics = group_metrics(table, group);
  if (json) append_metrics_json(out, table, metrics);
  for (const GroupMetric& metric : metrics) {
    if (!json) append_metric(out, metric);
  }
  return fmt::to_string(out);
}

constexpr std::uint32_t kHardware = 0, kSoftware = 1, kCache = 3;

TEST(GroupMetrics, InstructionsACycleAndBranches) {
  EXPECT_EQ(said({{kHardware, 0, 1000}, {kHardware, 1, 2500}, {kHardware, 4, 400}, {kHardware, 5, 10}}),
            "\tmetric:    2.50  insn per cycle\n\tmetric:    2.50% of all branches\n");
}

TEST(GroupMetrics, StalledCycles) {
  EXPECT_EQ(said({{kHardware, 0, 1000}, {kHardware, 1, 500}, {kHardware, 7, 100}, {kHardware, 8, 250}}),
            "\tmetric:    0.50  insn per cycle\n\tmetric:    0.50  stalled cycles per insn\n"
            "\tmetric:   10.00% frontend cycles idle\n\tmetric:   25.00% backend cycles idle\n");
}

TEST(GroupMetrics, Caches) {
  EXPECT_EQ(said({{kCache, 0, 200}, {kCache, 0x10000, 50}, {kHardware, 2, 1000}, {kHardware, 3, 125}}),
            "\tmetric:   25.00% of all L1-dcache accesses\n\tmetric:   12.500 % of all cache refs\n");
  EXPECT_EQ(said({{kCache, 0x3, 200}, {kCache, 0x10004, 50}}), "") << "misses of another cache";
}

TEST(GroupMetrics, RatesByAClock) {
  EXPECT_EQ(said({{kSoftware, 1, 2'000'000}, {kHardware, 0, 5'000'000}, {kSoftware, 2, 30}, {kSoftware, 3, 1}}),
            "\tmetric:    2.500 GHz\n\tmetric:   15.000  K/sec\n\tmetric:  500.000  /sec\n");
}

TEST(GroupMetrics, WithoutWhatItIsDividedByThereIsNone) {
  EXPECT_EQ(said({{kHardware, 1, 100}, {kHardware, 5, 10}}), "");
  EXPECT_EQ(said({{kHardware, 0, 100}}), "");
  EXPECT_EQ(said({}), "");
}

TEST(GroupMetrics, InJsonAsNumbers) {
  EXPECT_EQ(said({{kHardware, 0, 1000}, {kHardware, 1, 2500}}, true),
            R"([{"event":"e1","value":2.5,"unit":"insn per cycle"}])");
}

}  // namespace
}  // namespace simdprof::cmd
