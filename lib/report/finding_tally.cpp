#include "lib/report/finding_tally.h"

#include <algorithm>
#include <tuple>

namespace simdprof {

std::uint64_t FindingTally::Key::hash() const {
  const std::uint64_t small = (static_cast<std::uint64_t>(rule) << 24U) |
                              (static_cast<std::uint64_t>(severity) << 16U) | (std::uint64_t{distrust} << 8U) |
                              (has_cpu ? 1U : 0U);
  const std::uint64_t task = (std::uint64_t{static_cast<std::uint32_t>(pid)} << 32U) | static_cast<std::uint32_t>(tid);
  return mix_hash(small + mix_hash(task + mix_hash((std::uint64_t{place} << 32U) | cpu)));
}

void FindingTally::add(const Finding& finding, std::uint64_t samples) {
  const auto rule = (static_cast<std::size_t>(finding.rule) - 1) % kRuleCount;
  RuleCount& count = counts_[rule][static_cast<std::size_t>(finding.severity) % kSeverities];
  count.rule = finding.rule;
  count.severity = finding.severity;
  count.name = finding.name;
  count.samples += samples;
  const SampleRef& sample = finding.sample;
  if (!keep_rows_ || sample.place == kNotListed) return;
  const Key key{finding.rule, finding.severity, sample.has_cpu, finding.distrust,   sample.has_cpu ? sample.cpu : 0,
                sample.pid,   sample.tid,       sample.place,   finding.note.data()};
  const auto [id, added] = ids_.find_or_add(key);
  if (added) {
    *id = static_cast<std::uint32_t>(rows_.size());
    rows_.push_back({finding, 0});
  }
  Row& row = rows_[*id];
  row.samples += samples;
  if (sample.time_ns < row.first.sample.time_ns) row.first = finding;
}

std::vector<FindingTally::RuleCount> FindingTally::rules() const {
  std::vector<RuleCount> all;
  for (const auto& by_severity : counts_) {
    for (const RuleCount& count : by_severity) {
      if (count.samples != 0) all.push_back(count);
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const RuleCount& a, const RuleCount& b) { return a.severity > b.severity; });
  return all;
}

std::uint64_t FindingTally::count(Severity severity) const {
  std::uint64_t count = 0;
  for (const auto& by_severity : counts_) count += by_severity[static_cast<std::size_t>(severity)].samples;
  return count;
}

std::vector<FindingTally::Row> FindingTally::rows() const {
  std::vector<Row> sorted = rows_;
  const auto order = [](const Row& row) {
    const Finding& finding = row.first;
    return std::tuple(-static_cast<int>(finding.severity), finding.rule, ~row.samples, finding.sample.tid,
                      finding.sample.cpu, finding.sample.time_ns, finding.sample.place, finding.note);
  };
  std::sort(sorted.begin(), sorted.end(), [&order](const Row& a, const Row& b) { return order(a) < order(b); });
  return sorted;
}

}  // namespace simdprof
