#pragma once

#include <span>
#include <string_view>

#include "decoders/validity/checked_sample.h"

namespace simdprof {

/// One rule. man/simdprof-findings.7 explains each at length; R1 to R16 are numbered as there.
struct Rule {
  RuleId id = RuleId::r1;
  Severity severity = Severity::info;
  bool heuristic = false;
  std::uint8_t distrust = 0;  ///< Distrust bits: what a finding distrusts, unless the sample says more closely
  std::string_view name;      ///< a few words: "register sets differ in user mode"
  std::string_view says;
  std::string_view false_positives;
  /// Judges one sample by it and by what came before. nullptr: the record decoder (R14) or a test (R16) finds it.
  void (*judge)(const CheckedSample& checked, RuleHistory& history, FindingSink& out) = nullptr;
  bool of_vectors = false;  ///< has nothing to judge in a sample without vectors that the kernel read
};

/// All rules, R1 first.
std::span<const Rule> rule_table();
const Rule& rule_of(RuleId id);

}  // namespace simdprof
