#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/group_samples.h"
#include "cmd/json_object.h"

namespace simdprof::cmd {

/// A ratio of two events of a group, in the words of the kernel's tool.
struct GroupMetric {
  std::uint32_t event = 0;  ///< that it is told of
  double value = 0;
  std::string_view form;  ///< of printf: "%7.2f "
  std::string unit;       ///< "insn per cycle", "K/sec"
};

/// What the counts of a group say: instructions a cycle, misses of branches and caches, stalled cycles, GHz, and what a
/// clock beside them makes of any other event: its rate. The first event of the group has no ratio of its own.
/// Source: tools/perf/util/stat-shadow.c, perf_stat__print_shadow_stats
std::vector<GroupMetric> group_metrics(const EventTable& events, std::span<const GroupSamples::Member> group);

/// `	metric:    1.85  insn per cycle` and a newline.
void append_metric(TextBuffer& out, const GroupMetric& metric);
/// An array of objects with event, value and unit.
void append_metrics_json(TextBuffer& out, const EventTable& events, std::span<const GroupMetric> metrics);

}  // namespace simdprof::cmd
