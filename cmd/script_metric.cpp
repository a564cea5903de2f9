#include "cmd/script_metric.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <optional>

namespace simdprof::cmd {
namespace {

struct EventKind {
  std::uint32_t type;
  std::uint64_t config;
};

// attr.config of a hardware cache event: cache, operation << 8, result << 16.
constexpr EventKind cache(std::uint64_t number, bool misses) {
  return {abi::PERF_TYPE_HW_CACHE, number | (misses ? std::uint64_t{1} << 16U : 0)};
}
constexpr EventKind hardware(abi::HwId id) { return {abi::PERF_TYPE_HARDWARE, id}; }

constexpr EventKind kCycles = hardware(abi::PERF_COUNT_HW_CPU_CYCLES);
constexpr EventKind kInstructions = hardware(abi::PERF_COUNT_HW_INSTRUCTIONS);
constexpr EventKind kFrontend = hardware(abi::PERF_COUNT_HW_STALLED_CYCLES_FRONTEND);
constexpr EventKind kBackend = hardware(abi::PERF_COUNT_HW_STALLED_CYCLES_BACKEND);

/// What an event is divided by.
struct Ratio {
  EventKind event;
  EventKind by;
  double scale;
  std::string_view form;
  std::string_view unit;
};
constexpr std::array kRatios = {
    Ratio{kInstructions, kCycles, 1, "%7.2f ", "insn per cycle"},
    Ratio{hardware(abi::PERF_COUNT_HW_BRANCH_MISSES), hardware(abi::PERF_COUNT_HW_BRANCH_INSTRUCTIONS), 100, "%7.2f%%",
          "of all branches"},
    Ratio{cache(0, true), cache(0, false), 100, "%7.2f%%", "of all L1-dcache accesses"},
    Ratio{cache(1, true), cache(1, false), 100, "%7.2f%%", "of all L1-icache accesses"},
    Ratio{cache(3, true), cache(3, false), 100, "%7.2f%%", "of all dTLB cache accesses"},
    Ratio{cache(4, true), cache(4, false), 100, "%7.2f%%", "of all iTLB cache accesses"},
    Ratio{cache(2, true), cache(2, false), 100, "%7.2f%%", "of all LL-cache accesses"},
    Ratio{hardware(abi::PERF_COUNT_HW_CACHE_MISSES), hardware(abi::PERF_COUNT_HW_CACHE_REFERENCES), 100, "%8.3f %%",
          "of all cache refs"},
    Ratio{kFrontend, kCycles, 100, "%7.2f%%", "frontend cycles idle"},
    Ratio{kBackend, kCycles, 100, "%7.2f%%", "backend cycles idle"},
};

bool is(const abi::EventAttr& attr, EventKind kind) { return attr.type == kind.type && attr.config == kind.config; }

bool is_clock(const abi::EventAttr& attr) {
  return attr.type == abi::PERF_TYPE_SOFTWARE &&
         (attr.config == abi::PERF_COUNT_SW_CPU_CLOCK || attr.config == abi::PERF_COUNT_SW_TASK_CLOCK);
}

class Counts {
 public:
  Counts(const EventTable& events, std::span<const GroupSamples::Member> group) : events_(events), group_(group) {}

  [[nodiscard]] const abi::EventAttr& attr(const GroupSamples::Member& member) const {
    return events_.events[member.event].attr;
  }
  [[nodiscard]] double of(EventKind kind) const {
    return find([kind](const abi::EventAttr& attr) { return is(attr, kind); });
  }
  [[nodiscard]] double clock_ns() const { return find(is_clock); }

 private:
  /// 0: it is not in the group, or has not counted.
  template <class Fits>
  [[nodiscard]] double find(Fits fits) const {
    const auto found = std::find_if(group_.begin(), group_.end(), [&](const auto& one) { return fits(attr(one)); });
    return found == group_.end() ? 0 : static_cast<double>(found->count);
  }

  const EventTable& events_;
  std::span<const GroupSamples::Member> group_;
};

GroupMetric rate(std::uint32_t event, double per_second) {
  constexpr std::string_view kUnits = "KMG";
  std::string unit = "/sec";
  for (std::size_t i = 0; i < kUnits.size() && per_second >= 1000; ++i) {
    per_second /= 1000;
    unit = std::string(1, kUnits[i]) + "/sec";
  }
  return {event, per_second, "%8.3f ", unit};
}

void add_metrics(const Counts& counts, const GroupSamples::Member& member, std::vector<GroupMetric>& out) {
  const abi::EventAttr& attr = counts.attr(member);
  const auto count = static_cast<double>(member.count);
  const auto ratio =
      std::find_if(kRatios.begin(), kRatios.end(), [&attr](const Ratio& one) { return is(attr, one.event); });
  if (ratio != kRatios.end()) {
    const double by = counts.of(ratio->by);
    if (by != 0) out.push_back({member.event, ratio->scale * count / by, ratio->form, std::string(ratio->unit)});
  } else if (is(attr, kCycles)) {
    if (counts.clock_ns() != 0) out.push_back({member.event, count / counts.clock_ns(), "%8.3f", "GHz"});
  } else if (!is_clock(attr) && counts.clock_ns() != 0) {
    out.push_back(rate(member.event, 1e9 * count / counts.clock_ns()));
  }
  const double stalled = std::max(counts.of(kFrontend), counts.of(kBackend));
  if (is(attr, kInstructions) && stalled != 0) {
    out.push_back({member.event, stalled / count, "%7.2f ", "stalled cycles per insn"});
  }
}

}  // namespace

std::vector<GroupMetric> group_metrics(const EventTable& events, std::span<const GroupSamples::Member> group) {
  std::vector<GroupMetric> metrics;
  const Counts counts(events, group);
  for (const GroupSamples::Member& member : group.subspan(std::min<std::size_t>(1, group.size()))) {
    add_metrics(counts, member, metrics);
  }
  return metrics;
}

void append_metric(TextBuffer& out, const GroupMetric& metric) {
  std::array<char, 64> value{};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the forms are those above
  std::snprintf(value.data(), value.size(), std::string(metric.form).c_str(), metric.value);
  fmt::format_to(std::back_inserter(out), "\tmetric: {} {}\n", value.data(), metric.unit);
}

void append_metrics_json(TextBuffer& out, const EventTable& events, std::span<const GroupMetric> metrics) {
  append_text(out, "[");
  for (const GroupMetric& metric : metrics) {
    if (&metric != &metrics.front()) append_text(out, ",");
    JsonObject object(out);
    object.text("event", events.events[metric.event].name);
    fmt::format_to(std::back_inserter(object.key("value")), "{:.6g}", metric.value);
    object.text("unit", metric.unit);
  }
  append_text(out, "]");
}

}  // namespace simdprof::cmd
