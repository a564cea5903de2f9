#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "lib/model/finding.h"
#include "lib/report/flat_map.h"
#include "lib/report/frame_table.h"

namespace simdprof {

/// SampleRef::place of samples in a report: the FrameId of their function, or one of these.
inline constexpr std::uint32_t kNoPlace = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint32_t kNotListed = kNoPlace - 1;  ///< a filter keeps the sample out of the list

/// Findings of a recording, added up.
class FindingTally {
 public:
  /// What a rule said how often. One rule can speak with two severities.
  struct RuleCount {
    RuleId rule = RuleId::r1;
    Severity severity = Severity::info;
    std::string_view name;
    std::uint64_t samples = 0;
  };
  /// The same said of one function, CPU and thread.
  struct Row {
    Finding first;              ///< the earliest; rule, severity, note, distrust and place are the row's
    std::uint64_t samples = 0;  ///< that it is about
  };

  FindingTally() = default;
  /// @param keep_rows  for rows(); without, findings are only counted
  explicit FindingTally(bool keep_rows) : keep_rows_(keep_rows) {}

  /// @param samples  that the finding is about
  void add(const Finding& finding, std::uint64_t samples);
  void add(const Finding& finding) { add(finding, finding.whole_thread ? finding.thread_samples : 1); }

  /// Gravest first, then by number of the rule.
  [[nodiscard]] std::vector<RuleCount> rules() const;
  /// Samples with a finding of this severity, one for each finding.
  [[nodiscard]] std::uint64_t count(Severity severity) const;
  /// Gravest first, then by rule, samples (largest first), thread, CPU and place; empty unless rows are kept.
  [[nodiscard]] std::vector<Row> rows() const;

 private:
  struct Key {
    RuleId rule = RuleId::r1;
    Severity severity = Severity::info;
    bool has_cpu = false;
    std::uint8_t distrust = 0;
    std::uint32_t cpu = 0;
    Pid pid = 0;
    Tid tid = 0;
    std::uint32_t place = 0;
    const char* note = nullptr;  ///< static text, so that one text has one address

    [[nodiscard]] std::uint64_t hash() const;
    friend bool operator==(const Key&, const Key&) = default;
  };
  static constexpr std::size_t kSeverities = 5;

  bool keep_rows_ = false;
  std::array<std::array<RuleCount, kSeverities>, kRuleCount> counts_{};
  FlatMap<Key> ids_;
  std::vector<Row> rows_;
};

}  // namespace simdprof
